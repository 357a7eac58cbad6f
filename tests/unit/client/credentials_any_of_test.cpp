// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <stdexcept>

#include <junctor/auth/private_key_file.hpp>
#include <junctor/auth/scram.hpp>
#include <junctor/auth/ticket.hpp>

#include "login_script.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

client::cryptosign_options bound()
{
    client::cryptosign_options options;
    options.binding = client::channel_binding::if_possible;
    return options;
}

client::shared_credentials joe_by_key(const client::cryptosign_options& options = bound())
{
    return client::cryptosign("joe", auth::private_key_from_hex(std::string(64, '1')), options);
}

client::shared_credentials joe_by_ticket()
{
    return client::ticket("joe", secret("ticket of joe"));
}

client::shared_credentials joe_by_password()
{
    client::scram_options options;
    options.binding = client::channel_binding::if_possible;
    return client::scram("joe", secret("pencil"), options);
}

auth::scram router_with_scram()
{
    auth::scram router;
    router.add("joe", "user",
               auth::make_scram_credentials(secret("pencil"), {auth::scram_kdf::pbkdf2, 4096, 0}, binary(16)));
    return router;
}

} // namespace

TEST_CASE("any_of: HELLO claims all of it, in order of preference", "[client]")
{
    const auto who = client::any_of({joe_by_key(), joe_by_password(), joe_by_ticket(), client::anonymous()});
    const auto claims = who->begin(over_tls_1_3())->claims();
    CHECK(claims.authmethods == std::vector<std::string>{"cryptosign", "wamp-scram", "ticket", "anonymous"});
    CHECK(claims.authid == "joe");
    CHECK(claims.authextra.size() == 3);
    CHECK(text_in(claims.authextra, "channel_binding") == "tls-exporter");
    CHECK(claims.authextra.contains("pubkey"));
    CHECK(claims.authextra.contains("nonce"));
}

TEST_CASE("any_of: the one that the router picks answers, and looks at WELCOME", "[client]")
{
    const auto who = client::any_of({joe_by_password(), joe_by_ticket()});
    auto by_password = router_with_scram();
    CHECK(log_in(who, by_password).granted());

    auth::ticket by_ticket;
    by_ticket.add("joe", "ticket of joe", "user");
    const auto login = who->begin({});
    auto peer = peer_of(*login);
    peer.answer = [&](const dict& extra) { return answer_of(*login, "ticket", extra); };
    const auto given = decide(by_ticket, peer);
    REQUIRE(given.granted());
    CHECK_NOTHROW(login->check(welcome_of(given, "ticket")));
}

TEST_CASE("any_of: a wrong signature in WELCOME is refused", "[client]")
{
    const auto who = client::any_of({joe_by_ticket(), joe_by_password()});
    const auto login = who->begin({});
    auto router = router_with_scram();
    auto peer = peer_of(*login);
    peer.answer = [&](const dict& extra) { return answer_of(*login, "wamp-scram", extra); };
    auto given = decide(router, peer);
    REQUIRE(given.granted());
    given.who().authextra.set("verifier", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    CHECK(failure_of([&] { login->check(welcome_of(given, "ticket")); }) ==
          "the router did not prove that it knows the client");
}

TEST_CASE("any_of: without a challenge, the authmethod of WELCOME decides what the router owes", "[client]")
{
    const auto who = client::any_of({joe_by_password(), client::anonymous("joe")});
    const auto login = who->begin({});
    CHECK_NOTHROW(login->check({{"authmethod", "anonymous"}}));
    for (const auto& details : {dict(), dict{{"authmethod", "wamp-scram"}}, dict{{"authmethod", "cookie"}}})
        CHECK_THROWS_AS(login->check(details), client::login_failed);
    CHECK_NOTHROW(client::any_of({client::anonymous(), client::ticket("joe", secret("x"))})->begin({})->check({}));
}

TEST_CASE("any_of: an authmethod that was not claimed is refused", "[client]")
{
    const auto who = client::any_of({joe_by_password(), joe_by_ticket()});
    const auto login = who->begin({});
    CHECK(refusal_of(*login, "wampcra", {}) ==
          "the router challenges by the authmethod 'wampcra', which was not claimed");
}

TEST_CASE("any_of: what cannot be used on a connection is left out there", "[client]")
{
    const auto who = client::any_of({client::tls("joe"), joe_by_ticket()});
    CHECK(who->begin({})->claims().authmethods == std::vector<std::string>{"ticket"});
    CHECK(who->begin(over_tls_1_3())->claims().authmethods == std::vector<std::string>{"tls", "ticket"});
    CHECK(failure_of([] { static_cast<void>(client::any_of({client::tls()})->begin({})); }) ==
          "without TLS there is no certificate to log in by");
}

TEST_CASE("any_of: credentials that do not go together are refused", "[client]")
{
    const auto begin = [](client::shared_credentials a, client::shared_credentials b) {
        return client::any_of({std::move(a), std::move(b)})->begin(over_tls_1_3());
    };
    CHECK_THROWS_AS(begin(joe_by_ticket(), joe_by_ticket()), std::invalid_argument);
    CHECK_THROWS_AS(begin(joe_by_ticket(), client::wampcra("ann", secret("x"))), std::invalid_argument);
    client::cryptosign_options unbound;
    unbound.binding = client::channel_binding::never;
    CHECK_THROWS_AS(begin(joe_by_password(), joe_by_key(unbound)), std::invalid_argument);
    CHECK_THROWS_AS(client::any_of({}), std::invalid_argument);
    CHECK_THROWS_AS(client::any_of({joe_by_ticket(), nullptr}), std::invalid_argument);
}
