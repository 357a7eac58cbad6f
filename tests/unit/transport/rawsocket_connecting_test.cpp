// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <exception>
#include <string>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include "support/catch.hpp"
#include "temporary_directory.hpp"
#include "transport_client.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

rawsocket_connector to_port(std::uint16_t port, std::chrono::milliseconds timeout = 10s)
{
    return rawsocket(remote_tcp{.host = "127.0.0.1", .port = port, .timeout = timeout});
}

/// Reads the four octets with which a client asks, and requires that nothing comes with them.
std::string request_of(socket_client& peer)
{
    return peer.receive_some(100);
}

/// What comes of a handshake that is answered by `reply`, and then by nothing.
connect_outcome outcome_of(const std::string& reply)
{
    const scripted_router router;
    transport_client client(to_port(router.port()));
    auto peer = router.accept();
    static_cast<void>(request_of(peer));
    peer.send(reply);
    peer.shut_down();
    return client.wait();
}

} // namespace

TEST_CASE("connecting: the four octets come by themselves, and say what was asked for", "[transport][connecting]")
{
    const scripted_router router;
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    transport_client client(to_port(router.port()).serializer(format).max_message_size(1024).id("up"));
    auto peer = router.accept();
    CHECK(request_of(peer) == octets({0x7F, 0x10 | static_cast<unsigned>(format), 0, 0}));
    peer.send(octets({0x7F, 0xF0 | static_cast<unsigned>(format), 0, 0}));
    const auto outcome = client.wait();
    REQUIRE(outcome.opened);
    CHECK(outcome.facts.format == format);
    CHECK(outcome.facts.transport_id == "up");
    CHECK(outcome.facts.peer == "tcp4:127.0.0.1:" + std::to_string(router.port()));
    CHECK(outcome.facts.connection_number != 0);
}

TEST_CASE("connecting: a reply may come octet by octet, and a message right behind it", "[transport][connecting]")
{
    const scripted_router router;
    transport_client client(to_port(router.port()));
    auto peer = router.accept();
    static_cast<void>(request_of(peer));
    if (GENERATE(true, false))
        peer.send_in_pieces(octets({0x7F, 0xF2, 0, 0}) + wire_message("welcome"));
    else
        peer.send(octets({0x7F, 0xF2, 0, 0}) + wire_message("welcome"));
    CHECK(client.wait().opened);
    CHECK(client.receive() == "welcome");
}

TEST_CASE("connecting: every error of the handshake is told, also those without a name", "[transport][connecting]")
{
    const auto number = GENERATE(range(1u, 16u));
    const auto outcome = outcome_of(octets({0x7F, number << 4, 0, 0}));
    CHECK_FALSE(outcome.opened);
    CHECK(outcome.error == make_error_code(static_cast<rawsocket_error>(number)));
    CHECK_THAT(outcome.text, ContainsSubstring("cannot connect to tcp4:127.0.0.1:"));
    if (number > 4)
        CHECK_THAT(outcome.text, ContainsSubstring(": " + std::to_string(number)));
}

TEST_CASE("connecting: who does not speak RawSocket, or not well, is left", "[transport][connecting]")
{
    CHECK(outcome_of("HTTP/1.1 400 Bad Request\r\n\r\n").error == framing_error::not_rawsocket);
    CHECK(outcome_of("H").error == framing_error::not_rawsocket);
    CHECK(outcome_of(octets({0x7F, 0, 0, 0})).error == framing_error::reply_malformed);
    CHECK(outcome_of(octets({0x7F, 0xF2, 1, 0})).error == framing_error::reply_malformed);
    CHECK(outcome_of(octets({0x7F, 0xF2, 0, 1})).error == framing_error::reply_malformed);
    CHECK(outcome_of(octets({0x7F, 0xF1, 0, 0})).error == framing_error::reply_serializer_other);
}

TEST_CASE("connecting: an end at any octet of the reply is noticed", "[transport][connecting]")
{
    const auto size = GENERATE(range(std::size_t{0}, std::size_t{4}));
    const auto outcome = outcome_of(octets({0x7F, 0xF2, 0, 0}).substr(0, size));
    CHECK_FALSE(outcome.opened);
    CHECK(outcome.error == boost::asio::error::eof);
    CHECK_THAT(outcome.text, ContainsSubstring("closed before the handshake was done"));
}

TEST_CASE("connecting: silence, or too little, ends in time", "[transport][connecting]")
{
    const scripted_router router;
    const auto begun = GENERATE(std::string(), octets({0x7F}), octets({0x7F, 0xF2, 0}));
    transport_client client(to_port(router.port(), 200ms));
    auto peer = router.accept();
    static_cast<void>(request_of(peer));
    peer.send(begun);
    const auto outcome = client.wait();
    CHECK(outcome.error == boost::asio::error::timed_out);
    CHECK_THAT(outcome.text, ContainsSubstring("no connection within 200 ms"));
    CHECK(peer.receive_until_end().empty());
}

TEST_CASE("connecting: nobody there is told with the endpoint", "[transport][connecting]")
{
    const temporary_directory directory;
    std::uint16_t port = 0;
    {
        const scripted_router gone;
        port = gone.port();
    }
    transport_client refused(to_port(port));
    const auto outcome = refused.wait();
    CHECK(outcome.error == boost::asio::error::connection_refused);
    CHECK(outcome.text == "cannot connect to tcp4:127.0.0.1:" + std::to_string(port) + ": " + outcome.error.message());

    transport_client no_file(rawsocket(remote_unix{.path = directory / "none.sock"}));
    CHECK(no_file.wait().error == boost::system::errc::no_such_file_or_directory);
    transport_client no_name(rawsocket(remote_unix{.path = "@junctor-test-nobody-listens"}));
    CHECK(no_name.wait().error == boost::asio::error::connection_refused);
    transport_client too_long(rawsocket(remote_unix{.path = std::string(200, 'x')}));
    CHECK(too_long.wait().error == boost::system::errc::filename_too_long);
}

TEST_CASE("connecting: a host that is not there is told", "[transport][connecting]")
{
    transport_client client(rawsocket(remote_tcp{.host = "no-such-host.invalid", .port = 8081}));
    const auto outcome = client.wait();
    CHECK_FALSE(outcome.opened);
    CHECK_THAT(outcome.text, ContainsSubstring("cannot connect to tcp:no-such-host.invalid:8081: "));
    transport_client other(rawsocket(remote_tcp{.host = "::1", .port = 8081, .version = ip_version::v4}));
    CHECK(other.wait().error == boost::asio::error::address_family_not_supported);
}

TEST_CASE("connecting: a name is looked up, and its addresses are tried in turn", "[transport][connecting]")
{
    const scripted_router router; // On IPv4 alone; "localhost" may have IPv6 first.
    auto where = remote_tcp{.host = "localhost", .port = router.port()};
    if (GENERATE(true, false))
        where.version = ip_version::v4;
    transport_client client{rawsocket(where)};
    auto peer = router.accept();
    CHECK(request_of(peer) == octets({0x7F, 0x82, 0, 0}));
    peer.send(octets({0x7F, 0xF2, 0, 0}));
    CHECK(client.wait().opened);
}

TEST_CASE("connecting: both ends are ours, over all that there is to connect by", "[transport][connecting]")
{
    const temporary_directory directory;
    const auto which = GENERATE(as<std::string>(), "@junctor-test-connecting", "router.sock", "127.0.0.1", "::1");
    const bool local = which.find("o") != std::string::npos;
    const auto path = which == "router.sock" ? directory / which : which;
    const auto here = local ? endpoint(unix_socket(path)) : endpoint(tcp(path, 0));
    transport_server server(rawsocket(here).limits(patient_limits()).max_message_size(16u << 20));
    remote_endpoint there = remote_unix{.path = path};
    if (!local)
        there = remote_tcp{.host = path, .port = server.port()};
    transport_client client(rawsocket(there).max_message_size(16u << 20));
    const auto outcome = client.wait();
    REQUIRE(outcome.opened);
    CHECK(outcome.facts.peer == server.address());
    CHECK(outcome.facts.credentials.has_value() == local);
    for (const std::size_t size : {0u, 1u, 508u, 70'000u, 5'000'000u}) {
        client.send(std::string(size, 'm'));
        CHECK(client.receive() == std::string(size, 'm'));
    }
    client.close();
    CHECK(client.wait_for_end() == close_reason::none);
}

TEST_CASE("connecting: the router's limit holds for what is sent", "[transport][connecting]")
{
    transport_server server(rawsocket(tcp("127.0.0.1", 0)).limits(patient_limits()).max_message_size(1024));
    transport_client client(to_port(server.port()));
    REQUIRE(client.wait().opened);
    CHECK(client.try_to_send(1025) == delivery::too_large);
    CHECK(client.try_to_send(1024) == delivery::queued);
    CHECK(client.receive().size() == 1024);
}

TEST_CASE("connecting: PING is answered, and sent only if it was asked for", "[transport][connecting]")
{
    const scripted_router router;
    auto to = to_port(router.port());
    const bool asked = GENERATE(true, false);
    if (asked)
        to.keep_alive_ping(50ms);
    transport_client client(to);
    auto peer = router.accept();
    static_cast<void>(request_of(peer));
    peer.send(octets({0x7F, 0xF2, 0, 0}) + wire_frame(1, "are you there"));
    CHECK(client.wait().opened);
    CHECK(peer.receive_frame(2) == "are you there");
    if (asked)
        CHECK(peer.receive_frame(1).empty());
}

TEST_CASE("connecting: a message beyond the limit, and garbage, end the channel", "[transport][connecting]")
{
    const scripted_router router;
    const auto wrong = GENERATE(octets({0, 0, 4, 1}), octets({0x10, 0, 0, 0}), octets({3, 0, 0, 0}));
    transport_client client(to_port(router.port()).max_message_size(1024));
    auto peer = router.accept();
    static_cast<void>(request_of(peer));
    peer.send(octets({0x7F, 0xF2, 0, 0}) + wrong);
    CHECK(client.wait().opened);
    CHECK(client.wait_for_end() == close_reason::protocol_violation);
}

TEST_CASE("connecting: can be cancelled in the handshake", "[transport][connecting]")
{
    const scripted_router router;
    transport_client client(to_port(router.port()));
    auto peer = router.accept();
    static_cast<void>(request_of(peer));
    client.cancel();
    CHECK(client.wait().error == boost::asio::error::operation_aborted);
    CHECK(peer.receive_until_end().empty());
}

TEST_CASE("connecting: a router that does not answer at all is given up, or cancelled", "[transport][connecting]")
{
    const scripted_router router(0);
    const auto unaccepted = socket_client::tcp(router.port()); // It fills the backlog.
    const bool cancelled = GENERATE(true, false);
    transport_client client(to_port(router.port(), cancelled ? 10s : 200ms));
    if (cancelled)
        client.cancel();
    const auto expected = cancelled ? boost::asio::error::operation_aborted : boost::asio::error::timed_out;
    CHECK(client.wait().error == expected);
}

TEST_CASE("connecting: a Unix domain socket with a full backlog is waited for", "[transport][connecting]")
{
    const std::string name = "@junctor-test-full";
    const scripted_router router(name, 0);
    const auto unaccepted = socket_client::local(name);
    const auto to = rawsocket(remote_unix{.path = name, .timeout = 300ms});
    SECTION("in vain")
    {
        transport_client client(to);
        CHECK(client.wait().error == boost::asio::error::timed_out);
    }
    SECTION("until it is cancelled")
    {
        transport_client client(rawsocket(remote_unix{.path = name}));
        client.cancel();
        CHECK(client.wait().error == boost::asio::error::operation_aborted);
    }
    SECTION("until there is room")
    {
        transport_client client(rawsocket(remote_unix{.path = name}));
        const auto before = router.accept();
        auto peer = router.accept();
        CHECK(request_of(peer) == octets({0x7F, 0x82, 0, 0}));
        peer.send(octets({0x7F, 0xF2, 0, 0}));
        CHECK(client.wait().opened);
    }
}

TEST_CASE("connecting: the look-up of a host can be cancelled", "[transport][connecting]")
{
    boost::asio::io_context io;
    shard_services services(io);
    const auto to = rawsocket(remote_tcp{.host = "no-such-host.invalid", .port = 8081});
    boost::asio::cancellation_signal cancellation;
    boost::system::error_code error;
    boost::asio::co_spawn(
        io.get_executor(), connect_rawsocket_channel(to, services),
        boost::asio::bind_cancellation_slot(cancellation.slot(),
                                            [&](const std::exception_ptr&, auto outcome) { error = outcome.error(); }));
    io.poll_one(); // The look-up has begun, and its end can only be told by this thread.
    cancellation.emit(boost::asio::cancellation_type::terminal);
    io.run();
    CHECK(error == boost::asio::error::operation_aborted);
}

TEST_CASE("connecting: an io_context may go while a host is looked up", "[transport][connecting]")
{
    const auto to = rawsocket(remote_tcp{.host = "no-such-host.invalid", .port = 8081});
    bool told = false;
    {
        boost::asio::io_context io;
        shard_services services(io);
        boost::asio::co_spawn(io.get_executor(), connect_rawsocket_channel(to, services),
                              [&](const std::exception_ptr&, const auto&) { told = true; });
        io.poll_one();
    }
    CHECK_FALSE(told);
}
