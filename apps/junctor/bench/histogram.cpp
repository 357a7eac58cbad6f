// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "histogram.hpp"

#include <algorithm>
#include <cmath>

namespace junctor::bench {

std::uint64_t histogram::highest_in(std::size_t bucket) noexcept
{
    if (bucket < 2 * fine)
        return bucket;
    const auto shift = (bucket >> fine_bits) - 1;
    const std::uint64_t leading = bucket - (shift << fine_bits);
    return ((leading + 1) << shift) - 1;
}

std::uint64_t histogram::percentile(double fraction) const noexcept
{
    const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (counts_[bucket] != 0 && seen >= wanted)
            return std::min(highest_in(bucket), max_);
    }
    return max_;
}

} // namespace junctor::bench
