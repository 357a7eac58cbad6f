// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/websocket_connector.hpp>

#include <set>
#include <stdexcept>

#include <boost/asio/error.hpp>

#include "connecting.hpp"
#include "router_url.hpp"

namespace junctor {

websocket_connector::websocket_connector(remote_endpoint where, std::string path)
    : endpoint_{checked(std::move(where))}, path_{std::move(path)}
{
    if (!path_.starts_with('/') || path_.find_first_of(" \r\n#") != std::string::npos)
        throw std::invalid_argument("the path of a WebSocket must begin with \"/\", and have no blanks");
}

boost::system::result<websocket_connector, url_failure> websocket_connector::from_url(std::string_view url)
{
    auto parsed = parse_router_url(url, url_schemes::websocket);
    if (!parsed)
        return parsed.error();
    return websocket_connector(std::move(parsed->where), std::move(parsed->path));
}

websocket_connector& websocket_connector::endpoint(remote_endpoint where)
{
    endpoint_ = checked(std::move(where));
    return *this;
}

websocket_connector& websocket_connector::id(std::string name)
{
    common_.id = std::move(name);
    return *this;
}

websocket_connector& websocket_connector::subprotocols(std::vector<websocket_subprotocol> offered)
{
    std::set<std::string> names;
    for (const auto& each : offered)
        if (!names.insert(name_of(each)).second)
            throw std::invalid_argument(name_of(each) + " is offered twice");
    if (names.empty())
        throw std::invalid_argument("at least one subprotocol must be offered");
    subprotocols_ = std::move(offered);
    return *this;
}

websocket_connector& websocket_connector::websocket(const websocket_connection_settings& settings)
{
    check_settings(settings);
    websocket_ = settings;
    return *this;
}

websocket_connector& websocket_connector::max_message_size(std::size_t bytes)
{
    common_.set_max_message_size(bytes);
    return *this;
}

websocket_connector& websocket_connector::debug(bool on)
{
    common_.debug = on;
    return *this;
}

websocket_connector& websocket_connector::limits(const session_limits& bounds)
{
    common_.limits = bounds;
    return *this;
}

websocket_connector& websocket_connector::keep_alive_ping(std::chrono::milliseconds interval)
{
    common_.set_keep_alive(keep_alive::always, interval);
    return *this;
}

websocket_connector& websocket_connector::pong_timeout(std::chrono::milliseconds bound)
{
    common_.pong_timeout = bound;
    return *this;
}

std::string describe_failure(const websocket_connector& to, boost::system::error_code error)
{
    auto failure = describe_failure(to.endpoint(), error);
    const auto bound = to.websocket().open_handshake_timeout;
    if (error == boost::asio::error::timed_out && bound.count() != 0)
        failure += ", or no handshake within " + std::to_string(bound.count()) + " ms of that";
    return failure;
}

} // namespace junctor
