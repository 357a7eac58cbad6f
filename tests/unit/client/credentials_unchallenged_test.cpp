// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/anonymous.hpp>
#include <junctor/auth/tls.hpp>

#include "login_script.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("anonymous: a client claims nothing but its wish, and joins", "[client]")
{
    auth::anonymous router("guest");
    CHECK(log_in(client::anonymous(), router).who().authrole == "guest");

    const auto who = client::anonymous("joe");
    const auto claims = who->begin({})->claims();
    CHECK(claims.authmethods == std::vector<std::string>{"anonymous"});
    CHECK(claims.authid == "joe");
    CHECK(claims.authextra.empty());
}

TEST_CASE("anonymous: a challenge is not answered", "[client]")
{
    const auto who = client::anonymous();
    const auto login = who->begin({});
    CHECK(refusal_of(*login, "anonymous", {}) == "the router challenged an anonymous client");
}

TEST_CASE("tls: the certificate of the connection lets the client in", "[client]")
{
    auth::tls router;
    router.add({"press.example.com", "machine", "", {}, {}});
    tls_facts seen_by_router;
    seen_by_router.peer_certificate.assign(1, std::byte{1});
    seen_by_router.peer_common_name = "press.example.com";
    transport_facts at_router;
    at_router.tls = std::make_shared<const tls_facts>(std::move(seen_by_router));
    CHECK(log_in(client::tls(), router, over_tls_1_3(), at_router).who().authid == "press.example.com");
    CHECK_FALSE(log_in(client::tls("other"), router, over_tls_1_3(), at_router).granted());
}

TEST_CASE("tls: a connection without TLS will not do, and a challenge is not answered", "[client]")
{
    const auto who = client::tls();
    CHECK(failure_of([&] { static_cast<void>(who->begin({})); }) == "without TLS there is no certificate to log in by");
    const auto login = who->begin(over_tls_1_3());
    CHECK(refusal_of(*login, "tls", {}) == "the router challenged a client that has a certificate");
}
