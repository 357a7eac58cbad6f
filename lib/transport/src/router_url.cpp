// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "router_url.hpp"

#include <charconv>
#include <stdexcept>

#include <boost/throw_exception.hpp>

namespace junctor {

namespace {

template <class T>
using parsed = boost::system::result<T, url_failure>;

/// What Crossbar.io connects to if the URL has no port.
constexpr std::uint16_t plain_port = 80;
constexpr std::uint16_t tls_port = 443;

constexpr std::string_view unix_prefix = "unix:";

/// The URL itself is not quoted: it may be one with a password.
url_failure failure(std::string_view fault)
{
    return {"the URL " + std::string(fault)};
}

/// Host, and what stands behind it.
struct authority {
    std::string host;
    std::string_view rest;
};

parsed<authority> split(std::string_view from)
{
    if (!from.starts_with('[')) {
        const auto host = from.substr(0, from.find_first_of(":/?#"));
        return authority{std::string(host), from.substr(host.size())};
    }
    const auto end = from.find(']');
    if (end == std::string_view::npos)
        return failure("has a bracket that is not closed");
    return authority{std::string(from.substr(1, end - 1)), from.substr(end + 1)};
}

parsed<std::uint16_t> parse_port(std::string_view digits)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
        return failure("has a port that is not a number from 1 to 65535");
    return port;
}

parsed<router_url> parse_tcp(std::string_view from, bool secure, url_schemes schemes)
{
    if (from.find('@') != std::string_view::npos)
        return failure("names a user, which routers have no use for");
    auto where = split(from);
    if (!where)
        return where.error();
    auto rest = where->rest;
    remote_tcp to;
    to.host = std::move(where->host);
    to.port = secure ? tls_port : plain_port;
    if (to.host.empty())
        return failure("names no host");
    if (rest.starts_with(':')) {
        const auto digits = rest.substr(1, rest.find_first_of("/?#") - 1);
        const auto port = parse_port(digits);
        if (!port)
            return port.error();
        to.port = *port;
        rest.remove_prefix(1 + digits.size());
    }
    if (schemes == url_schemes::rawsocket && !rest.empty() && rest != "/")
        return failure("goes on behind host and port, which RawSocket has no use for");
    if (!rest.empty() && rest[0] != '/' && rest[0] != '?')
        return failure("goes on behind host and port with something that is no path");
    if (rest.find_first_of("# \r\n") != std::string_view::npos)
        return failure("has a fragment, or a blank, which WebSocket has no use for");
    if (secure)
        to.tls.emplace().hostname = to.host;
    return router_url{std::move(to), rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest)};
}

parsed<router_url> parse_unix(std::string_view path, bool secure)
{
    if (secure)
        return failure("asks for TLS, which there is none of on Unix domain sockets");
    if (!path.starts_with('/') && !path.starts_with('@'))
        return failure("has neither a path that begins with \"/\" nor a name that begins with \"@\"");
    if (path == "@")
        return failure("has an empty name");
    remote_unix to;
    to.path = path;
    return router_url{std::move(to), "/"};
}

} // namespace

void throw_exception_from_error(const url_failure& failure, const boost::source_location& where)
{
    boost::throw_exception(std::invalid_argument(failure.text), where);
}

boost::system::result<router_url, url_failure> parse_router_url(std::string_view url, url_schemes schemes)
{
    const bool raw = schemes == url_schemes::rawsocket;
    const bool secure = url.starts_with(raw ? "rss://" : "wss://");
    if (!secure && !url.starts_with(raw ? "rs://" : "ws://"))
        return failure(raw ? "begins with neither \"rs://\" nor \"rss://\""
                           : "begins with neither \"ws://\" nor \"wss://\"");
    const auto from = url.substr(url.find("//") + 2);
    if (from.starts_with(unix_prefix))
        return parse_unix(from.substr(unix_prefix.size()), secure);
    return parse_tcp(from, secure, schemes);
}

boost::system::result<rawsocket_connector, url_failure> rawsocket_connector::from_url(std::string_view url)
{
    auto parsed = parse_router_url(url, url_schemes::rawsocket);
    if (!parsed)
        return parsed.error();
    return rawsocket_connector(std::move(parsed->where));
}

} // namespace junctor
