// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>

#include <fmt/format.h>

#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

config_loader loader_with_environment()
{
    config_loader loader;
    loader.environment = {{"PORT", "8082"}, {"ODD", "80x"}, {"BIG", "65536"}, {"RUNTIME", "/run/user/7"}};
    return loader;
}

template <class Endpoint>
Endpoint endpoint_of(std::string_view text)
{
    INFO(text);
    const auto result = loader_with_environment().load_endpoint(text);
    const auto* const found = std::get_if<Endpoint>(&only_transport(result).endpoint());
    REQUIRE(found != nullptr);
    return *found;
}

struct mistake {
    std::string_view text;
    std::string_view key; ///< Behind the path of the endpoint.
    std::string_view problem;
    std::string_view hint{};
};

void check_mistake(const mistake& expected)
{
    const auto path = "workers[0].transports[0].endpoint" + std::string(expected.key);
    check_wrong(loader_with_environment().load_endpoint(expected.text),
                {expected.text, path, expected.problem, expected.hint});
}

} // namespace

TEST_CASE("config: the type of an endpoint", "[config][endpoint]")
{
    const mistake cases[] = {
        {R"({"port": 1})", "", "the key 'type' is missing"},
        {R"("tcp")", "", "must be a dict, not a string"},
        {R"({"type": "onion", "port": 1})", ".type", "endpoint type 'onion' is not supported yet by this version",
         "supported: tcp, unix"},
        {R"({"type": "tpc", "port": 1})", ".type", "unknown endpoint type 'tpc'", "did you mean 'tcp'?"},
    };
    for (const auto& expected : cases)
        check_mistake(expected);
}

TEST_CASE("config: a TCP endpoint", "[config][endpoint]")
{
    const auto plain = endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 8081})");
    CHECK(plain.port == 8081);
    CHECK(plain.interface.empty());
    CHECK(plain.version == ip_version::v4);
    CHECK(plain.backlog == 50);
    CHECK_FALSE(plain.shared);
    CHECK(plain.user_timeout == 0ms);
    CHECK_FALSE(plain.tls);

    const auto full = endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 65535, "interface": "::1", "version": 6,
        "backlog": 128, "shared": true, "user_timeout": 65535})");
    CHECK(full.port == 65535);
    CHECK(full.interface == "::1");
    CHECK(full.version == ip_version::v6);
    CHECK(full.backlog == 128);
    CHECK(full.shared);
    CHECK(full.user_timeout == 65535ms);

    CHECK(endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 0})").port == 0);
    CHECK(endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": "$PORT"})").port == 8082);
    CHECK(endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": "${PORT}"})").port == 8082);
    CHECK(endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 1, "interface": "::1"})").version == ip_version::v6);
    CHECK(endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 1, "interface": "127.0.0.1", "version": 4})").version ==
          ip_version::v4);
    CHECK(endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 1, "version": 6})").interface.empty());
}

TEST_CASE("config: proxies in front of an endpoint", "[config][endpoint]")
{
    const auto from = [](std::string peer) {
        transport_facts facts;
        facts.peer = std::move(peer);
        return facts;
    };
    CHECK(endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 1})").proxies == proxy_settings());
    const auto tcp = endpoint_of<tcp_endpoint>(R"({"type": "tcp", "port": 1, "proxy_protocol": true,
        "trusted_proxies": ["10.0.0.0/8", "::1"]})");
    CHECK(tcp.proxies.proxy_protocol);
    CHECK(tcp.proxies.trusted.contains(from("tcp4:10.1.2.3:4")));
    CHECK(tcp.proxies.trusted.contains(from("tcp6:[::1]:4")));
    CHECK_FALSE(tcp.proxies.trusted.contains(from("tcp4:11.1.2.3:4")));
    const auto local = endpoint_of<unix_endpoint>(R"({"type": "unix", "path": "/a", "proxy_protocol": true,
        "trusted_proxies": ["unix"]})");
    CHECK(local.proxies.proxy_protocol);
    CHECK(local.proxies.trusted.contains(from("unix:/a")));
}

TEST_CASE("config: mistakes in a TCP endpoint", "[config][endpoint]")
{
    const mistake cases[] = {
        {R"({"type": "tcp"})", "", "the key 'port' is missing"},
        {R"({"type": "tcp", "port": 65536})", ".port", "must be from 0 to 65535"},
        {R"({"type": "tcp", "port": -1})", ".port", "must be from 0 to 65535"},
        {R"({"type": "tcp", "port": true})", ".port", "must be an integer, not a boolean"},
        {R"({"type": "tcp", "port": null})", ".port", "must be an integer, not a null"},
        {R"({"type": "tcp", "port": "8081"})", ".port",
         "must be an integer, or a string with a variable such as \"$PORT\""},
        {R"({"type": "tcp", "port": "$NOWHERE"})", ".port", "the environment variable 'NOWHERE' is not set"},
        {R"({"type": "tcp", "port": "$ODD"})", ".port", "the environment variable 'ODD' is no integer from 0 to 65535"},
        {R"({"type": "tcp", "port": "$BIG"})", ".port", "the environment variable 'BIG' is no integer from 0 to 65535"},
        {R"({"type": "tcp", "port": 1, "portrange": [1, 9]})", ".portrange",
         "ranges of ports are not supported yet by this version"},
        {R"({"type": "tcp", "port": 1, "interface": 7})", ".interface", "must be a string, not an integer"},
        {R"({"type": "tcp", "port": 1, "version": 5})", ".version", "must be 4 or 6"},
        {R"({"type": "tcp", "port": 1, "version": 7})", ".version", "must be from 4 to 6"},
        {R"({"type": "tcp", "port": 1, "version": 4, "interface": "::1"})", ".version",
         "must be 6, as the interface has an address of IPv6"},
        {R"({"type": "tcp", "port": 1, "version": "4"})", ".version", "must be an integer, not a string"},
        {R"({"type": "tcp", "port": 1, "backlog": 0})", ".backlog", "must be from 1 to 65535"},
        {R"({"type": "tcp", "port": 1, "backlog": 65536})", ".backlog", "must be from 1 to 65535"},
        {R"({"type": "tcp", "port": 1, "shared": "no"})", ".shared", "must be true or false, not a string"},
        {R"({"type": "tcp", "port": 1, "user_timeout": 65536})", ".user_timeout", "must be from 0 to 65535"},
        {R"({"type": "tcp", "port": 1, "tls": true})", ".tls", "must be a dict, not a boolean"},
        {R"({"type": "tcp", "port": 1, "path": "/x"})", ".path", "unknown key"},
        {R"({"type": "tcp", "port": 1, "proxy_protocol": true})", ".proxy_protocol",
         "needs the key 'trusted_proxies' as well", "name the addresses that the proxies connect from"},
        {R"({"type": "tcp", "port": 1, "proxy_protocol": true, "trusted_proxies": ["proxy"]})", ".trusted_proxies[0]",
         "must be a network, an address or \"unix\"", "such as \"10.0.0.0/8\" or \"::1\""},
        {R"({"type": "tcp", "port": 1, "interfce": "x"})", ".interfce", "unknown key", "did you mean 'interface'?"},
    };
    for (const auto& expected : cases)
        check_mistake(expected);
}

TEST_CASE("config: a Unix domain socket endpoint", "[config][endpoint]")
{
    const auto plain = endpoint_of<unix_endpoint>(R"({"type": "unix", "path": "/run/shop.sock"})");
    CHECK(plain.path == "/run/shop.sock");
    CHECK(plain.backlog == 50);
    CHECK_FALSE(plain.mode);
    CHECK(plain.user.empty());
    CHECK(plain.group.empty());

    const auto full = endpoint_of<unix_endpoint>(
        R"({"type": "unix", "path": "/run/shop.sock", "backlog": 5, "mode": "0660", "owner": "www-data:shop"})");
    CHECK(full.backlog == 5);
    CHECK(full.mode == mode_t(0660));
    CHECK(full.user == "www-data");
    CHECK(full.group == "shop");

    const auto user = endpoint_of<unix_endpoint>(R"({"type": "unix", "path": "/a", "owner": "shop", "mode": "777"})");
    CHECK(user.user == "shop");
    CHECK(user.group.empty());
    CHECK(user.mode == mode_t(0777));
    const auto group = endpoint_of<unix_endpoint>(R"({"type": "unix", "path": "/a", "owner": ":shop"})");
    CHECK(group.user.empty());
    CHECK(group.group == "shop");
}

TEST_CASE("config: the path of a socket has variables, and is relative to the configuration", "[config][endpoint]")
{
    struct located {
        std::string_view written;
        std::string_view path;
    };
    const located cases[] = {
        {"shop.sock", "/etc/junctor/shop.sock"},
        {"../run/shop.sock", "/etc/junctor/../run/shop.sock"},
        {"/run/shop.sock", "/run/shop.sock"},
        {"$RUNTIME/shop.sock", "/run/user/7/shop.sock"},
        {"${NOWHERE:-/tmp}/shop.sock", "/tmp/shop.sock"},
        {"@shop", "@shop"},
    };
    for (const auto& [written, path] : cases)
        CHECK(endpoint_of<unix_endpoint>(fmt::format(R"({{"type": "unix", "path": "{}"}})", written)).path == path);

    const auto result =
        loader_with_environment().load_endpoint(R"({"type": "unix", "path": "/run/$NOWHERE/shop.sock"})");
    check_warned(result, {"$NOWHERE", "workers[0].transports[0].endpoint.path",
                          "the environment variable 'NOWHERE' is not set: the path is taken as it is"});
}

TEST_CASE("config: mistakes in a Unix domain socket endpoint", "[config][endpoint]")
{
    const auto long_path = "/" + std::string(107, 'x');
    const auto with_long_path = fmt::format(R"({{"type": "unix", "path": "{}"}})", long_path);
    const auto about_long_path =
        fmt::format("the path '{}' is longer than the 107 bytes that a socket's may have", long_path);
    const mistake cases[] = {
        {R"({"type": "unix"})", "", "the key 'path' is missing"},
        {R"({"type": "unix", "path": ""})", ".path", "must not be empty"},
        {R"({"type": "unix", "path": 1})", ".path", "must be a string, not an integer"},
        {with_long_path, ".path", about_long_path},
        {R"({"type": "unix", "path": "/a", "backlog": "5"})", ".backlog", "must be an integer, not a string"},
        {R"({"type": "unix", "path": "/a", "mode": 660})", ".mode", "must be a string of octal digits",
         "such as \"0660\""},
        {R"({"type": "unix", "path": "/a", "mode": "0680"})", ".mode", "must be a string of octal digits"},
        {R"({"type": "unix", "path": "/a", "mode": "7777"})", ".mode", "must be a string of octal digits"},
        {R"({"type": "unix", "path": "/a", "mode": ""})", ".mode", "must be a string of octal digits"},
        {R"({"type": "unix", "path": "/a", "owner": ""})", ".owner", "must be \"user\", \"user:group\" or \":group\""},
        {R"({"type": "unix", "path": "/a", "owner": "a:b:c"})", ".owner",
         "must be \"user\", \"user:group\" or \":group\""},
        {R"({"type": "unix", "path": "/a", "owner": 0})", ".owner", "must be a string, not an integer"},
        {R"({"type": "unix", "path": "@a", "mode": "0600"})", ".mode",
         "a socket in the abstract name space has neither mode nor owner"},
        {R"({"type": "unix", "path": "@a", "owner": "root"})", ".owner",
         "a socket in the abstract name space has neither mode nor owner"},
        {R"({"type": "unix", "path": "/a", "tls": {}})", ".tls", "unknown key"},
        {R"({"type": "unix", "path": "/a", "port": 1})", ".port", "unknown key"},
    };
    for (const auto& expected : cases)
        check_mistake(expected);
}
