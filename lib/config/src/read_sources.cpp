// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <string_view>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view unix_word = "unix";

/// The longest that a length of a prefix can be, "128": of longer ones the parser takes what fits into an int.
constexpr std::size_t prefix_digits_max = 3;

template <class Network>
void add(const Network& network, const config_item& item, session_sources& sources, config_reading& reading)
{
    if (network != network.canonical())
        reading.problems.error(item, fmt::format("has bits beyond the {} of its prefix", network.prefix_length()),
                               fmt::format("the network is {}", network.canonical().to_string()));
    sources.add(network);
}

/// Adds the network or host `text`. Whether it is one at all.
bool add_network(const std::string& text, const config_item& item, session_sources& sources, config_reading& reading)
{
    const bool is_v6 = text.find(':') != std::string::npos;
    const auto slash = text.find('/');
    const auto all = slash == std::string::npos ? text + (is_v6 ? "/128" : "/32") : text;
    if (all.size() - all.find('/') > prefix_digits_max + 1 || text.find('%') != std::string::npos)
        return false;
    boost::system::error_code error;
    if (is_v6) {
        const auto network = ip::make_network_v6(all, error);
        if (!error)
            add(network, item, sources, reading);
    } else {
        const auto network = ip::make_network_v4(all, error);
        if (!error)
            add(network, item, sources, reading);
    }
    return !error;
}

} // namespace

session_sources read_places(const config_item& item, config_reading& reading)
{
    session_sources sources;
    for (const auto& element : read_list(item, reading.problems)) {
        const auto text = read_text(element, reading.problems);
        if (!text)
            continue;
        if (*text == unix_word)
            sources.add_unix_sockets();
        else if (!add_network(*text, element, sources, reading))
            reading.problems.error(element, "must be a network, an address or \"unix\"",
                                   "such as \"10.0.0.0/8\" or \"::1\"");
    }
    return sources;
}

session_sources read_sources(const config_item& item, config_reading& reading)
{
    auto sources = read_places(item, reading);
    const auto* const elements = std::get_if<json_node::elements>(&item.node->content);
    if (elements != nullptr && elements->empty())
        reading.problems.warning(item, "names nothing: nobody can have the role", "leave the key out for everywhere");
    return sources;
}

} // namespace junctor
