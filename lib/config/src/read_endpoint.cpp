// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <charconv>

#include <sys/un.h>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<std::string_view, 2> endpoint_types{"tcp", "unix"};
constexpr std::array<std::string_view, 2> planned_endpoint_types{"twisted", "onion"};

constexpr std::int64_t port_max = 65535;
constexpr std::int64_t backlog_max = 65535;
constexpr std::int64_t user_timeout_max_ms = 65535;
constexpr std::int64_t version_4 = 4;
constexpr std::int64_t version_6 = 6;

/// What fits into a socket's address, with the zero at its end.
constexpr std::size_t socket_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

template <class Integer>
std::optional<Integer> parse_number(std::string_view text, int base = 10)
{
    Integer number{};
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number, base);
    return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

} // namespace

std::uint16_t read_port(const config_item& item, std::int64_t min, config_reading& reading)
{
    if (kind_of(*item.node) != "string")
        return static_cast<std::uint16_t>(read_integer(item, min, port_max, reading.problems).value_or(0));
    const auto& text = std::get<std::string>(item.node->content);
    const auto variable = variable_name(text);
    if (!variable) {
        reading.problems.error(item, "must be an integer, or a string with a variable such as \"$PORT\"");
        return 0;
    }
    const auto content = reading.context.environment(*variable);
    if (!content) {
        reading.problems.error(item, fmt::format("the environment variable '{}' is not set", *variable));
        return 0;
    }
    const auto number = parse_number<std::uint16_t>(*content);
    if (number && *number >= min)
        return *number;
    reading.problems.error(
        item, fmt::format("the environment variable '{}' is no integer from {} to {}", *variable, min, port_max));
    return 0;
}

namespace {

int read_backlog(dict_reader& keys, int otherwise)
{
    const auto backlog = keys.integer("backlog", 1, backlog_max);
    return backlog ? static_cast<int>(*backlog) : otherwise;
}

void read_version(dict_reader& keys, tcp_endpoint& where, config_reading& reading)
{
    const bool is_version_6_address = where.interface.find(':') != std::string::npos;
    where.version = is_version_6_address ? ip_version::v6 : ip_version::v4;
    const auto item = keys.take("version");
    if (!item)
        return;
    const auto version = read_integer(*item, version_4, version_6, reading.problems);
    if (!version)
        return;
    if (*version != version_4 && *version != version_6)
        reading.problems.error(*item, "must be 4 or 6");
    else if (*version == version_4 && is_version_6_address)
        reading.problems.error(*item, "must be 6, as the interface has an address of IPv6");
    else
        where.version = *version == version_6 ? ip_version::v6 : ip_version::v4;
}

proxy_settings read_proxies(dict_reader& keys, config_reading& reading)
{
    proxy_settings proxies;
    const auto trusted = keys.take("trusted_proxies");
    const auto protocol = keys.take("proxy_protocol");
    if (trusted)
        proxies.trusted = read_places(*trusted, reading);
    if (protocol)
        proxies.proxy_protocol = read_boolean(*protocol, reading.problems).value_or(false);
    if (proxies.proxy_protocol && !trusted)
        reading.problems.error(*protocol, "needs the key 'trusted_proxies' as well",
                               "name the addresses that the proxies connect from");
    return proxies;
}

tcp_endpoint read_tcp(dict_reader& keys, config_reading& reading)
{
    tcp_endpoint where;
    keys.refuse("portrange", "ranges of ports are");
    const auto port = keys.require("port");
    if (port)
        where.port = read_port(*port, 0, reading);
    where.interface = keys.text("interface").value_or("");
    read_version(keys, where, reading);
    where.backlog = read_backlog(keys, where.backlog);
    where.shared = keys.boolean("shared").value_or(false);
    if (const auto timeout = keys.integer("user_timeout", 0, user_timeout_max_ms))
        where.user_timeout = std::chrono::milliseconds(*timeout);
    if (const auto tls = keys.take("tls"))
        where.tls = read_tls(*tls, reading);
    where.proxies = read_proxies(keys, reading);
    return where;
}

std::string read_socket_path(const config_item& item, config_reading& reading)
{
    const auto text = read_path(item, reading);
    if (!text)
        return {};
    auto path = text->starts_with('@') ? *text : reading.absolute(*text);
    if (path.size() > socket_path_bytes_max)
        reading.problems.error(item, fmt::format("the path '{}' is longer than the {} bytes that a socket's may have",
                                                 path, socket_path_bytes_max));
    return path;
}

void read_mode(const config_item& item, unix_endpoint& where, config_reading& reading)
{
    constexpr mode_t mode_max = 0777;
    const auto* const text = std::get_if<std::string>(&item.node->content);
    const auto mode = text != nullptr ? parse_number<mode_t>(*text, 8) : std::nullopt;
    if (mode && *mode <= mode_max)
        where.mode = mode;
    else
        reading.problems.error(item, "must be a string of octal digits", "such as \"0660\"");
}

/// The value of `owner`: "user", "user:group" or ":group".
void read_owner(const config_item& item, unix_endpoint& where, config_reading& reading)
{
    const auto text = read_text(item, reading.problems);
    if (!text)
        return;
    const auto colon = text->find(':');
    where.user = text->substr(0, colon);
    if (colon != std::string::npos)
        where.group = text->substr(colon + 1);
    if ((where.user.empty() && where.group.empty()) || where.group.find(':') != std::string::npos)
        reading.problems.error(item, "must be \"user\", \"user:group\" or \":group\"");
}

unix_endpoint read_unix(dict_reader& keys, config_reading& reading)
{
    unix_endpoint where;
    if (const auto path = keys.require("path"))
        where.path = read_socket_path(*path, reading);
    where.backlog = read_backlog(keys, where.backlog);
    const bool is_abstract = where.path.starts_with('@');
    const auto mode = keys.take("mode");
    const auto owner = keys.take("owner");
    if (mode)
        read_mode(*mode, where, reading);
    if (owner)
        read_owner(*owner, where, reading);
    if (is_abstract && (mode || owner))
        reading.problems.error(mode ? *mode : *owner, "a socket in the abstract name space has neither mode nor owner");
    where.proxies = read_proxies(keys, reading);
    return where;
}

} // namespace

std::optional<endpoint> read_endpoint(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    const auto type = read_type(keys, "endpoint", endpoint_types, planned_endpoint_types, reading.problems);
    if (!type)
        return std::nullopt;
    std::optional<endpoint> where;
    if (*type == "tcp")
        where = read_tcp(keys, reading);
    else
        where = read_unix(keys, reading);
    keys.finish();
    return where;
}

} // namespace junctor
