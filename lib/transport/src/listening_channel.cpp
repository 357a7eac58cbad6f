// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/listening_channel.hpp>

#include <utility>

#include <junctor/transport/rawsocket_channel.hpp>
#include <junctor/transport/websocket_channel.hpp>

namespace junctor {

awaitable<boost::system::result<std::unique_ptr<channel>>>
open_listening_channel(connection peer, const listening_transport& settings, shard_services& services)
{
    if (settings.websocket())
        return open_websocket_channel(std::move(peer), settings, services);
    return open_rawsocket_channel(std::move(peer), settings, services);
}

} // namespace junctor
