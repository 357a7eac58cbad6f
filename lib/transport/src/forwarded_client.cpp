// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "forwarded_client.hpp"

#include <optional>
#include <string>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace junctor {

namespace {

/// The last element of the list, which is cut off.
std::string_view take_last(std::string_view& list) noexcept
{
    const auto comma = list.rfind(',');
    auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    const auto first = last.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return last.substr(first, last.find_last_not_of(" \t") + 1 - first);
}

/// "10.0.0.1" and "fe80::1", of which some proxies make "10.0.0.1:5312" and "[fe80::1]:5312".
std::optional<std::string> peer_named(std::string_view element)
{
    const bool bracketed = element.starts_with('[');
    const bool has_port =
        !bracketed && element.find(':') != std::string_view::npos && element.find(':') == element.rfind(':');
    if (bracketed)
        element = element.substr(1, element.find(']') - 1);
    else if (has_port)
        element = element.substr(0, element.find(':'));
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(element), error);
    if (error)
        return std::nullopt;
    return address.is_v4() ? fmt::format("tcp4:{}:0", address.to_string())
                           : fmt::format("tcp6:[{}]:0", address.to_string());
}

} // namespace

void identify_forwarded(transport_facts& facts, std::string_view forwarded, const session_sources& trusted)
{
    while (!forwarded.empty() && trusted.contains(facts)) {
        auto named = peer_named(take_last(forwarded));
        if (!named)
            return;
        facts.peer = std::move(*named);
        facts.credentials.reset(); // Those of the proxy.
    }
}

} // namespace junctor
