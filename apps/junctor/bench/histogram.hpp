// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A histogram of durations over many orders of magnitude.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace junctor::bench {

/// Counts durations in nanoseconds in buckets that are as fine as 1/128 of what they hold, from 0 to 2^63.
/// Recording is an increment; a percentile is never off by more than one bucket.
class histogram {
public:
    void record(std::uint64_t nanoseconds, std::uint64_t times = 1) noexcept
    {
        counts_[bucket_of(nanoseconds)] += times;
        total_ += times;
        if (nanoseconds > max_)
            max_ = nanoseconds;
    }

    /// The smallest value that at least `fraction` (0 to 1) of all are not above; rounded up within its bucket. 0 if
    /// nothing was recorded.
    [[nodiscard]] std::uint64_t percentile(double fraction) const noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return total_; }
    [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
    void clear() noexcept { *this = histogram(); }

private:
    static constexpr unsigned fine_bits = 7;
    static constexpr std::size_t fine = std::size_t{1} << fine_bits;

    /// Small values have a bucket each; of larger ones the highest 8 bits tell it.
    [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) noexcept
    {
        if (value < fine)
            return static_cast<std::size_t>(value);
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - fine_bits;
        return (std::size_t{shift} << fine_bits) + static_cast<std::size_t>(value >> shift);
    }

    [[nodiscard]] static std::uint64_t highest_in(std::size_t bucket) noexcept;

    std::array<std::uint64_t, (64 - fine_bits + 1) * fine> counts_{};
    std::uint64_t total_{0};
    std::uint64_t max_{0};
};

} // namespace junctor::bench
