// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Opening the channel of a RawSocket client.

#include <memory>

#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// Carries out the TLS handshake, if the connection has one, and the RawSocket handshake, and completes with the
/// channel. If a handshake fails, the client is answered as the protocol demands, the connection is closed, and the
/// error is for the log: a `rawsocket_error`, a `framing_error`, an error of TLS or of the system; `timed_out` if it
/// took too long.
///
/// The channel's deadline is `session_limits::join_timeout` from the start, with `close_reason::join_timeout`, and it
/// stays set: whoever joins the session clears it. `settings` and `services` must outlive the channel;
/// the io_context of `services` must be that of the connection. Spec: advanced profile, "RawSocket Transport".
[[nodiscard]] awaitable<boost::system::result<std::unique_ptr<channel>>>
open_rawsocket_channel(connection peer, const listening_transport& settings, shard_services& services);

} // namespace junctor
