// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Opening the channel of a WebSocket client.

#include <memory>

#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// Carries out the TLS handshake, if the connection has one, and the opening handshake of WebSocket, and completes with
/// the channel. If the request cannot be granted, the client is answered with a status of HTTP that tells why, the
/// connection is closed, and the error is for the log: a `websocket_error`, an error of TLS or of the system;
/// `timed_out` if it took too long.
///
/// The channel's deadline is `session_limits::join_timeout` from the start, with `close_reason::join_timeout`, and it
/// stays set: whoever joins the session clears it. `settings`, which must have those of a WebSocket, and `services`
/// must outlive the channel; the io_context of `services` must be that of the connection. Spec: RFC 6455; advanced
/// profile, "WebSocket Transport".
[[nodiscard]] awaitable<boost::system::result<std::unique_ptr<channel>>>
open_websocket_channel(connection peer, const listening_transport& settings, shard_services& services);

} // namespace junctor
