// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include <unistd.h>

#include "support/catch.hpp"
#include "temporary_directory.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

/// Requires that a frame ends the connection, after all that came before it has been answered.
void check_failure(std::uint8_t nibble, const std::string& bad_header, framing_error expected)
{
    transport_server server(on_loopback().max_message_size(message_bytes_of_nibble(nibble)));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("before") + bad_header);
    CHECK(client.receive_until_end() == wire_message("before"));
    client.shut_down();
    const auto end = server.wait_for_end();
    CHECK(end.opened);
    CHECK(end.reason == close_reason::protocol_violation);
    CHECK(end.error == expected);
}

} // namespace

TEST_CASE("frames: messages of all sizes come back over TCP, IPv6 and Unix domain sockets", "[transport][frames]")
{
    const temporary_directory directory;
    const std::vector<endpoint> everywhere{tcp("127.0.0.1", 0), tcp("::1", 0), unix_socket(directory / "router.sock"),
                                           unix_socket("@junctor-frames-test-" + std::to_string(::getpid()))};
    const auto where = GENERATE(range(0, 4));
    transport_server server(rawsocket(everywhere[static_cast<std::size_t>(where)]).limits(patient_limits()));
    auto client = server.connect();
    client.shake_hands();
    for (const std::size_t size : {0u, 1u, 507u, 508u, 509u, 512u, 4096u, 65'536u, 131'071u, 131'072u}) {
        const std::string message(size, static_cast<char>('a' + size % 26));
        client.send(wire_message(message));
        CHECK(client.receive_frame() == message);
    }
}

TEST_CASE("frames: many in one segment, and one over many segments, keep their order", "[transport][frames]")
{
    transport_server server(on_loopback());
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::string bytes;
    for (int i = 0; i < 500; ++i)
        bytes += wire_message(std::to_string(i) + std::string(random() % 700, 'x'));

    const auto piece = GENERATE(std::size_t{1} << 20, std::size_t{7}, std::size_t{700});
    auto client = server.connect();
    client.shake_hands();
    client.send_in_pieces(bytes, piece);
    CHECK(client.receive(bytes.size()) == bytes);
}

TEST_CASE("frames: all whole messages of one read are one batch, and stay while the handler looks",
          "[transport][frames]")
{
    arrivals<std::vector<std::string>> batches;
    transport_server server(on_loopback(), [&](channel&, std::span<const byte_view> messages) {
        std::vector<std::string> texts;
        for (const auto message : messages)
            texts.emplace_back(as_text(message));
        batches.put(texts);
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("one") + wire_message("") + wire_message("three") + wire_message("half").substr(0, 6));
    CHECK(batches.take() == std::vector<std::string>{"one", "", "three"});
    client.send(wire_message("half").substr(6));
    CHECK(batches.take() == std::vector<std::string>{"half"});
}

TEST_CASE("frames: PING is answered by exactly one PONG with the same payload", "[transport][frames]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.shake_hands();
    for (const std::size_t size : {0u, 1u, 600u, 131'072u}) {
        const std::string payload(size, '\x7F');
        client.send(wire_frame(1, payload));
        CHECK(client.receive_frame(2) == payload);
    }
    client.send(wire_message("only this follows"));
    CHECK(client.receive_frame() == "only this follows");
}

TEST_CASE("frames: PINGs between messages and in the middle of segments are answered", "[transport][frames]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("a") + wire_frame(1, "p") + wire_message("b") + wire_frame(1, "q"));
    std::multiset<std::string> answers;
    std::string messages;
    for (int i = 0; i < 4; ++i) {
        const auto header = client.receive(4);
        const auto payload = client.receive(static_cast<unsigned char>(header[3]));
        if (header[0] == 0)
            messages += payload;
        else
            answers.insert(payload);
    }
    CHECK(messages == "ab");
    CHECK(answers == std::multiset<std::string>{"p", "q"});
}

TEST_CASE("frames: a PONG that nobody asked for is ignored", "[transport][frames]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_frame(2, "") + wire_frame(2, "what?") + wire_message("on we go"));
    CHECK(client.receive_frame() == "on we go");
}

TEST_CASE("frames: a PING whose PONG the client cannot take is not answered", "[transport][frames]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.shake_hands(0x01);
    client.send(wire_frame(1, std::string(513, 'x')) + wire_frame(1, "short"));
    CHECK(client.receive_frame(2) == "short");
}

TEST_CASE("frames: reserved types and bits fail the connection", "[transport][frames]")
{
    for (const auto type : {3u, 4u, 5u, 6u, 7u})
        check_failure(8, octets({type, 0, 0, 0}), framing_error::reserved_frame_type);
    for (const auto bit : {0x10u, 0x20u, 0x40u, 0x80u})
        check_failure(8, octets({bit, 0, 0, 0}), framing_error::reserved_frame_bits_used);
}

TEST_CASE("frames: a frame beyond the announced limit fails from its header alone", "[transport][frames]")
{
    check_failure(0, octets({0, 0, 2, 1}), framing_error::frame_too_long);
    check_failure(8, octets({0, 2, 0, 1}), framing_error::frame_too_long);
    check_failure(8, octets({1, 2, 0, 1}), framing_error::frame_too_long);
    check_failure(14, octets({8, 0, 0, 0}), framing_error::frame_too_long);
    check_failure(15, octets({8, 0, 0, 1}), framing_error::extended_length_malformed);
}

TEST_CASE("frames: what is announced is enforced, not what was configured", "[transport][frames]")
{
    transport_server server(on_loopback().max_message_size(1000));
    auto client = server.connect();
    client.send(octets({0x7F, 0xF1, 0, 0}));
    CHECK(client.receive(4) == octets({0x7F, 0x11, 0, 0}));
    client.send(wire_message(std::string(1024, 'x')));
    CHECK(client.receive_frame().size() == 1024);
    client.send(octets({0, 0, 4, 1}));
    CHECK(client.receive_until_end().empty());
}

TEST_CASE("frames: a message of 2^24 bytes comes and goes with the X bit", "[transport][frames]")
{
    transport_server server(on_loopback().max_message_size(std::size_t{1} << 24));
    std::string message(std::size_t{1} << 24, '\0');
    for (std::size_t at = 0; at < message.size(); ++at)
        message[at] = static_cast<char>(at % 253);
    auto client = server.connect();
    client.shake_hands();
    client.send(octets({8, 0, 0, 0}) + message + wire_message("after"));
    CHECK(client.receive_frame(8) == message);
    CHECK(client.receive_frame() == "after");
}

TEST_CASE("frames: a header that announces 2^24 bytes holds little memory, and the client may take its time",
          "[transport][frames]")
{
    transport_server server(on_loopback().max_message_size(std::size_t{1} << 24));
    std::vector<socket_client> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(server.connect());
        clients.back().shake_hands();
        clients.back().send(octets({8, 0, 0, 0}));
    }
    // All of it at once would be 800 MiB.
    auto busy = server.connect();
    busy.shake_hands();
    busy.send(wire_message("still served"));
    CHECK(busy.receive_frame() == "still served");
}

TEST_CASE("frames: a log sees every frame in both directions", "[transport][frames]")
{
    using line = std::tuple<frame_direction, frame_type, std::string>;
    arrivals<line> lines;
    transport_server server(on_loopback());
    server.on_open = [&](channel& peer) {
        peer.log_frames([&](frame_direction direction, frame_type type, byte_view payload) {
            lines.put(line(direction, type, std::string(as_text(payload))));
        });
    };
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("hello"));
    CHECK(lines.take() == line(frame_direction::received, frame_type::message, "hello"));
    CHECK(lines.take() == line(frame_direction::sent, frame_type::message, "hello"));
    client.send(wire_frame(1, "p"));
    CHECK(lines.take() == line(frame_direction::received, frame_type::ping, "p"));
    CHECK(lines.take() == line(frame_direction::sent, frame_type::pong, "p"));
}

TEST_CASE("frames: keep-alive PINGs end a connection that shows no sign of life", "[transport][frames]")
{
    transport_server server(on_loopback().keep_alive_ping(keep_alive::always, 100ms));
    auto client = server.connect();
    client.shake_hands();
    CHECK(client.receive_until_end() == wire_frame(1, "") + wire_frame(1, "") + wire_frame(1, ""));
    const auto end = server.wait_for_end();
    CHECK(end.reason == close_reason::connection_lost);
}

TEST_CASE("frames: keep-alive PINGs that are answered go on", "[transport][frames]")
{
    transport_server server(on_loopback().keep_alive_ping(keep_alive::always, 100ms));
    auto client = server.connect();
    client.shake_hands();
    for (int i = 0; i < 5; ++i) {
        CHECK(client.receive_frame(1).empty());
        client.send(wire_frame(2, ""));
    }
}

TEST_CASE("frames: keep-alive PINGs can wait until the client has sent one itself", "[transport][frames]")
{
    transport_server server(on_loopback().keep_alive_ping(keep_alive::after_peer_ping, 100ms));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_frame(1, "me first"));
    CHECK(client.receive_frame(2) == "me first");
    CHECK(client.receive_frame(1).empty());
}
