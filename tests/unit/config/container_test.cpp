// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

/// A container with one component, which connects by `transport`.
std::string container_with(std::string_view transport, std::string_view more = "")
{
    return R"({"type": "container", "components": [{"type": "class", "classname": "echo", "realm": "realm1",)"
           R"( "transport": )" +
           std::string(transport) + "}]" + std::string(more) + "}";
}

const container_config& only_container(const config_result& result)
{
    const auto& node = require_clean(result);
    REQUIRE(node.containers.size() == 1);
    return node.containers[0];
}

const upstream_config& only_upstream(const config_result& result)
{
    const auto& components = only_container(result).components;
    REQUIRE(components.size() == 1);
    REQUIRE(components[0].upstream);
    return *components[0].upstream;
}

} // namespace

TEST_CASE("config: a container needs no more than components", "[config][container]")
{
    const config_loader loader;
    const auto result =
        loader.load_worker(container_with(R"({"type": "rawsocket", "url": "rs://h", "serializer": "json"})"));
    const auto& container = only_container(result);
    CHECK(container.id == "worker001");
    CHECK(container.shutdown == container_shutdown::manual);
    CHECK(container.restart == restart_policy::never);
    const auto& component = container.components.at(0);
    CHECK(component.what.id == "component001");
    CHECK(component.what.realm == "realm1");
    CHECK(component.what.code != nullptr);
    const auto& upstream = only_upstream(result);
    CHECK(upstream.who == nullptr);
    const auto& transport = std::get<rawsocket_connector>(upstream.transport);
    CHECK(transport.id() == "transport1");
    CHECK(transport.serializer() == serializer::json);
    CHECK(transport.endpoint() == remote_endpoint(remote_tcp{"h", 80}));
    CHECK(transport.keep_alive_mode() == keep_alive::off);
    CHECK(upstream.retry.initial_delay == client::retry_policy().initial_delay);
    CHECK(upstream.retry.max_retries == -1);
}

TEST_CASE("config: the options of a container", "[config][container]")
{
    const config_loader loader;
    const auto options = [&](const std::string& text) {
        return loader.load_worker(container_with(R"({"type": "rawsocket", "url": "rs://h", "serializer": "json"})",
                                                 R"(, "options": {)" + text + "}"));
    };
    const std::pair<std::string, container_shutdown> shutdowns[] = {
        {"shutdown-manual", container_shutdown::manual},
        {"shutdown-on-last-component-stopped", container_shutdown::last_component_stopped},
        {"shutdown-on-any-component-stopped", container_shutdown::any_component_stopped},
        {"shutdown-on-any-component-failed", container_shutdown::any_component_failed},
    };
    for (const auto& [word, meaning] : shutdowns)
        CHECK(only_container(options(R"("shutdown": ")" + word + "\"")).shutdown == meaning);
    const auto result = options(R"("restart": "restart-always", "restart_delay": 2, "restart_delay_max": 3)");
    CHECK(only_container(result).restart == restart_policy::always);
    CHECK(only_container(result).restart_delay == 2ms);
    CHECK(only_container(result).restart_delay_max == 3ms);
    CHECK(require_clean(options(R"("disabled": true)")).containers.empty());
}

TEST_CASE("config: a connecting transport may be a WebSocket", "[config][container]")
{
    const config_loader loader;
    const auto loaded = loader.load_worker(container_with(R"({"type": "websocket", "url": "ws://other:99/ws?a=b",
        "endpoint": {"type": "tcp", "host": "h", "port": 8080}, "serializers": ["cbor.batched", "json"], "id": "upstream",
        "options": {"max_message_size": 4000, "max_frame_size": 3000, "auto_ping_interval": 2000,
            "auto_ping_timeout": 1500, "open_handshake_timeout": 1000, "close_handshake_timeout": 1001,
            "compression": {"deflate": {"max_window_bits": 12, "request_no_context_takeover": true}}}})"));
    const auto& container = require_clean(loaded).containers.at(0);
    const auto& transport = std::get<websocket_connector>(container.components.at(0).upstream->transport);
    CHECK(transport.common().id == "upstream");
    REQUIRE(transport.subprotocols().size() == 2);
    CHECK(name_of(transport.subprotocols().at(0)) == "wamp.2.cbor.batched");
    CHECK(name_of(transport.subprotocols().at(1)) == "wamp.2.json");
    CHECK(transport.path() == "/ws?a=b");
    CHECK(transport.endpoint() == remote_endpoint(remote_tcp{"h", 8080}));
    CHECK(transport.common().max_message_size == 4000);
    CHECK(transport.common().keep_alive_interval == 2s);
    CHECK(transport.common().pong_timeout == 1500ms);
    CHECK(transport.websocket().max_frame_size == 3000);
    CHECK(transport.websocket().open_handshake_timeout == 1s);
    CHECK(transport.websocket().close_handshake_timeout == 1001ms);
    REQUIRE(transport.websocket().deflate);
    CHECK(transport.websocket().deflate->max_window_bits == 12);
    CHECK(transport.websocket().deflate->request_no_context_takeover);
}

TEST_CASE("config: what is wrong with a connecting WebSocket is told", "[config][container]")
{
    const config_loader loader;
    constexpr auto where = "workers[0].components[0].transport";
    const auto with = [&](const std::string& keys) {
        return loader.load_worker(container_with(R"({"type": "websocket", "url": "ws://h", )" + keys + "}"));
    };
    const auto at = [&](const std::string& key) { return std::string(where) + key; };
    check_wrong(with(R"("serializers": ["json", "json"])"), {"", at(".serializers"), "wamp.2.json is offered twice"});
    check_wrong(with(R"("serializers": [])"), {"", at(".serializers"), "must name one serializer at least"});
    check_wrong(with(R"("serializers": ["cbor", "bson"])"), {"", at(".serializers[1]"), "unknown serializer 'bson'"});
    check_wrong(with(R"("serializer": "cbor", "serializers": ["cbor"])"),
                {"", at(".serializers"), "is given as 'serializer' as well"});
    check_wrong(with(R"("options": {"auto_ping_interval": 999})"),
                {"", at(".options.auto_ping_interval"), "is in milliseconds: must be 0, or 1000 at least"});
    check_warned(with(R"("options": {"tcp_nodelay": true})"),
                 {"", at(".options.tcp_nodelay"), "has no meaning here and is ignored"});
    const auto nowhere = loader.load_worker(container_with(R"({"type": "websocket"})"));
    check_wrong(nowhere, {"", where, "the key 'url' is missing"});
}

TEST_CASE("config: the keys of a connecting transport", "[config][container]")
{
    config_loader loader;
    loader.environment = {{"PORT", "8443"}};
    const auto result =
        loader.load_worker(container_with(R"({"type": "rawsocket", "id": "upstream", "serializer": "cbor",
        "endpoint": {"type": "tcp", "host": "h", "port": "$PORT", "version": 6, "timeout": 3}, "debug": true,
        "max_message_size": 4096, "options": {"keep_alive_interval": 500}, "max_retries": 7,
        "initial_retry_delay": 0.25, "max_retry_delay": 2, "retry_delay_growth": 3, "retry_delay_jitter": 0})"));
    const auto& upstream = only_upstream(result);
    const auto& transport = std::get<rawsocket_connector>(upstream.transport);
    CHECK(transport.id() == "upstream");
    CHECK(transport.serializer() == serializer::cbor);
    CHECK(transport.debug());
    CHECK(transport.announced_message_size() == 4096);
    CHECK(transport.keep_alive_mode() == keep_alive::always);
    CHECK(transport.keep_alive_interval() == 500ms);
    CHECK(transport.endpoint() == remote_endpoint(remote_tcp{"h", 8443, ip_version::v6, 3s, {}}));
    CHECK(upstream.retry.max_retries == 7);
    CHECK(upstream.retry.initial_delay == 250ms);
    CHECK(upstream.retry.max_delay == 2s);
    CHECK(upstream.retry.growth == 3);
    CHECK(upstream.retry.jitter == 0);
}

TEST_CASE("config: a component of a router has a role and an authid", "[config][container]")
{
    const config_loader loader;
    const auto components = [&](const std::string& more) {
        const auto result = loader.load_worker(R"({"type": "router", "realms": [{"name": "realm1",
            "roles": [{"name": "user"}]}], "components": [{"type": "class", "classname": "echo", "realm": "realm1")" +
                                               more + "}]}");
        return require_clean(result).workers.at(0).components;
    };
    const auto plain = components("");
    REQUIRE(plain.size() == 1);
    CHECK(plain[0].role == "trusted");
    CHECK(plain[0].authid == "component001");
    const auto told = components(R"(, "id": "one", "role": "user", "authid": "joe", "extra": {"word": "x"})");
    REQUIRE(told.size() == 1);
    CHECK(told[0].what.id == "one");
    CHECK(told[0].role == "user");
    CHECK(told[0].authid == "joe");
}
