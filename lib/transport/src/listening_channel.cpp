// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/listening_channel.hpp>

#include <utility>

#include <junctor/transport/rawsocket_channel.hpp>
#include <junctor/transport/websocket_channel.hpp>

#include "shared_port_connection.hpp"

namespace junctor {

awaitable<boost::system::result<opened_channel>>
open_listening_channel(connection peer, const listening_transport& settings, shard_services& services, log_sink& log)
{
    if (settings.port() != nullptr) {
        shared_port_connection client(std::move(peer), settings, services, log);
        auto opened = co_await client.open();
        co_return opened;
    }
    auto opening = settings.websocket() ? open_websocket_channel(std::move(peer), settings, services)
                                        : open_rawsocket_channel(std::move(peer), settings, services);
    auto opened = co_await std::move(opening);
    if (!opened)
        co_return opened.error();
    co_return opened_channel{std::move(*opened), &settings};
}

} // namespace junctor
