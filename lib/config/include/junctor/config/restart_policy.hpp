// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Whether what has ended is started again.

#include <cstdint>

namespace junctor {

/// When a guest or a component is started again after it has ended. What could not be started at all has failed.
enum class restart_policy : std::uint8_t { never, on_failed, always };

} // namespace junctor
