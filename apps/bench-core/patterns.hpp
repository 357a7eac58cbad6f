// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What many registrations and subscriptions cost, to keep and to find.

#include <cstddef>

namespace junctor {

struct pattern_counts {
    std::size_t exact{1'000'000};
    std::size_t prefix{100'000};
    std::size_t wildcard{100'000};
    std::size_t rounds{200'000};
};

/// Registers and then subscribes to so many patterns in a realm, and prints for each a line of JSON: the memory and the
/// time that it took to add one, and the time of a call or a publication that goes to one that is picked at random, or
/// to none. All times are those of the processor.
void measure_patterns(const pattern_counts& counts);

} // namespace junctor
