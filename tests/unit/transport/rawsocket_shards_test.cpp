// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "tls_client.hpp"
#include "tls_files.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bulk_bytes = 60'000;

/// A client on whose behalf both shards may work.
socket_client join(transport_server& server)
{
    auto client = server.connect();
    client.shake_hands();
    static_cast<void>(server.wait_for_opening());
    return client;
}

/// Nothing comes of a batch.
then ignore(channel&, std::span<const byte_view>)
{
    return then::go_on;
}

shared_run make_run(std::size_t messages, std::size_t bytes)
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    for (std::size_t i = 0; i < messages; ++i) {
        run->open_message().append(std::string(bytes, 'r'));
        run->close_message();
    }
    return run;
}

} // namespace

TEST_CASE("shards: what another shard queues is written by it, in order", "[transport][shards]")
{
    transport_server server(on_loopback(), ignore, sharing::several_threads);
    auto client = join(server);
    const auto run = make_run(3, 1000);
    server.from_other_shard([&](channel& peer) {
        peer.open_message().append("in place");
        CHECK(peer.close_message() == delivery::queued);
        peer.open_message().append("taken back");
        peer.drop_message();
        CHECK(peer.send_encoded(as_bytes("whole")) == delivery::queued);
        CHECK(peer.send_run(run) == delivery::queued);
    });
    const auto expected = wire_message("in place") + wire_message("whole") + std::string(as_text(run->bytes()));
    CHECK(client.receive(expected.size()) == expected);
    CHECK(run->unshared());
    CHECK(server.other_shard().flushes().empty());
}

TEST_CASE("shards: memory comes from the pool of the shard that works, and goes back to it", "[transport][shards]")
{
    transport_server server(on_loopback(), ignore, sharing::several_threads);
    auto client = join(server);
    for (int i = 0; i < 3; ++i) {
        server.from_other_shard([](channel& peer) { peer.send_encoded(as_bytes("message")); });
        CHECK(client.receive_frame() == "message");
        CHECK(server.other_shard().buffers().size() == 1);
    }
}

TEST_CASE("shards: what the socket does not take at once goes on from its own shard", "[transport][shards]")
{
    transport_server server(on_loopback(), ignore, sharing::several_threads);
    auto client = join(server);
    constexpr int count = 300;
    std::thread other([&] {
        for (int i = 0; i < count; ++i)
            server.from_other_shard(
                [&](channel& peer) { peer.send_encoded(as_bytes(std::to_string(i) + std::string(bulk_bytes, 'b'))); });
    });
    for (int i = 0; i < count; ++i)
        CHECK(client.receive_frame().starts_with(std::to_string(i) + "b"));
    other.join();
}

TEST_CASE("shards: both shards may write for one client at the same time", "[transport][shards]")
{
    transport_server server(on_loopback(), echo, sharing::several_threads);
    auto client = join(server);
    constexpr int count = 500;
    std::thread other([&] {
        for (int i = 0; i < count; ++i)
            server.from_other_shard([&](channel& peer) { peer.send_encoded(as_bytes("other" + std::to_string(i))); });
    });
    std::thread writer([&] {
        for (int i = 0; i < count; ++i)
            client.send(wire_message("echo" + std::to_string(i)) + wire_frame(1, "ping"));
    });
    int echoes = 0;
    int others = 0;
    int pongs = 0;
    while (echoes + others + pongs < 3 * count) {
        const auto header = client.receive(4);
        const auto payload = client.receive(static_cast<unsigned char>(header[3]));
        if (header[0] == 2)
            ++pongs;
        else if (payload.starts_with("echo"))
            CHECK(payload == "echo" + std::to_string(echoes++));
        else
            CHECK(payload == "other" + std::to_string(others++));
    }
    CHECK(pongs == count);
    other.join();
    writer.join();
}

TEST_CASE("shards: a client that does not take what another shard sends is cut off", "[transport][shards]")
{
    auto limits = patient_limits();
    limits.outbound_bytes_max = 1'000'000;
    transport_server server(on_loopback().limits(limits), ignore, sharing::several_threads);
    auto client = join(server);
    auto outcome = delivery::queued;
    while (outcome == delivery::queued) {
        server.from_other_shard(
            [&](channel& peer) { outcome = peer.send_encoded(as_bytes(std::string(bulk_bytes, 'b'))); });
    }
    CHECK(outcome == delivery::refused);
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
}

TEST_CASE("shards: a client that takes nothing of what another shard has sent is cut off", "[transport][shards]")
{
    auto limits = patient_limits();
    limits.write_stall_timeout = 200ms;
    transport_server server(on_loopback().limits(limits), ignore, sharing::several_threads);
    auto client = join(server);
    server.from_other_shard([&](channel& peer) {
        for (int i = 0; i < 400; ++i)
            peer.send_encoded(as_bytes(std::string(bulk_bytes, 'b')));
    });
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
}

TEST_CASE("shards: a client that is gone is noticed when another shard writes", "[transport][shards]")
{
    const temporary_directory directory;
    transport_server server(rawsocket(unix_socket(directory / "router.sock")).limits(patient_limits()), ignore,
                            sharing::several_threads);
    for (int i = 0; i < 50; ++i) {
        {
            auto client = join(server);
            server.from_other_shard([](channel& peer) { peer.send_encoded(as_bytes("message")); });
        }
        server.from_other_shard([](channel& peer) { peer.send_encoded(as_bytes("message")); });
        CHECK(server.wait_for_end().reason == close_reason::connection_lost);
    }
}

TEST_CASE("shards: through TLS, another shard leaves writing to the client's own", "[transport][shards][tls]")
{
    const tls_files files;
    auto where = tcp("127.0.0.1", 0);
    where.tls = files.server_options();
    transport_server server(rawsocket(where).limits(patient_limits()), echo, sharing::several_threads);
    tls_client client(server.connect(), {.authority = files.authority()});
    client.handshake();
    client.send(octets({0x7F, 0xF1, 0, 0}));
    CHECK(client.receive(4) == octets({0x7F, 0x81, 0, 0}));
    static_cast<void>(server.wait_for_opening());

    const auto run = make_run(20, 5000);
    std::string expected;
    for (int i = 0; i < 20; ++i)
        expected += wire_message("message") + std::string(as_text(run->bytes()));
    std::thread other([&] {
        for (int i = 0; i < 20; ++i)
            server.from_other_shard([&](channel& peer) {
                peer.send_encoded(as_bytes("message"));
                peer.send_run(run);
            });
    });
    CHECK(client.receive(expected.size()) == expected);
    other.join();
    client.send(wire_message("still there"));
    CHECK(client.receive(15) == wire_message("still there"));
}

TEST_CASE("shards: waking lets a pending read complete without messages, and nothing is lost", "[transport][shards]")
{
    const auto mode = GENERATE(sharing::one_thread, sharing::several_threads);
    arrivals<std::size_t> batches;
    transport_server server(
        on_loopback(),
        [&](channel& peer, std::span<const byte_view> messages) {
            batches.put(messages.size());
            return echo(peer, messages);
        },
        mode);
    auto client = join(server);
    client.send(wire_message("half").substr(0, 6)); // The read that is interrupted is in the middle of a frame.
    const auto wake = [&] {
        if (mode == sharing::one_thread)
            server.with_channels([](channel& peer) { peer.wake(); });
        else
            server.from_other_shard([](channel& peer) { peer.wake(); });
    };
    for (int i = 0; i < 10; ++i) {
        wake();
        CHECK(batches.take() == 0);
    }
    client.send(wire_message("half").substr(6));
    CHECK(batches.take() == 1);
    CHECK(client.receive_frame() == "half");
}

TEST_CASE("shards: waking a client that is being written to does not keep the rest from it", "[transport][shards]")
{
    transport_server server(on_loopback(), ignore, sharing::several_threads);
    auto client = join(server);
    constexpr int count = 200;
    server.from_other_shard([](channel& peer) {
        for (int i = 0; i < count; ++i)
            peer.send_encoded(as_bytes(std::string(bulk_bytes, 'b')));
    });
    for (int i = 0; i < count; ++i) {
        server.from_other_shard([](channel& peer) { peer.wake(); });
        CHECK(client.receive_frame().size() == bulk_bytes);
    }
}
