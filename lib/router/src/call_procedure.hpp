// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Calls of the router itself, from any shard.

#include <chrono>
#include <string>

#include <junctor/auth/authenticator.hpp>

#include "router_core.hpp"

namespace junctor {

/// Calls `procedure` in `realm` and completes, on the shard that `here` serves, with what it answers: with
/// wamp.error.no_such_realm if there is no such realm, with wamp.error.timeout after `timeout`. `core` and `here` must
/// outlive the coroutine.
[[nodiscard]] awaitable<procedure_answer> call_procedure(router_core& core, shard_services& here, std::string realm,
                                                         std::string procedure, list args,
                                                         std::chrono::milliseconds timeout);

} // namespace junctor
