// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Opening the channel of a client, whatever the transport speaks.

#include <memory>

#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// `open_websocket_channel` if the transport has settings of a WebSocket, otherwise `open_rawsocket_channel`: see
/// there.
[[nodiscard]] awaitable<boost::system::result<std::unique_ptr<channel>>>
open_listening_channel(connection peer, const listening_transport& settings, shard_services& services);

} // namespace junctor
