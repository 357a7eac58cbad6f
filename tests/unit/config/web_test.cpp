// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>

#include <fmt/format.h>

#include <junctor/transport/shared_port.hpp>

#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

/// A transport of that type with `more` besides its endpoint.
std::string port_with(std::string_view type, std::string_view more)
{
    return fmt::format(R"({{"type": "{}", "endpoint": {{"type": "tcp", "port": 0}}{}}})", type, more);
}

config_result web_with(std::string_view paths)
{
    return config_loader().load_transport(port_with("web", fmt::format(R"(, "paths": {})", paths)));
}

std::vector<std::string> paths_of(const shared_port& port)
{
    std::vector<std::string> paths;
    for (const auto& path : port.paths)
        paths.push_back(path.at);
    return paths;
}

} // namespace

TEST_CASE("config: a universal transport has parts, each with settings of its own", "[config][transport][web]")
{
    const auto result = config_loader().load_transport(port_with("universal", R"(, "id": "front",
        "limits": {"join_timeout": 700, "connections_max": 9},
        "rawsocket": {"serializers": ["cbor"], "auth": {"ticket": {"secret": "s"}}},
        "websocket": {"ws": {"options": {"max_message_size": 5000}, "limits": {"join_timeout": 800}}},
        "web": {"paths": {"a": {"type": "path", "paths": {"/": {"type": "websocket"}, "b": {"type": "websocket"}}}},
                "options": {"access_log": true, "client_timeout": 5}})"));
    const auto& whole = only_transport(result);
    REQUIRE(whole.port() != nullptr);
    const auto& port = *whole.port();
    CHECK(whole.per_transport().connections_max == 9);
    REQUIRE(port.rawsocket != nullptr);
    CHECK(port.rawsocket->id() == "front");
    CHECK(port.rawsocket->serializers() == serializer_set{serializer::cbor});
    CHECK(port.rawsocket->methods()[0].first == "ticket");
    CHECK(port.rawsocket->per_session().join_timeout == 700ms);
    CHECK(paths_of(port) == std::vector<std::string>{"/ws", "/a", "/a/b"});
    CHECK(port.paths[0].transport->id() == "front/ws");
    CHECK(port.paths[0].transport->common().max_message_size == 5000);
    CHECK(port.paths[0].transport->per_session().join_timeout == 800ms);
    CHECK(port.paths[2].transport->methods()[0].first == "anonymous");
    CHECK(port.http.access_log);
    CHECK(port.http.client_timeout == 5s);
}

TEST_CASE("config: the path in the URL of a WebSocket that has a path already means nothing", "[config][web]")
{
    const auto result = web_with(R"({"ws": {"type": "websocket", "url": "ws://localhost/other"}})");
    CHECK(only_transport(result).port()->paths[0].transport->websocket()->path.empty());
}

TEST_CASE("config: long-poll has a transport of its own", "[config][web]")
{
    const auto result = web_with(R"({"lp": {"type": "longpoll", "serializers": ["json"],
        "auth": {"ticket": {"secret": "s"}}, "limits": {"connections_max": 7},
        "options": {"request_timeout": 5, "session_timeout": 6, "queue_limit_bytes": 1000, "queue_limit_messages": 8,
                    "max_message_size": 5000, "debug": true, "allowed_origins": ["https://shop.example"],
                    "error_uri_profile": "crossbar"}}})");
    const auto& path = only_transport(result).port()->paths.at(0);
    REQUIRE(path.service != nullptr);
    CHECK(path.service->serves_below());
    CHECK(path.service->body_bytes_max() == 5000 + 4096);
    REQUIRE(path.transport != nullptr);
    CHECK(path.transport->serializers() == serializer_set{serializer::json});
    CHECK(path.transport->methods()[0].first == "ticket");
    CHECK(path.transport->per_transport().connections_max == 7);
    CHECK(path.transport->debug());
    CHECK(path.transport->error_uris() == error_uri_profile::crossbar);
}

TEST_CASE("config: what is wrong with long-poll", "[config][web]")
{
    const wrong cases[] = {
        {R"("request_timeout": 0)", ".request_timeout", "must be from 1 to 3600"},
        {R"("queue_limit_bytes": 0)", ".queue_limit_bytes", "must be from 1 to 67108864"},
        {R"("queue_limit_message": 5)", ".queue_limit_message", "unknown key", "did you mean 'queue_limit_messages'?"},
    };
    for (const auto& [text, key, problem, hint] : cases) {
        const auto path = "workers[0].transports[0].paths.lp.options" + std::string(key);
        check_wrong(web_with(fmt::format(R"({{"lp": {{"type": "longpoll", "options": {{{}}}}}}})", text)),
                    {text, path, problem, hint});
    }
}

TEST_CASE("config: what is wrong with transports that share a port", "[config][transport][web]")
{
    const std::string web = "workers[0].transports[0].paths";
    const wrong paths[] = {
        {"{}", web, "must name one path at least"},
        {"[]", web, "must be a dict, not a list"},
        {R"({"a/b": {"type": "websocket"}})", "workers[0].transports[0].paths['a/b']", "'a/b' is no segment of a path",
         "letters, digits, '_', '-' and '.'; or \"/\" for the path itself"},
        {R"({"..": {"type": "websocket"}})", "workers[0].transports[0].paths['..']", "'..' is no segment of a path",
         "letters, digits, '_', '-' and '.'; or \"/\" for the path itself"},
        {R"({"a": {}})", "workers[0].transports[0].paths.a", "the key 'type' is missing"},
        {R"({"a": {"type": "websocket"}, "/": {"type": "path", "paths": {"a": {"type": "websocket"}}}})",
         "workers[0].transports[0].paths['/'].paths.a", "the path '/a' leads to something else already"},
        {R"({"a": {"type": "websocket", "endpoint": {}}})", "workers[0].transports[0].paths.a.endpoint",
         "endpoints of their own for what shares a port are not supported yet by this version"},
        {R"({"a": {"type": "websocket", "limits": {"connections_max": 3}}})",
         "workers[0].transports[0].paths.a.limits.connections_max", "belongs to the port as a whole",
         "give it in the limits of the transport"},
    };
    for (const auto& expected : paths)
        check_wrong(web_with(expected.text), expected);
    const wrong parts[] = {
        {"", "workers[0].transports[0]", "serves nothing", "give it 'rawsocket', 'websocket' or 'web'"},
        {R"(, "rawsocket": {}, "mqtt": {})", "workers[0].transports[0].mqtt",
         "MQTT clients are not supported yet by this version"},
        {R"(, "websocket": {"ws": {"type": "rawsocket"}})", "workers[0].transports[0].websocket.ws.type",
         "unknown transport type 'rawsocket'"},
        {R"(, "websocket": {"ws": {}}, "web": {"paths": {"ws": {"type": "websocket"}}})",
         "workers[0].transports[0].web.paths.ws", "the path '/ws' leads to something else already"},
        {R"(, "rawsocket": {}, "web": {})", "workers[0].transports[0].web", "the key 'paths' is missing"},
    };
    for (const auto& expected : parts) {
        const auto text = port_with("universal", expected.text);
        INFO(text);
        check_wrong(config_loader().load_transport(text), expected);
    }
}
