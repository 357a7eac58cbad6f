// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The life of one connection.

#include <exception>
#include <memory>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/connection.hpp>

#include "router_core.hpp"

namespace junctor {

/// Serves `peer` from its handshake to its end, on the shard of `entry`. Completes when the connection is closed;
/// throws only if the router itself fails, or when it is cancelled because the router closes.
[[nodiscard]] awaitable<void> serve_connection(std::shared_ptr<live_connection> entry,
                                               std::shared_ptr<const listening> transport,
                                               std::unique_ptr<connection> peer);

/// Logs why a coroutine failed; does nothing if it did not, or was cancelled.
void log_failure(log_sink& log, const std::exception_ptr& failure) noexcept;

} // namespace junctor
