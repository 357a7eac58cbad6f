// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <string>
#include <vector>

#include <junctor/session/session.hpp>

#include "support/catch.hpp"
#include "temporary_directory.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bulk_size = 65'000;

/// The bulky message with this number.
std::string bulk(int number)
{
    return std::to_string(number) + std::string(bulk_size, static_cast<char>('a' + number % 26));
}

/// A handler that sends `count` bulky messages for each message that it gets.
batch_handler flood(int count)
{
    return [count](channel& peer, std::span<const byte_view> messages) {
        for (std::size_t i = 0; i < messages.size(); ++i)
            for (int number = 0; number < count; ++number)
                if (peer.send_encoded(as_bytes(bulk(number))) != delivery::queued)
                    return then::go_on;
        return then::go_on;
    };
}

/// A run of `count` messages of `bytes` each, the last of which says "end".
shared_run run_of(std::size_t count, std::size_t bytes)
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    for (std::size_t i = 0; i < count; ++i) {
        run->open_message().append(i + 1 == count ? "end" : std::string(bytes, 'r'));
        run->close_message();
    }
    return run;
}

/// What came of sending until no more is taken.
struct filling {
    std::size_t most_bytes{0}; ///< Queued at a time.
    delivery last{delivery::queued};
};

/// Calls `send()` until it is not queued.
template <class Send>
filling fill(const channel& peer, Send send)
{
    filling result;
    while (result.last == delivery::queued) {
        result.last = send();
        result.most_bytes = std::max(result.most_bytes, peer.queued_bytes());
    }
    return result;
}

/// Sends a message that is a little longer than `bytes`.
delivery send_message(channel& to, std::size_t bytes)
{
    const std::string text(bytes, 'x');
    junctor::abort m;
    m.details.message = text;
    m.reason = "wamp.error";
    return send_to(to, m);
}

} // namespace

TEST_CASE("output: a message longer than the client takes is not sent, and the connection lives on",
          "[transport][output]")
{
    arrivals<delivery> results;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        results.put(peer.send_encoded(as_bytes(std::string(513, 'x'))));
        peer.open_message().append(std::string(513, 'x'));
        results.put(peer.close_message());
        results.put(peer.send_encoded(as_bytes(std::string(512, 'y'))));
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands(0x01);
    client.send(wire_message("go"));
    CHECK(client.receive_frame() == std::string(512, 'y'));
    CHECK(results.take() == delivery::too_large);
    CHECK(results.take() == delivery::too_large);
    CHECK(results.take() == delivery::queued);
    client.send(wire_message("go"));
    CHECK(client.receive_frame() == std::string(512, 'y'));
}

TEST_CASE("output: messages are encoded in place, and one that is dropped leaves no trace", "[transport][output]")
{
    arrivals<delivery> outcome;
    arrivals<std::size_t> queued;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        auto& first = peer.open_message();
        first.append("in ");
        first.append("place");
        outcome.put(peer.close_message());
        peer.open_message().append("nothing");
        peer.drop_message();
        queued.put(peer.queued_bytes());
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go") + wire_frame(1, ""));
    CHECK(outcome.take() == delivery::queued);
    CHECK(queued.take() == 4 + 8);
    CHECK(client.receive_frame(2).empty());
    CHECK(client.receive_frame() == "in place");
}

TEST_CASE("output: behind the first message of a batch, others are queued directly, within the same bounds",
          "[transport][output]")
{
    arrivals<delivery> results;
    arrivals<bool> short_way;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        short_way.put(peer.short_way() != nullptr);
        results.put(send_message(peer, 1));
        short_way.put(peer.short_way() != nullptr);
        results.put(send_message(peer, 513));
        results.put(send_message(peer, 2));
        results.put(peer.send_encoded(as_bytes("encoded")));
        results.put(send_message(peer, 3));
        results.put(peer.send_run(run_of(2, 10)));
        results.put(send_message(peer, 4));
        peer.flush();
        short_way.put(peer.short_way() != nullptr);
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands(0x01);
    client.send(wire_message("go"));
    std::vector<std::size_t> lengths;
    for (int i = 0; i < 4; ++i) {
        lengths.push_back(client.receive_frame().size());
        if (i == 1)
            CHECK(client.receive_frame() == "encoded");
        if (i == 2) {
            CHECK(client.receive_frame() == std::string(10, 'r'));
            CHECK(client.receive_frame() == "end");
        }
    }
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(lengths[i] == lengths[0] + i);
    for (const auto expected : {delivery::queued, delivery::too_large, delivery::queued, delivery::queued,
                                delivery::queued, delivery::queued, delivery::queued})
        CHECK(results.take() == expected);
    for (const bool expected : {false, true, false})
        CHECK(short_way.take() == expected);
}

TEST_CASE("output: what is queued directly cuts off a client that never reads, as all else does", "[transport][output]")
{
    auto limits = patient_limits();
    limits.outbound_bytes_max = 100'000;
    arrivals<delivery> results;
    arrivals<std::size_t> queued;
    transport_server server(on_loopback().limits(limits), [&](channel& peer, std::span<const byte_view>) {
        const auto filled = fill(peer, [&] { return send_message(peer, 100); });
        queued.put(filled.most_bytes);
        results.put(filled.last);
        results.put(send_message(peer, 100));
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
    const auto most = queued.take();
    CHECK(most <= limits.outbound_bytes_max);
    CHECK(most > limits.outbound_bytes_max - 200);
    CHECK(results.take() == delivery::refused);
    CHECK(results.take() == delivery::refused);
}

TEST_CASE("output: the log of frames sees what could be queued directly", "[transport][output]")
{
    arrivals<std::size_t> seen;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        static_cast<void>(send_message(peer, 1));
        static_cast<void>(send_message(peer, 2));
        return then::go_on;
    });
    server.on_open = [&](channel& peer) {
        peer.log_frames([&](frame_direction direction, frame_type, byte_view payload) {
            if (direction == frame_direction::sent)
                seen.put(payload.size());
        });
    };
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    const auto first = seen.take();
    CHECK(seen.take() == first + 1);
}

TEST_CASE("output: a client that reads slowly gets everything in order", "[transport][output]")
{
    const temporary_directory directory;
    auto limits = patient_limits();
    limits.write_stall_timeout = 5s;
    const bool over_tcp = GENERATE(true, false);
    const endpoint tcp_side = tcp("127.0.0.1", 0);
    const endpoint unix_side = unix_socket(directory / "router.sock");
    transport_server server(rawsocket(over_tcp ? tcp_side : unix_side).limits(limits), flood(150));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    std::string received;
    std::string expected;
    for (int number = 0; number < 150; ++number)
        expected += wire_message(bulk(number));
    while (received.size() < expected.size())
        received += client.receive_some(3001);
    CHECK(received == expected);
    client.send(wire_frame(1, "still there"));
    CHECK(client.receive_frame(2) == "still there");
}

TEST_CASE("output: a run goes to several clients as it stands, in order with messages", "[transport][output]")
{
    const auto bytes = GENERATE(std::size_t{5}, std::size_t{500}, std::size_t{50'000});
    const auto run = run_of(10, bytes);
    std::vector<channel*> all;
    arrivals<delivery> results;
    transport_server server(on_loopback(), [&](channel&, std::span<const byte_view>) {
        for (auto* const peer : all) {
            static_cast<void>(peer->send_encoded(as_bytes("before")));
            results.put(peer->send_run(run));
            static_cast<void>(peer->send_encoded(as_bytes("after")));
        }
        return then::go_on;
    });
    server.on_open = [&](channel& peer) { all.push_back(&peer); };
    std::vector<socket_client> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(server.connect());
        clients.back().shake_hands();
        static_cast<void>(server.wait_for_opening());
    }
    clients[1].send(wire_message("go"));
    const auto expected = wire_message("before") + std::string(as_text(run->bytes())) + wire_message("after");
    for (auto& client : clients) {
        CHECK(client.receive(expected.size()) == expected);
        CHECK(results.take() == delivery::queued);
    }
}

TEST_CASE("output: a run that is all there is to write goes out whole, and what follows comes after it",
          "[transport][output]")
{
    const auto run = run_of(10, 50);
    arrivals<std::size_t> queued;
    int batch = 0;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        static_cast<void>(peer.send_run(run));
        queued.put(peer.queued_bytes());
        if (++batch == 2) {
            static_cast<void>(peer.send_run(run));
            static_cast<void>(peer.send_encoded(as_bytes("after")));
            queued.put(peer.queued_bytes());
        }
        return then::go_on;
    });
    const std::string bytes(as_text(run->bytes()));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(client.receive(bytes.size()) == bytes);
    CHECK(queued.take() == bytes.size());
    client.send(wire_message("go"));
    const auto expected = bytes + bytes + wire_message("after");
    CHECK(client.receive(expected.size()) == expected);
    CHECK(queued.take() == bytes.size());
    CHECK(queued.take() == expected.size());
}

TEST_CASE("output: a run of which the system takes a part goes on behind it, and a PONG between its messages",
          "[transport][output]")
{
    const temporary_directory directory;
    const auto run = run_of(150, 65'000);
    transport_server server(rawsocket(unix_socket(directory / "router.sock")).limits(patient_limits()),
                            [&](channel& peer, std::span<const byte_view>) {
                                static_cast<void>(peer.send_run(run));
                                return then::go_on;
                            });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(client.receive_frame() == std::string(65'000, 'r')); // The rest waits.
    client.send(wire_frame(1, "urgent"));
    int number = 1;
    std::string header = client.receive(4);
    for (; header[0] == 0; ++number) {
        CHECK(client.receive(65'000) == std::string(65'000, 'r'));
        header = client.receive(4);
    }
    CHECK(header == octets({2, 0, 0, 6}));
    CHECK(client.receive(6) == "urgent");
    for (; number < 149; ++number)
        CHECK(client.receive_frame() == std::string(65'000, 'r'));
    CHECK(client.receive_frame() == "end");
}

TEST_CASE("output: a run that waits alone goes with its connection", "[transport][output]")
{
    const auto run = run_of(3, 50);
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        static_cast<void>(peer.send_run(run));
        peer.abort(close_reason::killed);
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(server.wait_for_end().reason == close_reason::killed);
    CHECK(run->unshared());
}

TEST_CASE("output: of a run, what is too long for the client is left out", "[transport][output]")
{
    const auto run = run_of(3, 513);
    arrivals<delivery> results;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        results.put(peer.send_run(run));
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands(0x01);
    client.send(wire_message("go"));
    CHECK(client.receive_frame() == "end");
    CHECK(results.take() == delivery::queued);
}

TEST_CASE("output: runs are bounded as messages are", "[transport][output]")
{
    auto limits = patient_limits();
    limits.outbound_bytes_max = 100'000;
    const auto run = run_of(3, 10'000);
    arrivals<delivery> results;
    arrivals<std::size_t> queued;
    transport_server server(on_loopback().limits(limits), [&](channel& peer, std::span<const byte_view>) {
        const auto filled = fill(peer, [&] { return peer.send_run(run); });
        queued.put(filled.most_bytes);
        results.put(filled.last);
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
    CHECK(queued.take() <= limits.outbound_bytes_max);
    CHECK(results.take() == delivery::refused);
    CHECK(run->unshared());
}

TEST_CASE("output: the log of frames sees each message of a run", "[transport][output]")
{
    const auto run = run_of(3, 10'000);
    arrivals<std::string> seen;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view>) {
        static_cast<void>(peer.send_run(run));
        return then::go_on;
    });
    server.on_open = [&](channel& peer) {
        peer.log_frames([&](frame_direction direction, frame_type, byte_view payload) {
            if (direction == frame_direction::sent)
                seen.put(std::string(as_text(payload)));
        });
    };
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(seen.take() == std::string(10'000, 'r'));
    CHECK(seen.take() == std::string(10'000, 'r'));
    CHECK(seen.take() == "end");
}

TEST_CASE("output: a PONG overtakes what is queued", "[transport][output]")
{
    const temporary_directory directory;
    transport_server server(rawsocket(unix_socket(directory / "router.sock")).limits(patient_limits()), flood(150));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    int number = 0;
    CHECK(client.receive_frame() == bulk(number++)); // Now all of it is queued.
    client.send(wire_frame(1, "urgent"));
    std::string header = client.receive(4);
    while (header[0] == 0) {
        CHECK(client.receive(bulk(number).size()) == bulk(number));
        ++number;
        header = client.receive(4);
    }
    CHECK(header == octets({2, 0, 0, 6}));
    CHECK(client.receive(6) == "urgent");
    CHECK(number < 100);
    for (; number < 150; ++number)
        CHECK(client.receive_frame() == bulk(number));
}

TEST_CASE("output: a client that never reads is cut off, with bounded memory", "[transport][output]")
{
    auto limits = patient_limits();
    limits.outbound_bytes_max = 1'000'000;
    arrivals<delivery> results;
    arrivals<std::size_t> queued;
    transport_server server(on_loopback().limits(limits), [&](channel& peer, std::span<const byte_view>) {
        const auto filled = fill(peer, [&] {
            peer.flush();
            return peer.send_encoded(as_bytes(bulk(1)));
        });
        queued.put(filled.most_bytes);
        results.put(filled.last);
        results.put(peer.send_encoded(as_bytes("more")));
        static_cast<void>(peer.open_message());
        results.put(peer.close_message());
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    const auto end = server.wait_for_end();
    CHECK(end.reason == close_reason::slow_consumer);
    CHECK(queued.take() <= limits.outbound_bytes_max);
    for (int i = 0; i < 3; ++i)
        CHECK(results.take() == delivery::refused);
}

TEST_CASE("output: a message longer than the whole queue may be does not end the connection", "[transport][output]")
{
    auto limits = patient_limits();
    limits.outbound_bytes_max = 1000;
    arrivals<delivery> results;
    transport_server server(on_loopback().limits(limits), [&](channel& peer, std::span<const byte_view>) {
        results.put(peer.send_encoded(as_bytes(std::string(997, 'x'))));
        results.put(peer.send_encoded(as_bytes(std::string(996, 'x'))));
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(client.receive_frame() == std::string(996, 'x'));
    CHECK(results.take() == delivery::too_large);
    CHECK(results.take() == delivery::queued);
}

TEST_CASE("output: a client that sends PINGs and does not read the PONGs is cut off", "[transport][output]")
{
    auto limits = patient_limits();
    limits.outbound_bytes_max = 200'000;
    transport_server server(on_loopback().limits(limits));
    auto client = server.connect();
    client.shake_hands();
    const auto ping = wire_frame(1, std::string(100'000, 'p'));
    CHECK_THROWS_AS(
        [&] {
            for (;;)
                client.send(ping);
        }(),
        std::system_error);
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
}

TEST_CASE("output: a client that takes nothing for too long is cut off", "[transport][output]")
{
    auto limits = patient_limits();
    limits.write_stall_timeout = 200ms;
    transport_server server(on_loopback().limits(limits), flood(400));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
}

TEST_CASE("output: one batch touches several clients, and each gets its messages", "[transport][output]")
{
    std::vector<channel*> all;
    transport_server server(on_loopback(), [&](channel&, std::span<const byte_view> messages) {
        for (const auto message : messages)
            for (auto* const peer : all)
                CHECK(peer->send_encoded(message) == delivery::queued);
        return then::go_on;
    });
    server.on_open = [&](channel& peer) { all.push_back(&peer); };
    std::vector<socket_client> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(server.connect());
        clients.back().shake_hands();
        static_cast<void>(server.wait_for_opening());
    }
    clients[2].send(wire_message("to all") + wire_message("again"));
    for (auto& client : clients) {
        CHECK(client.receive_frame() == "to all");
        CHECK(client.receive_frame() == "again");
    }
}

TEST_CASE("output: a client that is gone is noticed when writing", "[transport][output]")
{
    const temporary_directory directory;
    transport_server server(rawsocket(unix_socket(directory / "router.sock")).limits(patient_limits()), flood(150));
    {
        auto client = server.connect();
        client.shake_hands();
        client.send(wire_message("go"));
        CHECK(client.receive_frame() == bulk(0));
    }
    CHECK(server.wait_for_end().reason == close_reason::connection_lost);
}
