// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/connector.hpp>

#include <junctor/transport/endpoint.hpp>

namespace junctor::client {

namespace {

awaitable<std::unique_ptr<channel>> open_rawsocket(std::shared_ptr<const rawsocket_connector> to,
                                                   shard_services& services)
{
    auto opened = co_await connect_rawsocket_channel(*to, services);
    if (!opened)
        throw join_failed(describe_failure(*to, opened.error()));
    co_return std::move(*opened);
}

awaitable<std::unique_ptr<channel>> open_websocket(std::shared_ptr<const websocket_connector> to,
                                                   shard_services& services)
{
    auto opened = co_await connect_websocket_channel(*to, services);
    if (!opened)
        throw join_failed(describe_failure(*to, opened.error()));
    co_return std::move(*opened);
}

} // namespace

connector::connector(rawsocket_connector to) : name_{to_string(to.endpoint())}, debug_{to.debug()}
{
    open_ = [kept = std::make_shared<const rawsocket_connector>(std::move(to))](shard_services& services) {
        return open_rawsocket(kept, services);
    };
}

connector::connector(websocket_connector to) : name_{to_string(to.endpoint())}, debug_{to.debug()}
{
    open_ = [kept = std::make_shared<const websocket_connector>(std::move(to))](shard_services& services) {
        return open_websocket(kept, services);
    };
}

connector::connector(std::string name, opener open) : name_{std::move(name)}, open_{std::move(open)} {}

} // namespace junctor::client
