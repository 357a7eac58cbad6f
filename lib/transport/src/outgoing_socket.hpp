// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Sockets that connect to others.

#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/deadline.hpp>
#include <junctor/transport/remote_endpoint.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// Looks the host of `where` up and connects by `give_up`, to one address after the other: none of them may use up the
/// time of those behind it. Completes with a connection without TLS, or with the error of the last address.
/// Cancellation: by the slot of whoever awaits it, with `operation_aborted`. `where` and `services` must outlive it.
[[nodiscard]] awaitable<boost::system::result<connection>>
connect_socket(const remote_endpoint& where, deadline::clock::time_point give_up, shard_services& services);

/// The same, with what the connection is to be protected by if `where` has TLS. Throws `endpoint_error` if a file of
/// TLS cannot be used.
[[nodiscard]] awaitable<boost::system::result<connection>>
connect_securely(const remote_endpoint& where, deadline::clock::time_point give_up, shard_services& services);

} // namespace junctor
