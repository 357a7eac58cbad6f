// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The coroutine type of everything that waits.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace junctor {

/// The executor that sockets, timers and coroutines of Junctor run on. A concrete type: a type-erased one would cost
/// instructions at every step and memory in every connection.
using executor = boost::asio::io_context::executor_type;

/// A coroutine that runs on `executor` and completes with a `T`.
template <class T>
using awaitable = boost::asio::awaitable<T, executor>;

} // namespace junctor
