// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/realm_clock.hpp>

#include <fmt/chrono.h>

namespace junctor {

std::string iso_8601(realm_clock::time_of_day day)
{
    using std::chrono::milliseconds;
    const auto since_1970 = std::chrono::floor<milliseconds>(day).time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.count()), (since_1970 - seconds).count());
}

} // namespace junctor
