// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/session_sources.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace ip = boost::asio::ip;

namespace {

transport_facts from(std::string peer)
{
    transport_facts facts;
    facts.peer = std::move(peer);
    return facts;
}

session_sources v4(const char* network)
{
    return session_sources().add(ip::make_network_v4(network));
}

session_sources v6(const char* network)
{
    return session_sources().add(ip::make_network_v6(network));
}

} // namespace

TEST_CASE("session sources: the address of a peer", "[auth]")
{
    CHECK(peer_address(from("tcp4:10.1.2.3:5312")) == ip::make_address("10.1.2.3"));
    CHECK(peer_address(from("tcp6:[2001:db8::1]:5312")) == ip::make_address("2001:db8::1"));
    CHECK(peer_address(from("tcp6:[fe80::1%eth0]:5312")) == ip::make_address("fe80::1"));
    CHECK(peer_address(from("tcp6:[::ffff:10.1.2.3]:5312")) == ip::make_address("10.1.2.3"));
    for (const auto* const other : {"unix:/run/a.sock", "local", "", "tcp4:", "tcp6:[x]:1"})
        CHECK_FALSE(peer_address(from(other)));
}

TEST_CASE("session sources: networks of IPv4", "[auth]")
{
    CHECK(v4("10.0.0.0/8").contains(from("tcp4:10.255.0.1:1")));
    CHECK_FALSE(v4("10.0.0.0/8").contains(from("tcp4:11.0.0.1:1")));
    CHECK(v4("10.1.2.3/8").contains(from("tcp4:10.255.0.1:1")));
    CHECK(v4("10.1.2.3/32").contains(from("tcp4:10.1.2.3:1")));
    CHECK_FALSE(v4("10.1.2.3/32").contains(from("tcp4:10.1.2.2:1")));
    CHECK(v4("10.1.2.2/31").contains(from("tcp4:10.1.2.3:1")));
    CHECK(v4("0.0.0.0/0").contains(from("tcp4:192.0.2.1:1")));
    CHECK_FALSE(v4("0.0.0.0/0").contains(from("tcp6:[2001:db8::1]:1")));
    CHECK_FALSE(v4("0.0.0.0/0").contains(from("unix:/run/a.sock")));
}

TEST_CASE("session sources: networks of IPv6", "[auth]")
{
    CHECK(v6("2001:db8::/33").contains(from("tcp6:[2001:db8:7fff::1]:1")));
    CHECK_FALSE(v6("2001:db8::/33").contains(from("tcp6:[2001:db8:8000::1]:1")));
    CHECK(v6("::1/128").contains(from("tcp6:[::1]:1")));
    CHECK_FALSE(v6("::1/128").contains(from("tcp6:[::2]:1")));
    CHECK(v6("fe80::/10").contains(from("tcp6:[fe80::1%eth0]:1")));
    CHECK(v6("::/0").contains(from("tcp6:[2001:db8::1]:1")));
    CHECK_FALSE(v6("::/0").contains(from("unix:/run/a.sock")));
}

TEST_CASE("session sources: hosts of IPv4 are that in the form of IPv6, too", "[auth]")
{
    CHECK(v4("10.0.0.0/8").contains(from("tcp6:[::ffff:10.1.2.3]:1")));
    CHECK(v6("::ffff:10.0.0.0/104").contains(from("tcp4:10.1.2.3:1")));
    CHECK_FALSE(v6("::ffff:10.0.0.0/104").contains(from("tcp4:11.1.2.3:1")));
    CHECK_FALSE(v6("::/0").contains(from("tcp6:[::ffff:10.1.2.3]:1")));
}

TEST_CASE("session sources: Unix domain sockets, and several at once", "[auth]")
{
    CHECK_FALSE(session_sources().contains(from("unix:/run/a.sock")));
    CHECK_FALSE(session_sources().contains(from("tcp4:127.0.0.1:1")));
    auto both = v4("192.0.2.0/24");
    both.add(ip::make_network_v4("198.51.100.0/24")).add_unix_sockets();
    CHECK(both.contains(from("unix:/run/a.sock")));
    CHECK(both.contains(from("unix:@abstract")));
    CHECK(both.contains(from("tcp4:192.0.2.1:1")));
    CHECK(both.contains(from("tcp4:198.51.100.1:1")));
    CHECK_FALSE(both.contains(from("tcp4:127.0.0.1:1")));
    CHECK_FALSE(both.contains(from("local")));
}
