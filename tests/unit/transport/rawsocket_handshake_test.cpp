// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <set>
#include <vector>

#include <boost/asio/error.hpp>

#include <unistd.h>

#include "support/catch.hpp"
#include "temporary_directory.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

TEST_CASE("handshake: the reply holds the router's own limit and the client's serializer", "[transport][handshake]")
{
    transport_server server(on_loopback().id("shop"));
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    auto client = server.connect();
    client.send(octets({0x7F, 0xF0 | static_cast<unsigned>(format), 0, 0}));
    CHECK(client.receive(4) == octets({0x7F, 0x80 | static_cast<unsigned>(format), 0, 0}));

    const auto facts = server.wait_for_opening();
    CHECK(facts.format == format);
    CHECK(facts.transport_id == "shop");
    CHECK(facts.type == "rawsocket");
    CHECK(facts.peer == client.local_address());
    CHECK(facts.connection_number != 0);
    CHECK_FALSE(facts.tls);
    CHECK_FALSE(facts.credentials);
}

TEST_CASE("handshake: octets that come one by one are enough", "[transport][handshake]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.send_in_pieces(octets({0x7F, 0xF1, 0, 0}));
    CHECK(client.receive(4) == octets({0x7F, 0x81, 0, 0}));
}

TEST_CASE("handshake: what comes in one segment with it is not lost", "[transport][handshake]")
{
    transport_server server(on_loopback());
    const auto size = GENERATE(std::size_t{5}, std::size_t{508}, std::size_t{2000}, std::size_t{100'000});
    const std::string message(size, 'm');
    auto client = server.connect();
    client.send(octets({0x7F, 0xF1, 0, 0}) + wire_message(message) + wire_message("second"));
    CHECK(client.receive(4) == octets({0x7F, 0x81, 0, 0}));
    CHECK(client.receive_frame() == message);
    CHECK(client.receive_frame() == "second");
}

TEST_CASE("handshake: an unsupported serializer is refused with error 1", "[transport][handshake]")
{
    transport_server server(on_loopback().serializers({serializer::json}));
    const auto number = GENERATE(2u, 3u, 4u, 15u);
    auto client = server.connect();
    client.send(octets({0x7F, 0xF0 | number, 0, 0}));
    CHECK(client.receive_until_end() == octets({0x7F, 0x10, 0, 0}));
    client.shut_down();
    const auto end = server.wait_for_end();
    CHECK_FALSE(end.opened);
    CHECK(end.error == rawsocket_error::serializer_unsupported);
}

TEST_CASE("handshake: the refusal arrives although more was sent than was read", "[transport][handshake]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.send(octets({0x7F, 0xFF, 0, 0}) + wire_message(std::string(60'000, 'x')));
    CHECK(client.receive_until_end() == octets({0x7F, 0x10, 0, 0}));
}

TEST_CASE("handshake: serializer 0 ends the connection without a word", "[transport][handshake]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.send(octets({0x7F, 0xF0, 0, 0}));
    CHECK(client.receive_until_end().empty());
    CHECK(server.wait_for_end().error == framing_error::serializer_illegal);
}

TEST_CASE("handshake: a client that announces too little is refused with error 2", "[transport][handshake]")
{
    transport_server server(on_loopback().min_peer_message_size(1024));
    auto client = server.connect();
    client.send(octets({0x7F, 0x01, 0, 0}));
    CHECK(client.receive_until_end() == octets({0x7F, 0x20, 0, 0}));
}

TEST_CASE("handshake: reserved octets that are used are refused with error 3", "[transport][handshake]")
{
    transport_server server(on_loopback());
    const auto request = GENERATE(octets({0x7F, 0xF1, 1, 0}), octets({0x7F, 0xF1, 0, 1}));
    auto client = server.connect();
    client.send(request);
    CHECK(client.receive_until_end() == octets({0x7F, 0x30, 0, 0}));
}

TEST_CASE("handshake: one connection too many is refused with error 4, until another ends", "[transport][handshake]")
{
    transport_limits limits;
    limits.connections_max = 1;
    transport_server server(on_loopback().limits(limits));
    auto first = server.connect();
    first.shake_hands();

    auto second = server.connect();
    second.send(octets({0x7F, 0xF1, 0, 0}));
    CHECK(second.receive_until_end() == octets({0x7F, 0x40, 0, 0}));
    second.shut_down();
    CHECK(server.wait_for_end().error == rawsocket_error::connection_limit_reached);

    first.shut_down();
    CHECK(server.wait_for_end().opened);
    auto third = server.connect();
    third.shake_hands();
    third.send(wire_message("served"));
    CHECK(third.receive_frame() == "served");
}

TEST_CASE("handshake: connections far beyond the limit are not even answered", "[transport][handshake]")
{
    transport_limits limits;
    limits.connections_max = 1;
    auto where = tcp("127.0.0.1", 0);
    where.backlog = 1000; // So that no connection has to be tried again.
    transport_server server(rawsocket(where).limits(patient_limits()).limits(limits));
    std::vector<socket_client> clients;
    for (std::size_t i = 0; i < 1 + limits::refusals_pending_max; ++i)
        clients.push_back(server.connect());
    auto one_more = server.connect();
    CHECK(one_more.receive_until_end().empty());
}

TEST_CASE("handshake: other protocols are cut off with nothing written", "[transport][handshake]")
{
    transport_server server(on_loopback());
    const std::string greeting = GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                          "\x16\x03\x01\x02\x01\x01", "\r\n", "SSH-2.0-x\r\n");
    auto client = server.connect();
    client.send(greeting);
    CHECK(client.receive_until_end().empty());
    CHECK(server.wait_for_end().error == framing_error::not_rawsocket);
}

TEST_CASE("handshake: a client that says nothing, or not enough, is cut off in time", "[transport][handshake]")
{
    auto hasty = patient_limits();
    hasty.join_timeout = 200ms;
    transport_server server(on_loopback().limits(hasty));
    const auto begun = GENERATE(octets({}), octets({0x7F}), octets({0x7F, 0xF1, 0}));
    auto client = server.connect();
    client.send(begun);
    CHECK(client.receive_until_end().empty());
    const auto end = server.wait_for_end();
    CHECK_FALSE(end.opened);
    CHECK(end.error == boost::asio::error::timed_out);
}

TEST_CASE("handshake: the same deadline goes on until the session has joined", "[transport][handshake]")
{
    auto hasty = patient_limits();
    hasty.join_timeout = 300ms;
    transport_server server(on_loopback().limits(hasty));
    // The server of these tests clears the deadline on opening; here it is as if it had not.
    server.on_open = [](channel& peer) {
        peer.set_deadline(channel::clock::now() + 200ms, close_reason::join_timeout);
    };
    auto client = server.connect();
    client.shake_hands();
    CHECK(client.receive_until_end().empty());
    const auto end = server.wait_for_end();
    CHECK(end.opened);
    CHECK(end.reason == close_reason::join_timeout);
}

TEST_CASE("handshake: a client that leaves before it is done is noticed", "[transport][handshake]")
{
    transport_server server(on_loopback());
    {
        auto client = server.connect();
        client.send(octets({0x7F}));
    }
    CHECK(server.wait_for_end().error == boost::asio::error::eof);
}

TEST_CASE("handshake: connections of the process have numbers of their own", "[transport][handshake]")
{
    transport_server server(on_loopback());
    std::set<std::uint64_t> numbers;
    for (int i = 0; i < 3; ++i) {
        auto client = server.connect();
        client.shake_hands();
        numbers.insert(server.wait_for_opening().connection_number);
    }
    CHECK(numbers.size() == 3);
}

TEST_CASE("handshake: a Unix domain socket tells who is at the other end", "[transport][handshake]")
{
    const temporary_directory directory;
    const auto path = directory / "router.sock";
    transport_server server(rawsocket(unix_socket(path)).limits(patient_limits()));
    auto client = server.connect();
    client.shake_hands();
    const auto facts = server.wait_for_opening();
    CHECK(facts.peer == "unix:" + path);
    REQUIRE(facts.credentials);
    CHECK(facts.credentials->uid == ::getuid());
    CHECK(facts.credentials->pid == ::getpid());
}
