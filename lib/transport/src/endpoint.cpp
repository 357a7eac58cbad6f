// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/endpoint.hpp>

#include <utility>

namespace junctor {

namespace {

std::string describe(const tcp_endpoint& where)
{
    const auto port = ":" + std::to_string(where.port);
    if (where.version == ip_version::v4)
        return "tcp4:" + (where.interface.empty() ? "0.0.0.0" : where.interface) + port;
    return "tcp6:[" + (where.interface.empty() ? "::" : where.interface) + "]" + port;
}

std::string describe(const unix_endpoint& where)
{
    return "unix:" + where.path;
}

} // namespace

const proxy_settings& proxies_of(const endpoint& where) noexcept
{
    const auto* const tcp = std::get_if<tcp_endpoint>(&where);
    return tcp != nullptr ? tcp->proxies : std::get_if<unix_endpoint>(&where)->proxies;
}

tcp_endpoint tcp(std::string interface, std::uint16_t port)
{
    tcp_endpoint where;
    where.version = interface.find(':') == std::string::npos ? ip_version::v4 : ip_version::v6;
    where.interface = std::move(interface);
    where.port = port;
    return where;
}

unix_endpoint unix_socket(std::string path)
{
    unix_endpoint where;
    where.path = std::move(path);
    return where;
}

std::string to_string(const endpoint& where)
{
    return std::visit([](const auto& alternative) { return describe(alternative); }, where);
}

} // namespace junctor
