// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which sessions the session meta API shows.

#include <cstdint>

namespace junctor {

/// Whether the session meta API shows a session.
enum class session_listing : std::uint8_t {
    listed,
    unlisted, ///< The router's own, which nobody can end either.
};

} // namespace junctor
