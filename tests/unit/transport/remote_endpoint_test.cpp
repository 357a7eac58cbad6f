// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/remote_endpoint.hpp>

#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;

TEST_CASE("remote endpoint: is told with what is known of the version of IP", "[transport][endpoint]")
{
    remote_tcp where{.host = "router.example", .port = 8081};
    CHECK(to_string(where) == "tcp:router.example:8081");
    where.version = ip_version::v6;
    CHECK(to_string(where) == "tcp6:router.example:8081");
    CHECK(to_string(remote_tcp{.host = "127.0.0.1", .port = 8081}) == "tcp4:127.0.0.1:8081");
    CHECK(to_string(remote_tcp{.host = "::1", .port = 8081}) == "tcp6:[::1]:8081");
    CHECK(to_string(remote_unix{.path = "@shop"}) == "unix:@shop");
}

TEST_CASE("remote endpoint: ten seconds unless said otherwise, and ten minutes at most", "[transport][endpoint]")
{
    CHECK(connect_timeout(remote_unix{.path = "@shop"}) == 10s);
    CHECK(connect_timeout(remote_tcp{.host = "::1", .port = 1, .timeout = 3s}) == 3s);
    CHECK(connect_timeout(remote_tcp{.host = "::1", .port = 1, .timeout = 0s}) == 600s);
}
