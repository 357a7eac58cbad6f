// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>

#include <fmt/format.h>

#include <junctor/transport/cookie_settings.hpp>

#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

/// A RawSocket transport with `more` besides its endpoint.
std::string rawsocket_with(std::string_view more)
{
    return R"({"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}, )" + std::string(more) + "}";
}

/// The transport that `more` gives.
listening_transport transport_of(std::string_view more)
{
    INFO(more);
    const auto result = config_loader().load_transport(rawsocket_with(more));
    return only_transport(result);
}

/// A WebSocket transport with `more` besides its endpoint.
std::string websocket_with(std::string_view more)
{
    return R"({"type": "websocket", "endpoint": {"type": "tcp", "port": 0})" + std::string(more) + "}";
}

/// The WebSocket transport that `more` gives.
listening_transport websocket_of(std::string_view more)
{
    INFO(more);
    const auto result = config_loader().load_transport(websocket_with(more));
    return only_transport(result);
}

} // namespace

TEST_CASE("config: a transport has defaults for all but type and endpoint", "[config][transport]")
{
    const auto result = config_loader().load_endpoint(R"({"type": "tcp", "port": 8081})");
    const auto& transport = only_transport(result);
    CHECK(transport.id() == "transport1");
    CHECK(transport.serializers() == serializer_set::all());
    CHECK(transport.announced_message_size() == limits::message_bytes_default);
    CHECK(transport.min_peer_message_size() == 0);
    CHECK_FALSE(transport.debug());
    CHECK(transport.keep_alive_mode() == keep_alive::off);
    REQUIRE(transport.methods().size() == 1);
    CHECK(transport.methods()[0].first == "anonymous");
}

TEST_CASE("config: transports are numbered from 1", "[config][transport]")
{
    constexpr std::string_view plain = R"({"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}})";
    const auto text = fmt::format("{},{},{}", plain, rawsocket_with(R"("id": "public")"), plain);
    const auto result = config_loader().load_transport(text);
    const auto& transports = require_clean(result).workers[0].transports;
    REQUIRE(transports.size() == 3);
    CHECK(transports[0].id() == "transport1");
    CHECK(transports[1].id() == "public");
    CHECK(transports[2].id() == "transport3");
}

TEST_CASE("config: the type of a transport", "[config][transport]")
{
    const wrong cases[] = {
        {R"({"endpoint": {}})", "workers[0].transports[0]", "the key 'type' is missing"},
        {R"({"type": "mqtt"})", "workers[0].transports[0].type",
         "transport type 'mqtt' is not supported yet by this version",
         "supported: rawsocket, websocket, web, universal"},
        {R"({"type": "rawsockt"})", "workers[0].transports[0].type", "unknown transport type 'rawsockt'",
         "did you mean 'rawsocket'?"},
        {R"({"type": 1})", "workers[0].transports[0].type", "must be a string, not an integer"},
        {R"({"type": "rawsocket"})", "workers[0].transports[0]", "the key 'endpoint' is missing"},
        {R"([])", "workers[0].transports[0]", "must be a dict, not a list"},
    };
    for (const auto& expected : cases)
        check_wrong(config_loader().load_transport(expected.text), expected);
}

TEST_CASE("config: the serializers of a transport", "[config][transport]")
{
    CHECK(transport_of(R"("serializers": ["json", "msgpack"])").serializers() ==
          serializer_set{serializer::json, serializer::msgpack});
    CHECK(transport_of(R"("serializers": ["cbor"])").serializers() == serializer_set{serializer::cbor});
    CHECK(transport_of(R"("serializers": ["json", "json"])").serializers() == serializer_set{serializer::json});
}

TEST_CASE("config: the message size may stand in the transport or in its options", "[config][transport]")
{
    CHECK(transport_of(R"("max_message_size": 65536)").announced_message_size() == 65536);
    CHECK(transport_of(R"("options": {"max_message_size": 65536})").announced_message_size() == 65536);
    CHECK(transport_of(R"("max_message_size": 1024, "options": {"max_message_size": 1024})").announced_message_size() ==
          1024);
    CHECK(transport_of(R"("options": {})").announced_message_size() == limits::message_bytes_default);
    CHECK(transport_of(R"("max_message_size": 1024, "options": {})").announced_message_size() == 1024);
    CHECK(transport_of(R"("max_message_size": 1000)").announced_message_size() == 1024);
    CHECK(transport_of(R"("max_message_size": 1)").announced_message_size() == 512);
    CHECK(transport_of(R"("max_message_size": 16777216)").announced_message_size() == 16777216);
}

TEST_CASE("config: a message size that cannot be announced is cut, with a warning", "[config][transport]")
{
    const config_loader loader;
    for (const auto* const size : {"16777217", "67108864"}) {
        const auto result = loader.load_transport(rawsocket_with(fmt::format("\"max_message_size\": {}", size)));
        check_warned(result, {size, "workers[0].transports[0].max_message_size",
                              "RawSocket clients can be told 16777216 at most, so that is the limit"});
        CHECK(result.config.workers[0].transports[0].announced_message_size() == 16777216);
    }
    check_warned(loader.load_transport(rawsocket_with(R"("options": {"max_message_size": 20000000})")),
                 {"20000000", "workers[0].transports[0].options.max_message_size",
                  "RawSocket clients can be told 16777216 at most, so that is the limit"});
}

TEST_CASE("config: the other options of a transport", "[config][transport]")
{
    CHECK(transport_of(R"("debug": true)").debug());
    CHECK_FALSE(transport_of(R"("debug": false)").debug());
    CHECK(transport_of(R"("options": {"min_peer_message_size": 4096})").min_peer_message_size() == 4096);

    const auto cautious = transport_of(R"("options": {"keep_alive": "after_peer_ping", "keep_alive_interval": 5000})");
    CHECK(cautious.keep_alive_mode() == keep_alive::after_peer_ping);
    CHECK(cautious.keep_alive_interval() == 5s);
    const auto always = transport_of(R"("options": {"keep_alive": "always", "keep_alive_interval": 100})");
    CHECK(always.keep_alive_mode() == keep_alive::always);
    CHECK(always.keep_alive_interval() == 100ms);
    CHECK(transport_of(R"("options": {"keep_alive": "off"})").keep_alive_mode() == keep_alive::off);
    CHECK(transport_of(R"("options": {"keep_alive": "off", "keep_alive_interval": 100})").keep_alive_mode() ==
          keep_alive::off);
}

TEST_CASE("config: a WebSocket transport has defaults, which are safe", "[config][transport]")
{
    const auto transport = websocket_of("");
    REQUIRE(transport.websocket());
    CHECK(transport.websocket()->path.empty());
    CHECK(transport.websocket()->subprotocol_required);
    CHECK(transport.websocket()->allowed_origins.empty());
    CHECK_FALSE(transport.websocket()->null_origin_allowed);
    CHECK(transport.common().max_message_size == limits::message_bytes_default);
    CHECK(transport.keep_alive_mode() == keep_alive::off);
    CHECK_FALSE(transport_of(R"("debug": true)").websocket());
}

TEST_CASE("config: the options of a WebSocket transport", "[config][transport]")
{
    CHECK(websocket_of(R"(, "url": "ws://localhost:8080/ws")").websocket()->path == "/ws");
    CHECK(websocket_of(R"(, "url": "wss://localhost/a/b?c#d")").websocket()->path == "/a/b");
    CHECK(websocket_of(R"(, "url": "ws://localhost:8080/")").websocket()->path.empty());
    CHECK(websocket_of(R"(, "url": "ws://localhost")").websocket()->path.empty());
    CHECK(websocket_of(R"(, "options": {"max_message_size": 5})").common().max_message_size == 5);
    CHECK(websocket_of(R"(, "options": {"max_message_size": 0})").common().max_message_size == 16777216);
    CHECK(websocket_of(R"(, "options": {"allowed_origins": ["*"]})").websocket()->null_origin_allowed);
    CHECK_FALSE(websocket_of(R"(, "options": {"allowed_origins": ["*"], "allow_null_origin": false})")
                    .websocket()
                    ->null_origin_allowed);
    const auto pinging = websocket_of(R"(, "options": {"auto_ping_interval": 1000, "auto_ping_timeout": 2000})");
    CHECK(pinging.keep_alive_mode() == keep_alive::always);
    CHECK(pinging.keep_alive_interval() == 1s);
    CHECK(pinging.common().pong_timeout == 2s);
    const auto off = websocket_of(R"(, "options": {"auto_ping_interval": 0, "open_handshake_timeout": 1000})");
    CHECK(off.keep_alive_mode() == keep_alive::off);
    CHECK(off.websocket()->open_handshake_timeout == 1s);
}

TEST_CASE("config: the cookie of a WebSocket transport", "[config][transport]")
{
    CHECK(websocket_of("").websocket()->cookie == nullptr);
    const auto plain = websocket_of(R"(, "cookie": {})").websocket()->cookie;
    REQUIRE(plain != nullptr);
    CHECK(plain->name == "cbtid");
    CHECK(plain->length == 24);
    CHECK(plain->max_age == 24h);
    CHECK_FALSE(plain->secure.has_value());
    CHECK(plain->http_only);
    CHECK(plain->pages == same_site::lax);
    const auto cookie = websocket_of(R"(, "cookie": {"name": "a_1", "length": 64, "max_age": 60, "secure": true,
        "http_strict": false, "same_site": "None", "store": {"type": "file", "filename": "a", "purge_on_startup": true}})")
                            .websocket()
                            ->cookie;
    CHECK(cookie->name == "a_1");
    CHECK(cookie->length == 64);
    CHECK(cookie->max_age == 60s);
    CHECK(cookie->secure == true);
    CHECK_FALSE(cookie->http_only);
    CHECK(cookie->pages == same_site::none);
}

TEST_CASE("config: mistakes in a WebSocket transport", "[config][transport]")
{
    const wrong cases[] = {
        {R"("url": "http://x")", ".url", "is no URL of a WebSocket", "such as \"ws://localhost:8080/ws\""},
        {R"("options": {"auto_ping_interval": 10})", ".options.auto_ping_interval",
         "is in milliseconds: must be 0, or 1000 at least"},
        {R"("options": {"allowed_origins": []})", ".options.allowed_origins", "must name one origin at least",
         "leave the key out for pages of the same host"},
        {R"("options": {"allowed_origins": ["a.example"]})", ".options.allowed_origins[0]", "is no origin",
         "such as \"https://shop.example.com\", or \"*\""},
        {R"("options": {"max_message_size": 67108865})", ".options.max_message_size", "must be from 0 to 67108864"},
        {R"("options": {"keep_alive": "always"})", ".options.keep_alive", "unknown key"},
        {R"("max_message_size": 1024)", ".max_message_size", "unknown key"},
        {R"("options": {"compression": {"bzip2": {}}})", ".options.compression.bzip2", "unknown key"},
        {R"("options": {"compression": {"deflate": {"max_window_bits": 8}}})",
         ".options.compression.deflate.max_window_bits", "must be 0, or from 9 to 15"},
        {R"("options": {"compression": {"deflate": {"request_max_window_bits": 16}}})",
         ".options.compression.deflate.request_max_window_bits", "must be from 0 to 15"},
        {R"("options": {"compression": {"deflate": {"memory_level": 0}}})", ".options.compression.deflate.memory_level",
         "must be from 1 to 9"},
        {R"("cookie": {"name": "A"})", ".cookie.name", "is no name of a cookie",
         "two characters at least: small letters, digits and '_', a letter first"},
        {R"("cookie": {"length": 5})", ".cookie.length", "must be from 6 to 64"},
        {R"("cookie": {"max_age": 0})", ".cookie.max_age", "must be from 1 to 315360000"},
        {R"("cookie": {"store": {}})", ".cookie.store", "the key 'type' is missing"},
        {R"("cookie": {"store": {"type": "file"}})", ".cookie.store", "the key 'filename' is missing"},
        {R"("cookie": {"store": {"type": "sqlite", "path": "a"}})", ".cookie.store.type",
         "this build has no store of that type",
         "build Junctor with JUNCTOR_WITH_SQLITE, or load the module store-sqlite"},
    };
    for (const auto& [text, key, problem, hint] : cases) {
        const auto path = "workers[0].transports[0]" + std::string(key);
        check_wrong(config_loader().load_transport(websocket_with(", " + std::string(text))),
                    {text, path, problem, hint});
    }
    check_warned(config_loader().load_transport(websocket_with(R"(, "cookie": {"length": 15})")),
                 {"length", "workers[0].transports[0].cookie.length", "is so short that cookies can be guessed",
                  "24 is a good length"});
    check_warned(config_loader().load_transport(websocket_with(R"(, "options": {"auto_ping_size": 12})")),
                 {"size", "workers[0].transports[0].options.auto_ping_size", "has no meaning here and is ignored"});
}

TEST_CASE("config: mistakes in a transport", "[config][transport]")
{
    struct mistake {
        std::string_view text;
        std::string_view key; ///< Behind the path of the transport.
        std::string_view problem;
        std::string_view hint{};
    };
    const mistake cases[] = {
        {R"("id": "Public")", ".id",
         "must be of 3 to 64 characters: a lower-case letter, then lower-case letters, digits and '_'"},
        {R"("id": "ab")", ".id",
         "must be of 3 to 64 characters: a lower-case letter, then lower-case letters, digits and '_'"},
        {R"("serializers": "json")", ".serializers", "must be a list, not a string"},
        {R"("serializers": [])", ".serializers", "must name one serializer at least", "leave the key out for all"},
        {R"("serializers": ["json", "messagepack"])", ".serializers[1]", "unknown serializer 'messagepack'"},
        {R"("serializers": ["jsn"])", ".serializers[0]", "unknown serializer 'jsn'", "did you mean 'json'?"},
        {R"("serializers": ["ubjson"])", ".serializers[0]", "the serializer 'ubjson' is not supported",
         "supported: json, msgpack, cbor"},
        {R"("serializers": [1])", ".serializers[0]", "must be a string, not an integer"},
        {R"("max_message_size": 0)", ".max_message_size", "must be from 1 to 67108864"},
        {R"("max_message_size": -1)", ".max_message_size", "must be from 1 to 67108864"},
        {R"("max_message_size": 67108865)", ".max_message_size", "must be from 1 to 67108864"},
        {R"("max_message_size": 18446744073709551615)", ".max_message_size", "must be from 1 to 67108864"},
        {R"("max_message_size": true)", ".max_message_size", "must be an integer, not a boolean"},
        {R"("max_message_size": 1024.0)", ".max_message_size", "must be an integer, not a real"},
        {R"("max_message_size": "1024")", ".max_message_size", "must be an integer, not a string"},
        {R"("options": {"max_message_size": 0})", ".options.max_message_size", "must be from 1 to 67108864"},
        {R"("max_message_size": 512, "options": {"max_message_size": 1024})", ".options.max_message_size",
         "differs from the value 512 given in the transport itself", "leave out one of the two"},
        {R"("options": [])", ".options", "must be a dict, not a list"},
        {R"("options": {"max_mesage_size": 1})", ".options.max_mesage_size", "unknown key",
         "did you mean 'max_message_size'?"},
        {R"("options": {"min_peer_message_size": 16777217})", ".options.min_peer_message_size",
         "must be from 0 to 16777216"},
        {R"("options": {"keep_alive": "on", "keep_alive_interval": 1000})", ".options.keep_alive", "unknown mode 'on'"},
        {R"("options": {"keep_alive": "always"})", ".options.keep_alive",
         "needs the key 'keep_alive_interval' as well"},
        {R"("options": {"keep_alive_interval": 1000})", ".options.keep_alive_interval",
         "needs the key 'keep_alive' as well"},
        {R"("options": {"keep_alive": "always", "keep_alive_interval": 99})", ".options.keep_alive_interval",
         "must be from 100 to 86400000"},
        {R"("debug": 1)", ".debug", "must be true or false, not an integer"},
        {R"("url": "rs://x")", ".url", "unknown key"},
        {R"("serializer": "json")", ".serializer", "unknown key", "did you mean 'serializers'?"},
    };
    for (const auto& [text, key, problem, hint] : cases) {
        const auto path = "workers[0].transports[0]" + std::string(key);
        check_wrong(config_loader().load_transport(rawsocket_with(text)), {text, path, problem, hint});
    }
}
