// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/remote_endpoint.hpp>

#include <boost/asio/ip/address.hpp>

namespace junctor {

namespace {

std::string describe(const remote_tcp& where)
{
    boost::system::error_code is_name;
    const auto address = boost::asio::ip::make_address(where.host, is_name);
    const bool six = !is_name && address.is_v6();
    std::string text = "tcp";
    if (where.version)
        text += *where.version == ip_version::v4 ? "4" : "6";
    else if (!is_name)
        text += six ? "6" : "4";
    return text + ":" + (six ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

std::string describe(const remote_unix& where)
{
    return "unix:" + where.path;
}

} // namespace

std::string to_string(const remote_endpoint& where)
{
    return std::visit([](const auto& alternative) { return describe(alternative); }, where);
}

std::chrono::milliseconds connect_timeout(const remote_endpoint& where) noexcept
{
    const auto given = std::visit([](const auto& alternative) { return alternative.timeout; }, where);
    return given == std::chrono::milliseconds::zero() ? connect_timeout_max : given;
}

} // namespace junctor
