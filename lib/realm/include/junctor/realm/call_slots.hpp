// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// How many calls a callee works on at a time.

#include <cstdint>

namespace junctor {

struct registration;

/// The calls that one callee of a registration takes at a time, each of which has a slot until the callee is done with
/// it. Shared by the callee, who may give up the registration, and the calls, which it still answers then.
/// Crossbar.io's option `concurrency` of REGISTER.
struct call_slots {
    std::uint64_t max; ///< At least 1.
    std::uint64_t taken{0};
    registration* of{nullptr}; ///< Null when the callee has given it up.

    [[nodiscard]] bool any_free() const noexcept { return taken < max; }
};

} // namespace junctor
