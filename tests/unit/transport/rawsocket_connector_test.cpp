// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/rawsocket_connector.hpp>
#include <junctor/transport/websocket_connector.hpp>

#include <stdexcept>

#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

remote_tcp somewhere()
{
    return {.host = "router.example", .port = 8081};
}

remote_endpoint endpoint_of(std::string_view url)
{
    return rawsocket_connector::from_url(url).value().endpoint();
}

std::string refusal(std::string_view url)
{
    const auto made = rawsocket_connector::from_url(url);
    return made ? "no refusal" : made.error().text;
}

} // namespace

TEST_CASE("rawsocket_connector: everything but the endpoint has a default", "[transport][settings]")
{
    const auto to = rawsocket(somewhere());
    CHECK(to_string(to.endpoint()) == "tcp:router.example:8081");
    CHECK(to.id().empty());
    CHECK(to.serializer() == serializer::msgpack);
    CHECK(to.announced_message_size() == 131'072);
    CHECK_FALSE(to.debug());
    CHECK(to.keep_alive_mode() == keep_alive::off);
}

TEST_CASE("rawsocket_connector: settings are named and chain", "[transport][settings]")
{
    session_limits bounds;
    bounds.write_stall_timeout = 3s;
    auto to = rawsocket(somewhere());
    to.id("up").serializer(serializer::cbor).max_message_size(1000).debug(true).limits(bounds).keep_alive_ping(5s);
    CHECK(to.id() == "up");
    CHECK(to.serializer() == serializer::cbor);
    CHECK(to.announced_message_size() == 1024);
    CHECK(to.debug());
    CHECK(to.limits().write_stall_timeout == 3s);
    CHECK(to.keep_alive_mode() == keep_alive::always);
    CHECK(to.keep_alive_interval() == 5s);
    to.endpoint(remote_unix{.path = "@shop"});
    CHECK(to_string(to.endpoint()) == "unix:@shop");
}

TEST_CASE("rawsocket_connector: what cannot be meant is refused at once", "[transport][settings]")
{
    auto to = rawsocket(somewhere());
    CHECK_THROWS_AS(to.max_message_size(0), std::invalid_argument);
    CHECK_THROWS_AS(to.keep_alive_ping(0s), std::invalid_argument);
    auto where = somewhere();
    SECTION("no host")
    {
        where.host.clear();
    }
    SECTION("no port")
    {
        where.port = 0;
    }
    SECTION("a negative timeout")
    {
        where.timeout = -1ms;
    }
    SECTION("a timeout that is too long")
    {
        where.timeout = 601s;
    }
    SECTION("TLS without a host name")
    {
        where.tls.emplace();
    }
    SECTION("a certificate without its key")
    {
        where.tls.emplace().hostname = "router.example";
        where.tls->certificate = "client.pem";
    }
    CHECK_THROWS_AS(to.endpoint(where), std::invalid_argument);
    CHECK_THROWS_AS(to.endpoint(remote_unix{}), std::invalid_argument);
    CHECK_THROWS_AS(to.endpoint(remote_unix{.path = "@"}), std::invalid_argument);
}

TEST_CASE("rawsocket_connector: URLs of all kinds are understood", "[transport][url]")
{
    CHECK(endpoint_of("rs://router.example") == remote_endpoint(remote_tcp{.host = "router.example", .port = 80}));
    CHECK(endpoint_of("rs://127.0.0.1:8081/") == remote_endpoint(remote_tcp{.host = "127.0.0.1", .port = 8081}));
    CHECK(endpoint_of("rs://[::1]:8081") == remote_endpoint(remote_tcp{.host = "::1", .port = 8081}));
    CHECK(endpoint_of("rs://unix:/run/shop.sock") == remote_endpoint(remote_unix{.path = "/run/shop.sock"}));
    CHECK(endpoint_of("rs://unix:@shop") == remote_endpoint(remote_unix{.path = "@shop"}));
    remote_tcp secure{.host = "router.example", .port = 443};
    secure.tls.emplace().hostname = "router.example";
    CHECK(endpoint_of("rss://router.example") == remote_endpoint(secure));
}

TEST_CASE("rawsocket_connector: what is wrong with a URL is said, without quoting it", "[transport][url]")
{
    CHECK_THAT(refusal("ws://router.example"), ContainsSubstring("rs://"));
    CHECK_THAT(refusal("rs://"), ContainsSubstring("no host"));
    CHECK_THAT(refusal("rs://:80"), ContainsSubstring("no host"));
    CHECK_THAT(refusal("rs://[::1"), ContainsSubstring("not closed"));
    CHECK_THAT(refusal("rs://[::1]8081"), ContainsSubstring("goes on"));
    for (const auto* const port : {"", "0", "65536", "-1", "80x", "eighty"})
        CHECK_THAT(refusal(std::string("rs://router.example:") + port), ContainsSubstring("1 to 65535"));
    CHECK_THAT(refusal("rs://router.example/ws"), ContainsSubstring("goes on"));
    CHECK_THAT(refusal("rs://router.example?a=b"), ContainsSubstring("goes on"));
    CHECK_THAT(refusal("rss://unix:/run/shop.sock"), ContainsSubstring("TLS"));
    CHECK_THAT(refusal("rs://unix:shop"), ContainsSubstring("begins with"));
    CHECK_THAT(refusal("rs://unix:@"), ContainsSubstring("empty name"));
    CHECK_THAT(refusal("rs://user:secret@router.example"), ContainsSubstring("user"));
    CHECK_THAT(refusal("rs://user:secret@router.example"), !ContainsSubstring("secret"));
    CHECK_THROWS_AS(rawsocket_connector::from_url("rs://").value(), std::invalid_argument);
}

TEST_CASE("websocket_connector: URLs of all kinds are understood", "[transport][url]")
{
    const auto parsed = [](std::string_view url) { return websocket_connector::from_url(url).value(); };
    CHECK(parsed("ws://router.example").endpoint() ==
          remote_endpoint(remote_tcp{.host = "router.example", .port = 80}));
    CHECK(parsed("ws://router.example").path() == "/");
    CHECK(parsed("ws://router.example:8080/ws?a=b").path() == "/ws?a=b");
    CHECK(parsed("ws://router.example?a=b").path() == "/?a=b");
    CHECK(parsed("ws://[::1]:8080/").endpoint() == remote_endpoint(remote_tcp{.host = "::1", .port = 8080}));
    CHECK(parsed("ws://unix:/run/shop.sock").endpoint() == remote_endpoint(remote_unix{.path = "/run/shop.sock"}));
    remote_tcp secure{.host = "router.example", .port = 443};
    secure.tls.emplace().hostname = "router.example";
    CHECK(parsed("wss://router.example/ws").endpoint() == remote_endpoint(secure));
}

TEST_CASE("websocket_connector: what is wrong with a URL is said", "[transport][url]")
{
    const auto refusal = [](std::string_view url) { return websocket_connector::from_url(url).error().text; };
    CHECK_THAT(refusal("rs://router.example"), ContainsSubstring("ws://"));
    CHECK_THAT(refusal("ws:///ws"), ContainsSubstring("no host"));
    CHECK_THAT(refusal("ws://[::1]8080"), ContainsSubstring("no path"));
    CHECK_THAT(refusal("ws://router.example/#a"), ContainsSubstring("fragment"));
    CHECK_THAT(refusal("ws://router.example/a b"), ContainsSubstring("blank"));
    CHECK_THAT(refusal("wss://unix:/run/shop.sock"), ContainsSubstring("TLS"));
    CHECK_THROWS_AS(websocket_connector(somewhere(), "ws"), std::invalid_argument);
    CHECK_THROWS_AS(websocket_connector(somewhere()).max_message_size(0), std::invalid_argument);
}

TEST_CASE("websocket_connector: settings that cannot be meant are refused", "[transport][url]")
{
    websocket_connector to(somewhere());
    CHECK_THROWS_AS(to.subprotocols({}), std::invalid_argument);
    CHECK_THROWS_AS(to.subprotocols({{serializer::cbor, true}, {serializer::cbor, true}}), std::invalid_argument);
    to.subprotocols({{serializer::cbor, true}, {serializer::cbor}});
    CHECK(to.subprotocols().size() == 2);

    const deflate_settings wrong[]{{.max_window_bits = 8},
                                   {.max_window_bits = 16},
                                   {.request_max_window_bits = 8},
                                   {.memory_level = 0},
                                   {.memory_level = 10}};
    for (const auto& deflate : wrong) {
        websocket_settings settings;
        settings.deflate = deflate;
        CHECK_THROWS_AS(to.websocket(settings), std::invalid_argument);
        CHECK_THROWS_AS(websocket(tcp("127.0.0.1", 0), settings), std::invalid_argument);
    }
    websocket_connection_settings late;
    late.close_handshake_timeout = std::chrono::milliseconds(-1);
    CHECK_THROWS_AS(to.websocket(late), std::invalid_argument);
}
