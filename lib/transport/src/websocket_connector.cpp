// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/websocket_connector.hpp>

#include <stdexcept>

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

websocket_connector& websocket_connector::serializer(junctor::serializer format)
{
    serializer_ = format;
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

std::string describe_failure(const websocket_connector& to, boost::system::error_code error)
{
    return describe_failure(to.endpoint(), error);
}

} // namespace junctor
