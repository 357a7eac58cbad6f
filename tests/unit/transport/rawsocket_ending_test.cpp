// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <string>

#include <boost/asio/error.hpp>

#include "support/catch.hpp"
#include "temporary_directory.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

/// Sends `count` large messages and closes.
batch_handler answer_and_close(int count)
{
    return [count](channel& peer, std::span<const byte_view>) {
        for (int number = 0; number < count; ++number)
            CHECK(peer.send_encoded(as_bytes(std::string(60'000, static_cast<char>('a' + number % 26)))) ==
                  delivery::queued);
        return then::close;
    };
}

std::string answers(int count)
{
    std::string all;
    for (int number = 0; number < count; ++number)
        all += wire_message(std::string(60'000, static_cast<char>('a' + number % 26)));
    return all;
}

} // namespace

TEST_CASE("ending: a client that ends its side first still gets the replies", "[transport][ending]")
{
    transport_server server(on_loopback());
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("first") + wire_message("last"));
    client.shut_down();
    CHECK(client.receive_until_end() == wire_message("first") + wire_message("last"));
    const auto end = server.wait_for_end();
    CHECK(end.reason == close_reason::connection_lost);
    CHECK(end.error == boost::asio::error::eof);
}

TEST_CASE("ending: replies that do not fit into the socket at once still come after the client's end",
          "[transport][ending]")
{
    transport_server server(on_loopback(), [](channel& peer, std::span<const byte_view> messages) {
        static_cast<void>(answer_and_close(100)(peer, messages));
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    client.shut_down();
    CHECK(client.receive_until_end() == answers(100));
    CHECK(server.wait_for_end().reason == close_reason::connection_lost);
}

TEST_CASE("ending: close() delivers all that is queued, whatever the client still sends", "[transport][ending]")
{
    transport_server server(on_loopback(), answer_and_close(100));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    client.send(wire_message(std::string(100'000, 'x')));
    CHECK(client.receive_until_end() == answers(100));
    client.shut_down();
    CHECK(server.wait_for_end().reason == close_reason::none);
}

TEST_CASE("ending: close() gives up on a client that takes nothing", "[transport][ending]")
{
    auto limits = patient_limits();
    limits.goodbye_timeout = 200ms;
    transport_server server(on_loopback().limits(limits), answer_and_close(400));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
}

TEST_CASE("ending: close() gives up on a client that never ends its side", "[transport][ending]")
{
    auto limits = patient_limits();
    limits.goodbye_timeout = 200ms;
    transport_server server(on_loopback().limits(limits), answer_and_close(1));
    auto client = server.connect();
    client.shake_hands();
    client.send(wire_message("go"));
    CHECK(client.receive_until_end() == answers(1));
    CHECK(server.wait_for_end().reason == close_reason::connection_lost);
}

TEST_CASE("ending: abort() ends a pending read with its reason, and refuses messages from then on",
          "[transport][ending]")
{
    arrivals<delivery> results;
    arrivals<close_reason> reasons;
    arrivals<std::size_t> queued;
    transport_server server(on_loopback());
    auto client = server.connect();
    client.shake_hands();
    static_cast<void>(server.wait_for_opening());
    server.with_channels([&](channel& peer) {
        peer.abort(close_reason::killed);
        peer.abort(close_reason::system_shutdown);
        reasons.put(peer.reason());
        results.put(peer.send_encoded(as_bytes("late")));
        peer.flush();
        queued.put(peer.queued_bytes());
    });
    CHECK(reasons.take() == close_reason::killed);
    CHECK(queued.take() == 0);
    CHECK(client.receive_until_end().empty());
    CHECK(server.wait_for_end().reason == close_reason::killed);
    CHECK(results.take() == delivery::refused);
}

TEST_CASE("ending: abort() from within a batch leaves the messages of the batch readable", "[transport][ending]")
{
    arrivals<std::string> seen;
    transport_server server(on_loopback(), [&](channel& peer, std::span<const byte_view> messages) {
        peer.abort(close_reason::killed);
        for (const auto message : messages)
            seen.put(std::string(as_text(message)));
        return then::go_on;
    });
    auto client = server.connect();
    client.shake_hands();
    const std::string large(1000, 'x');
    client.send(wire_message("small") + wire_message(large));
    CHECK(seen.take() == "small");
    CHECK(seen.take() == large);
    CHECK(server.wait_for_end().reason == close_reason::killed);
}

TEST_CASE("ending: a deadline ends the connection with the reason that it was given", "[transport][ending]")
{
    transport_server server(on_loopback());
    server.on_open = [](channel& peer) {
        peer.set_deadline(channel::clock::now() + 1h, close_reason::killed);
        peer.set_deadline(channel::clock::now() + 10ms, close_reason::system_shutdown);
    };
    auto client = server.connect();
    client.shake_hands();
    CHECK(client.receive_until_end().empty());
    CHECK(server.wait_for_end().reason == close_reason::system_shutdown);
}

TEST_CASE("ending: a deadline that is cleared does not strike", "[transport][ending]")
{
    transport_server server(on_loopback());
    server.on_open = [](channel& peer) {
        peer.set_deadline(channel::clock::now(), close_reason::killed);
        peer.clear_deadline();
    };
    auto client = server.connect();
    client.shake_hands();
    server.with_channels([](channel& peer) {
        // Struck in the same sweep as the other would have been.
        peer.set_deadline(channel::clock::now() + 200ms, close_reason::realm_closed);
    });
    CHECK(client.receive_until_end().empty());
    CHECK(server.wait_for_end().reason == close_reason::realm_closed);
}

TEST_CASE("ending: a client that resets the connection is a lost connection", "[transport][ending]")
{
    transport_server server(on_loopback());
    {
        auto client = server.connect();
        client.shake_hands();
        client.send(wire_message("answered, but never read"));
        static_cast<void>(server.wait_for_opening());
    }
    const auto end = server.wait_for_end();
    CHECK(end.reason == close_reason::connection_lost);
    CHECK(end.error);
}
