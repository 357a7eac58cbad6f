// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/endpoint.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("endpoint: TCP on IPv4 and IPv6", "[transport][endpoint]")
{
    const auto four = tcp("127.0.0.1", 8081);
    CHECK(four.version == ip_version::v4);
    CHECK(four.backlog == 50);
    CHECK_FALSE(four.shared);
    CHECK(to_string(four) == "tcp4:127.0.0.1:8081");

    const auto six = tcp("::1", 8081);
    CHECK(six.version == ip_version::v6);
    CHECK(to_string(six) == "tcp6:[::1]:8081");
}

TEST_CASE("endpoint: without an interface it stands for all of them", "[transport][endpoint]")
{
    tcp_endpoint all;
    all.port = 80;
    CHECK(to_string(all) == "tcp4:0.0.0.0:80");
    all.version = ip_version::v6;
    CHECK(to_string(all) == "tcp6:[::]:80");
}

TEST_CASE("endpoint: Unix domain sockets by path and by abstract name", "[transport][endpoint]")
{
    CHECK(to_string(unix_socket("/run/shop.sock")) == "unix:/run/shop.sock");
    CHECK(to_string(unix_socket("@shop")) == "unix:@shop");
    CHECK(unix_socket("@shop").backlog == 50);
}
