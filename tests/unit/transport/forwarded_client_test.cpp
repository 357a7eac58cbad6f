// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "forwarded_client.hpp"

#include "support/catch.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace {

junctor::session_sources proxies()
{
    junctor::session_sources trusted;
    trusted.add(boost::asio::ip::make_network_v4("10.0.0.0/8")).add(boost::asio::ip::make_network_v6("fd00::/8"));
    return trusted.add_unix_sockets();
}

} // namespace

TEST_CASE("forwarded_client: the client is the last that no proxy of ours has named for itself", "[transport][web]")
{
    struct row {
        const char* peer;
        const char* forwarded;
        const char* client;
    };
    const auto [peer, forwarded, client] = GENERATE(values<row>({
        {"tcp4:10.0.0.1:99", "", "tcp4:10.0.0.1:99"},
        {"tcp4:10.0.0.1:99", "192.0.2.7", "tcp4:192.0.2.7:0"},
        {"tcp4:10.0.0.1:99", "192.0.2.7:5312", "tcp4:192.0.2.7:0"},
        {"tcp4:10.0.0.1:99", "1.1.1.1, 192.0.2.7", "tcp4:192.0.2.7:0"},
        {"tcp4:10.0.0.1:99", "1.1.1.1,\t192.0.2.7 , 10.0.0.2", "tcp4:192.0.2.7:0"},
        {"tcp4:10.0.0.1:99", "10.0.0.3,10.0.0.2", "tcp4:10.0.0.3:0"},
        {"tcp4:10.0.0.1:99", "2001:db8::1", "tcp6:[2001:db8::1]:0"},
        {"tcp4:10.0.0.1:99", "[2001:db8::1]:5312", "tcp6:[2001:db8::1]:0"},
        {"tcp6:[fd00::1]:99", "192.0.2.7", "tcp4:192.0.2.7:0"},
        {"unix:/run/a.sock", "192.0.2.7", "tcp4:192.0.2.7:0"},
        {"tcp4:10.0.0.1:99", "unknown", "tcp4:10.0.0.1:99"},
        {"tcp4:10.0.0.1:99", "192.0.2.7, unknown", "tcp4:10.0.0.1:99"},
        {"tcp4:10.0.0.1:99", "192.0.2.7, [", "tcp4:10.0.0.1:99"},
        {"tcp4:10.0.0.1:99", " , ", "tcp4:10.0.0.1:99"},
        {"tcp4:192.0.2.9:99", "1.1.1.1", "tcp4:192.0.2.9:99"},
    }));
    CAPTURE(peer, forwarded);
    junctor::transport_facts facts;
    facts.peer = peer;
    facts.credentials.emplace();
    junctor::identify_forwarded(facts, forwarded, proxies());
    CHECK(facts.peer == client);
    CHECK(facts.credentials.has_value() == (facts.peer == peer));
}
