// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/error.hpp>

#include <openssl/ssl.h>

#include "support/catch.hpp"
#include "tls_client.hpp"
#include "tls_files.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A server with TLS on loopback, and clients that trust it.
struct tls_fixture {
    tls_files files;
    tls_server_options options{files.server_options()};
    tls_client_behaviour client_options{.authority = files.authority()};
    session_limits limits{patient_limits()};
    std::string interface {
        "127.0.0.1"
    };

    listening_transport settings() const
    {
        auto where = tcp(interface, 0);
        where.tls = options;
        return rawsocket(where).limits(limits);
    }

    tls_client connect(const transport_server& server) const { return {server.connect(), client_options}; }
};

void shake_hands(tls_client& client)
{
    client.handshake();
    client.send(octets({0x7F, 0xF1, 0, 0}));
    if (client.receive(4) != octets({0x7F, 0x81, 0, 0}))
        throw std::runtime_error("the RawSocket handshake was refused");
}

std::string text_of_bytes(const std::vector<std::byte>& bytes)
{
    return std::string(as_text(bytes));
}

/// The client's view of the channel binding of TLS 1.3.
std::string exported(SSL* ssl)
{
    std::string bytes(32, '\0');
    const std::string label = "EXPORTER-Channel-Binding";
    CHECK(SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), label.data(),
                                     label.size(), nullptr, 0, 1) == 1);
    return bytes;
}

/// The client's view of the channel binding of TLS 1.2: who resumes hears the other side finish first.
std::string finished(SSL* ssl)
{
    std::string bytes(64, '\0');
    const auto first = SSL_session_reused(ssl) == 1 ? &SSL_get_peer_finished : &SSL_get_finished;
    bytes.resize(first(ssl, bytes.data(), bytes.size()));
    return bytes;
}

} // namespace

TEST_CASE("tls: messages of all sizes come back, over IPv4 and IPv6, with TLS 1.2 and 1.3", "[transport][tls]")
{
    tls_fixture tls;
    tls.interface = GENERATE("127.0.0.1", "::1");
    tls.client_options.version_max = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    shake_hands(client);
    for (const std::size_t size : {0u, 1u, 508u, 512u, 16'384u, 65'536u, 131'072u}) {
        const std::string message(size, static_cast<char>('a' + size % 26));
        client.send(wire_message(message));
        CHECK(client.receive(size + 4) == wire_message(message));
    }
}

TEST_CASE("tls: many messages keep their order however the ciphertext is cut", "[transport][tls]")
{
    tls_fixture tls;
    tls.client_options.piece = GENERATE(std::size_t{1} << 20, std::size_t{1}, std::size_t{700});
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    shake_hands(client);
    std::string bytes;
    for (int i = 0; i < 60; ++i)
        bytes += wire_message(std::to_string(i) + std::string(static_cast<std::size_t>(i) * 7, 'x'));
    client.send(bytes);
    CHECK(client.receive(bytes.size()) == bytes);
}

TEST_CASE("tls: the facts tell the version, and the channel binding that the client sees too", "[transport][tls]")
{
    tls_fixture tls;
    const bool newest = GENERATE(true, false);
    tls.client_options.version_max = newest ? TLS1_3_VERSION : TLS1_2_VERSION;
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    shake_hands(client);
    const auto facts = server.wait_for_opening().tls;
    REQUIRE(facts);
    CHECK(facts->protocol == (newest ? "TLSv1.3" : "TLSv1.2"));
    CHECK(facts->cipher == SSL_get_cipher_name(client.native()));
    CHECK(facts->peer_certificate.empty());
    CHECK(facts->peer_common_name.empty());
    CHECK(text_of_bytes(facts->channel_id_tls_exporter) == (newest ? exported(client.native()) : ""));
    CHECK(text_of_bytes(facts->channel_id_tls_unique) == (newest ? "" : finished(client.native())));
}

TEST_CASE("tls: the channel binding of a resumed session is that of its own connection", "[transport][tls]")
{
    tls_fixture tls;
    const bool newest = GENERATE(true, false);
    tls.client_options.version_max = newest ? TLS1_3_VERSION : TLS1_2_VERSION;
    transport_server server(tls.settings());
    auto first = tls.connect(server);
    shake_hands(first);
    const auto before = server.wait_for_opening().tls;
    const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(SSL_get1_session(first.native()),
                                                                            &SSL_SESSION_free);
    auto second = tls.connect(server);
    REQUIRE(SSL_set_session(second.native(), session.get()) == 1);
    shake_hands(second);
    CHECK(SSL_session_reused(second.native()) == 1);
    const auto facts = server.wait_for_opening().tls;
    REQUIRE((before && facts));
    CHECK(text_of_bytes(facts->channel_id_tls_exporter) == (newest ? exported(second.native()) : ""));
    CHECK(text_of_bytes(facts->channel_id_tls_unique) == (newest ? "" : finished(second.native())));
    CHECK(facts->channel_id_tls_exporter.size() == before->channel_id_tls_exporter.size());
    CHECK(facts->channel_id_tls_unique.size() == before->channel_id_tls_unique.size());
    if (newest)
        CHECK(facts->channel_id_tls_exporter != before->channel_id_tls_exporter);
    else
        CHECK(facts->channel_id_tls_unique != before->channel_id_tls_unique);
}

TEST_CASE("tls: a client certificate that is asked for is verified and shown", "[transport][tls]")
{
    tls_fixture tls;
    tls.options.ca_certificates = {tls.files.authority()};
    tls.client_options.identity = tls.files.issue("client-7");
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    shake_hands(client);
    const auto facts = server.wait_for_opening().tls;
    REQUIRE(facts);
    CHECK(facts->peer_common_name == "client-7");
    CHECK(text_of_bytes(facts->peer_certificate) == der_of(tls.client_options.identity->certificate));
}

TEST_CASE("tls: a client without the certificate that is asked for is refused", "[transport][tls]")
{
    tls_fixture tls;
    tls.options.ca_certificates = {tls.files.authority()};
    tls.client_options.version_max = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    CHECK_THROWS_WITH(shake_hands(client), ContainsSubstring("alert"));
    client.socket().shut_down();
    const auto end = server.wait_for_end();
    CHECK_FALSE(end.opened);
    CHECK_THAT(end.error.message(), ContainsSubstring("certificate"));
}

TEST_CASE("tls: a client certificate of an authority that is not trusted is refused", "[transport][tls]")
{
    tls_fixture tls;
    const tls_files strangers;
    tls.options.ca_certificates = {tls.files.authority()};
    tls.client_options.identity = strangers.issue("client-7");
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    CHECK_THROWS_WITH(shake_hands(client), ContainsSubstring("alert"));
    client.socket().shut_down();
    CHECK_FALSE(server.wait_for_end().opened);
}

TEST_CASE("tls: versions before 1.2 are refused", "[transport][tls]")
{
    tls_fixture tls;
    tls.client_options.version_min = TLS1_1_VERSION;
    tls.client_options.version_max = TLS1_1_VERSION;
    tls.client_options.ciphers = "ALL:@SECLEVEL=0";
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    CHECK_THROWS_WITH(client.handshake(), ContainsSubstring("alert protocol version"));
    client.socket().shut_down();
    CHECK_THAT(server.wait_for_end().error.message(), ContainsSubstring("unsupported protocol"));
}

TEST_CASE("tls: plain RawSocket on a TLS port is cut off at its first octet", "[transport][tls]")
{
    const tls_fixture tls;
    transport_server server(tls.settings());
    auto client = server.connect();
    client.send(octets({0x7F}));
    CHECK(client.receive_until_end().empty());
    CHECK_FALSE(server.wait_for_end().opened);
}

TEST_CASE("tls: another protocol inside TLS is cut off in good order", "[transport][tls]")
{
    const tls_fixture tls;
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    client.handshake();
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(client.receive_some(100).empty());
    client.socket().shut_down();
    CHECK(server.wait_for_end().error == framing_error::not_rawsocket);
}

TEST_CASE("tls: a refusal inside TLS can be read", "[transport][tls]")
{
    const tls_fixture tls;
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    client.handshake();
    client.send(octets({0x7F, 0xF9, 0, 0}));
    CHECK(client.receive(4) == octets({0x7F, 0x10, 0, 0}));
    CHECK(client.receive_some(1).empty());
}

TEST_CASE("tls: the deadline holds for the handshake of TLS, too", "[transport][tls]")
{
    tls_fixture tls;
    tls.limits.join_timeout = 200ms;
    transport_server server(tls.settings());
    auto client = server.connect();
    client.send("\x16\x03\x01");
    CHECK(client.receive_until_end().empty());
    CHECK(server.wait_for_end().error == boost::asio::error::timed_out);
}

TEST_CASE("tls: close() delivers what is queued and says close_notify", "[transport][tls]")
{
    const tls_fixture tls;
    const std::string large(100'000, 'x');
    transport_server server(tls.settings(), [&](channel& peer, std::span<const byte_view>) {
        for (int i = 0; i < 40; ++i)
            CHECK(peer.send_encoded(as_bytes(large)) == delivery::queued);
        return then::close;
    });
    auto client = tls.connect(server);
    shake_hands(client);
    client.send(wire_message("go"));
    for (int i = 0; i < 40; ++i)
        CHECK(client.receive(large.size() + 4) == wire_message(large));
    CHECK(client.receive_some(1).empty());
    client.close();
    client.socket().shut_down();
    CHECK(server.wait_for_end().reason == close_reason::none);
}

TEST_CASE("tls: a client that says close_notify still gets its replies", "[transport][tls]")
{
    const tls_fixture tls;
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    shake_hands(client);
    client.send(wire_message("last"));
    client.close();
    CHECK(client.receive(8) == wire_message("last"));
    CHECK(client.receive_some(1).empty());
    client.socket().shut_down();
    const auto end = server.wait_for_end();
    CHECK(end.reason == close_reason::connection_lost);
    CHECK(end.error == boost::asio::error::eof);
}

TEST_CASE("tls: a client that reads slowly gets everything, and PONGs overtake", "[transport][tls]")
{
    const tls_fixture tls;
    const std::string large(65'000, 'x');
    transport_server server(tls.settings(), [&](channel& peer, std::span<const byte_view>) {
        for (int i = 0; i < 400; ++i)
            CHECK(peer.send_encoded(as_bytes(large)) == delivery::queued);
        return then::go_on;
    });
    auto client = tls.connect(server);
    client.socket().limit_receive_buffer(65'536);
    shake_hands(client);
    client.send(wire_message("go"));
    CHECK(client.receive(large.size() + 4) == wire_message(large));
    client.send(wire_frame(1, "urgent"));
    int before_pong = 0;
    int messages = 1;
    for (bool ponged = false; messages < 400 || !ponged;) {
        const auto header = client.receive(4);
        if (header[0] == 2) {
            CHECK(client.receive(6) == "urgent");
            before_pong = messages;
            ponged = true;
            continue;
        }
        CHECK(client.receive(large.size()) == large);
        ++messages;
    }
    CHECK(before_pong < 390);
}

TEST_CASE("tls: a client that never reads is cut off", "[transport][tls]")
{
    tls_fixture tls;
    tls.limits.write_stall_timeout = 200ms;
    const std::string large(65'000, 'x');
    transport_server server(tls.settings(), [&](channel& peer, std::span<const byte_view>) {
        for (int i = 0; i < 400; ++i)
            static_cast<void>(peer.send_encoded(as_bytes(large)));
        return then::go_on;
    });
    auto client = tls.connect(server);
    shake_hands(client);
    client.send(wire_message("go"));
    CHECK(server.wait_for_end().reason == close_reason::slow_consumer);
}

TEST_CASE("tls: ciphertext that was tampered with ends the connection", "[transport][tls]")
{
    const tls_fixture tls;
    transport_server server(tls.settings());
    auto client = tls.connect(server);
    shake_hands(client);
    client.socket().send(octets({0x17, 0x03, 0x03, 0, 32}) + std::string(32, 'x'));
    client.socket().shut_down();
    const auto end = server.wait_for_end();
    CHECK(end.opened);
    CHECK(end.reason == close_reason::connection_lost);
    CHECK_THAT(end.error.message(), ContainsSubstring("TLS"));
}
