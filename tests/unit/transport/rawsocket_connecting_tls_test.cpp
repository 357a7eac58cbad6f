// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <boost/asio/error.hpp>

#include <openssl/x509_vfy.h>

#include "support/catch.hpp"
#include "tls_files.hpp"
#include "transport_client.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A router with TLS, and a client that trusts its authority.
struct secure_pair {
    tls_files files;
    tls_server_options server_options{};
    tls_client_options client_options{};

    explicit secure_pair(const std::string& alternatives = "DNS:router.example", bool expired = false)
    {
        const auto identity = files.issue_for("router", alternatives, expired);
        server_options.key = identity.key;
        server_options.certificate = identity.certificate;
        client_options.hostname = "router.example";
        client_options.ca_certificates = {files.authority()};
    }

    listening_transport listening() const
    {
        auto where = tcp("127.0.0.1", 0);
        where.tls = server_options;
        return rawsocket(where).limits(patient_limits());
    }

    rawsocket_connector to(std::uint16_t port, std::chrono::milliseconds timeout = 10s) const
    {
        remote_tcp where{.host = "127.0.0.1", .port = port, .timeout = timeout};
        where.tls = client_options;
        return rawsocket(where);
    }

    /// What comes of connecting to a server with these options.
    connect_outcome outcome() const
    {
        transport_server server(listening());
        transport_client client(to(server.port()));
        return client.wait();
    }
};

} // namespace

TEST_CASE("connecting by TLS: messages of all sizes go both ways", "[transport][connecting][tls]")
{
    const secure_pair pair;
    transport_server server(pair.listening());
    transport_client client(pair.to(server.port()));
    const auto outcome = client.wait();
    REQUIRE(outcome.opened);
    const auto at_server = server.wait_for_opening();
    REQUIRE(outcome.facts.tls);
    CHECK(outcome.facts.tls->protocol == "TLSv1.3");
    CHECK(outcome.facts.tls->peer_common_name == "router");
    CHECK_FALSE(outcome.facts.tls->channel_id_tls_exporter.empty());
    CHECK(outcome.facts.tls->channel_id_tls_exporter == at_server.tls->channel_id_tls_exporter);
    for (const std::size_t size : {0u, 1u, 508u, 16'384u, 131'072u}) {
        client.send(std::string(size, 'm'));
        CHECK(client.receive() == std::string(size, 'm'));
    }
    client.close();
    CHECK(client.wait_for_end() == close_reason::none);
}

TEST_CASE("connecting by TLS: an address is checked as one", "[transport][connecting][tls]")
{
    secure_pair pair("IP:127.0.0.1");
    pair.client_options.hostname = "127.0.0.1";
    CHECK(pair.outcome().opened);
    pair.client_options.hostname = "127.0.0.2";
    CHECK(pair.outcome().error.value() == X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST_CASE("connecting by TLS: a certificate for somebody else is refused", "[transport][connecting][tls]")
{
    secure_pair pair;
    pair.client_options.hostname = "other.example";
    const auto outcome = pair.outcome();
    CHECK_FALSE(outcome.opened);
    CHECK_THAT(outcome.text, ContainsSubstring("certificate verify failed: ") && ContainsSubstring("ostname mismatch"));
}

TEST_CASE("connecting by TLS: an authority that is not trusted is refused", "[transport][connecting][tls]")
{
    secure_pair pair;
    const tls_files strangers;
    if (GENERATE(true, false))
        pair.client_options.ca_certificates = {strangers.authority()};
    else
        pair.client_options.ca_certificates.clear(); // The system does not know it either.
    const auto outcome = pair.outcome();
    CHECK_FALSE(outcome.opened);
    CHECK_THAT(outcome.text, ContainsSubstring("certificate verify failed: ") && ContainsSubstring("certificate"));
}

TEST_CASE("connecting by TLS: an expired certificate is refused", "[transport][connecting][tls]")
{
    const secure_pair pair("DNS:router.example", true);
    CHECK_THAT(pair.outcome().text, ContainsSubstring("certificate verify failed: certificate has expired"));
}

TEST_CASE("connecting by TLS: a certificate is shown if the router asks for it", "[transport][connecting][tls]")
{
    secure_pair pair;
    const auto identity = pair.files.issue("client-7");
    pair.server_options.ca_certificates = {pair.files.authority()};
    SECTION("given")
    {
        pair.client_options.certificate = identity.certificate;
        pair.client_options.key = identity.key;
        transport_server server(pair.listening());
        transport_client client(pair.to(server.port()));
        CHECK(client.wait().opened);
        CHECK(server.wait_for_opening().tls->peer_common_name == "client-7");
    }
    SECTION("not given")
    {
        CHECK_THAT(pair.outcome().text, ContainsSubstring("certificate required"));
    }
}

TEST_CASE("connecting by TLS: files that cannot be used are named", "[transport][connecting][tls]")
{
    secure_pair pair;
    pair.client_options.ca_certificates = {pair.files.directory() / "missing.pem"};
    CHECK_THAT(pair.outcome().text, ContainsSubstring("missing.pem") && ContainsSubstring("No such file"));
}

TEST_CASE("connecting by TLS: who does not speak it is left", "[transport][connecting][tls]")
{
    const secure_pair pair;
    const scripted_router router;
    transport_client client(pair.to(router.port(), 300ms));
    auto peer = router.accept();
    CHECK(peer.receive(1) == "\x16");
    SECTION("another protocol, from its first octet on")
    {
        peer.send("H");
        CHECK_THAT(client.wait().text, ContainsSubstring("TLS"));
    }
    SECTION("the end")
    {
        peer.shut_down();
        CHECK(client.wait().error == boost::asio::error::eof);
    }
    SECTION("silence")
    {
        CHECK(client.wait().error == boost::asio::error::timed_out);
    }
    SECTION("cancelled")
    {
        client.cancel();
        CHECK(client.wait().error == boost::asio::error::operation_aborted);
    }
}
