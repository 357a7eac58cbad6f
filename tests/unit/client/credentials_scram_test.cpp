// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <stdexcept>

#include <junctor/auth/digest.hpp>
#include <junctor/auth/scram.hpp>
#include <junctor/base/hex.hpp>
#include <junctor/codec/base64.hpp>

#include "login_script.hpp"
#include "scram_proof.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::test;
using auth::scram_dialect;
using auth::scram_kdf;
using Catch::Matchers::ContainsSubstring;
using client::channel_binding;

namespace {

constexpr auto salt_text = "AAECAwQFBgcICQoLDA0ODw==";

/// A router that knows joe by "pencil".
auth::scram router_with(const auth::scram_parameters& parameters, scram_dialect dialect = scram_dialect::spec,
                        auth::scram_channel_binding binding = auth::scram_channel_binding::allowed)
{
    auth::scram router(dialect, binding);
    router.add("joe", "user",
               auth::make_scram_credentials(secret("pencil"), parameters, read_base64(salt_text).value(), dialect));
    return router;
}

auth::scram router_with_pbkdf2(scram_dialect dialect = scram_dialect::spec)
{
    return router_with({scram_kdf::pbkdf2, 4096, 0}, dialect);
}

client::scram_options bound(channel_binding binding)
{
    client::scram_options options;
    options.binding = binding;
    return options;
}

client::shared_credentials joe(const client::scram_options& options = bound(channel_binding::if_possible),
                               std::string_view password = "pencil")
{
    return client::scram("joe", secret(password), options);
}

client::scram_options crossbar()
{
    client::scram_options options;
    options.dialect = scram_dialect::crossbar;
    return options;
}

/// A CHALLENGE that `login` can answer.
dict challenge_for(const client::login& login)
{
    return {{"nonce", text_in(login.claims().authextra, "nonce") + "SBmkFIh7sSo="},
            {"salt", salt_text},
            {"kdf", "pbkdf2"},
            {"iterations", 4096},
            {"memory", nullptr}};
}

/// What is said about that CHALLENGE when `key` in it is `content`.
std::string refusal_with(std::string_view key, value content, client::scram_options options = {})
{
    const auto who = joe(options);
    const auto login = who->begin({});
    auto extra = challenge_for(*login);
    extra.set(key, std::move(content));
    return refusal_of(*login, "wamp-scram", std::move(extra));
}

std::string refusal_of_argon2(std::int64_t iterations, std::int64_t memory,
                              const client::derivation_limits& limits = {})
{
    client::scram_options options;
    options.limits = limits;
    const auto who = joe(options);
    const auto login = who->begin({});
    auto extra = challenge_for(*login);
    extra.set("kdf", "argon2id13").set("iterations", iterations).set("memory", memory);
    return refusal_of(*login, "wamp-scram", std::move(extra));
}

/// What the client says about a WELCOME with `authextra`, when the router has let it in.
std::string refusal_of_welcome(value authextra)
{
    auto router = router_with_pbkdf2();
    const auto who = joe();
    const auto login = who->begin({});
    REQUIRE(decide(router, peer_of(*login)).granted());
    return failure_of([&] { login->check({{"authmethod", "wamp-scram"}, {"authextra", std::move(authextra)}}); });
}

} // namespace

TEST_CASE("scram: proof and signature are those of RFC 7677", "[client]")
{
    const auto salted =
        auth::scram_salted_password(secret("pencil"), {scram_kdf::pbkdf2, 4096, 0},
                                    read_base64("W22ZaJ0SNY7soEsUEjb6gQ==").value(), scram_dialect::spec);
    const auto* const message = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,"
                                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    CHECK(auth::base64_text(client::scram_client_proof(salted, message).bytes()) ==
          "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    CHECK(auth::base64_text(client::scram_server_signature(salted, message).bytes()) ==
          "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("scram: HELLO has a nonce of 16 octets, another one for each session", "[client]")
{
    const auto who = joe();
    const auto login = who->begin({});
    const auto claims = login->claims();
    CHECK(claims.authmethods == std::vector<std::string>{"wamp-scram"});
    CHECK(claims.authid == "joe");
    CHECK(claims.authextra.size() == 2);
    CHECK(claims.authextra.find("channel_binding")->is_null());
    const auto nonce = text_in(claims.authextra, "nonce");
    CHECK(read_base64(nonce).value().size() == 16);
    CHECK(text_in(login->claims().authextra, "nonce") == nonce);
    CHECK(text_in(who->begin({})->claims().authextra, "nonce") != nonce);
}

TEST_CASE("scram: AUTHENTICATE repeats the nonce and says that nothing is bound", "[client]")
{
    const auto who = joe();
    const auto login = who->begin({});
    const auto extra = challenge_for(*login);
    const auto given = answer_of(*login, "wamp-scram", extra);
    CHECK(given.extra ==
          dict{{"nonce", text_in(extra, "nonce")}, {"channel_binding", nullptr}, {"cbind_data", nullptr}});
}

TEST_CASE("scram: clients log in at the router's module, with every key derivation function and dialect", "[client]")
{
    for (const auto dialect : {scram_dialect::spec, scram_dialect::crossbar}) {
        client::scram_options options;
        options.dialect = dialect;
        for (const auto& parameters :
             {auth::scram_parameters{scram_kdf::pbkdf2, 4096, 0}, {scram_kdf::argon2id13, 16, 512}}) {
            auto router = router_with(parameters, dialect);
            const auto who = joe(options);
            CHECK(log_in(who, router).granted());
            CHECK(log_in(who, router).granted());
            CHECK_FALSE(log_in(joe(options, "pen"), router).granted());
            CHECK_FALSE(log_in(client::scram("jim", secret("pencil"), options), router).granted());
        }
    }
}

TEST_CASE("scram: Crossbar.io's dialect is another authmethod, and has nothing in AUTHENTICATE", "[client]")
{
    const auto who = joe(crossbar());
    CHECK(who->begin(over_tls_1_3())->claims().authmethods == std::vector<std::string>{"scram"});
    CHECK(who->begin(over_tls_1_3())->claims().authextra.find("channel_binding")->is_null());

    auto router = router_with_pbkdf2(scram_dialect::crossbar);
    const auto login = who->begin({});
    auto peer = peer_of(*login);
    peer.answer = [&](const dict& extra) {
        auto given = answer_of(*login, "scram", extra);
        CHECK(given.extra.empty());
        return given;
    };
    CHECK(decide(router, peer).granted());
}

TEST_CASE("scram: the login is bound to TLS where that is possible, and not elsewhere", "[client]")
{
    auto router = router_with({scram_kdf::pbkdf2, 4096, 0}, scram_dialect::spec, auth::scram_channel_binding::required);
    for (const auto binding : {channel_binding::if_possible, channel_binding::required}) {
        const auto who = joe(bound(binding));
        CHECK(log_in(who, router, over_tls_1_3()).granted());
        CHECK(log_in(who, router, over_tls_1_2()).granted());
        CHECK(text_in(who->begin(over_tls_1_3())->claims().authextra, "channel_binding") == "tls-exporter");
        CHECK(text_in(who->begin(over_tls_1_2())->claims().authextra, "channel_binding") == "tls-unique");
    }
    CHECK_FALSE(log_in(joe(bound(channel_binding::never)), router, over_tls_1_3()).granted());
    CHECK_FALSE(log_in(joe(), router).granted());
    CHECK_THROWS_AS(joe(bound(channel_binding::required))->begin({}), client::login_failed);
}

TEST_CASE("scram: a proof that somebody passes on through another connection is refused", "[client]")
{
    auto router = router_with_pbkdf2();
    CHECK_FALSE(log_in(joe(), router, over_tls_1_3(std::byte{1}), over_tls_1_3(std::byte{2})).granted());
    CHECK(log_in(joe(bound(channel_binding::never)), router, over_tls_1_3(std::byte{1}), over_tls_1_3(std::byte{2}))
              .granted());
}

TEST_CASE("scram: a router that does not prove to know the client is refused", "[client]")
{
    const std::string refused = "the router did not prove that it knows the client";
    CHECK(refusal_of_welcome(nullptr) == refused);
    CHECK(refusal_of_welcome(dict()) == refused);
    CHECK(refusal_of_welcome(dict{{"verifier", nullptr}}) == refused);
    CHECK(refusal_of_welcome(dict{{"verifier", ""}}) == refused);
    CHECK(refusal_of_welcome(dict{{"verifier", "not base64"}}) == refused);
    CHECK(refusal_of_welcome(dict{{"verifier", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="}}) == refused);
}

TEST_CASE("scram: a router that lets in without a challenge is refused", "[client]")
{
    const auto who = joe();
    const auto login = who->begin({});
    CHECK(failure_of([&] {
              login->check({{"authmethod", "wamp-scram"}});
          }) == "the router did not prove that it knows the client: there was no CHALLENGE");
}

TEST_CASE("scram: the signature in WELCOME may have its name from RFC 5802 before it", "[client]")
{
    auto router = router_with_pbkdf2();
    const auto who = joe();
    const auto login = who->begin({});
    auto given = decide(router, peer_of(*login));
    REQUIRE(given.granted());
    const auto signature = text_in(given.who().authextra, "verifier");
    given.who().authextra.set("verifier", "v=" + signature);
    CHECK_NOTHROW(login->check(welcome_of(given, "wamp-scram")));
}

TEST_CASE("scram: the nonce of the router must go on from that of the client", "[client]")
{
    const std::string refused = "the nonce of the router does not go on from that of the client";
    const auto who = joe();
    const auto login = who->begin({});
    const auto ours = text_in(login->claims().authextra, "nonce");
    for (const auto& nonce : {std::string("SBmkFIh7sSo="), ours, ours.substr(1) + ours, ours + ",s=", ours + " x"}) {
        auto extra = challenge_for(*login);
        extra.set("nonce", nonce);
        CHECK(refusal_of(*login, "wamp-scram", extra) == refused);
    }
}

TEST_CASE("scram: in Crossbar.io's dialect the nonce goes on in octets", "[client]")
{
    const auto who = joe(crossbar());
    const auto login = who->begin({});
    auto extra = challenge_for(*login);
    for (const auto& nonce :
         {text_in(login->claims().authextra, "nonce"), text_in(extra, "nonce"), std::string(48, 'A')}) {
        extra.set("nonce", nonce);
        CHECK_THAT(refusal_of(*login, "scram", extra), ContainsSubstring("does not go on"));
    }
}

TEST_CASE("scram: a malformed challenge is refused", "[client]")
{
    CHECK(refusal_with("nonce", nullptr) == "the CHALLENGE of the router has no nonce");
    CHECK(refusal_with("salt", "?") == "the salt that the router sent is not base64");
    CHECK_THAT(refusal_with("salt", "AAAA"), ContainsSubstring("the size of the salt is out of its limits"));
    CHECK(refusal_with("salt", 5) == "in the CHALLENGE of the router, salt is of a wrong type");
    CHECK(refusal_with("kdf", "md5") == "the router demands the key derivation function 'md5', which is unknown");
    CHECK(refusal_with("iterations", 4096.5) == "in the CHALLENGE of the router, iterations is of a wrong type");
    CHECK(refusal_with("kdf", "argon2id13") == "the CHALLENGE of the router has no memory");

    const auto who = joe();
    const auto login = who->begin({});
    CHECK(refusal_of(*login, "ticket", {}) ==
          "the router challenges by the authmethod 'ticket', which was not claimed");
}

TEST_CASE("scram: a router that demands too much work is refused before it is done", "[client]")
{
    CHECK(refusal_with("iterations", 10'000'001) ==
          "the router demands 10000001 iterations of PBKDF2, which are too many to be computed");
    CHECK(refusal_of_argon2(1, 262'145) ==
          "the router demands 1 iterations of Argon2 in 262145 KiB, which is too much");
    CHECK_THAT(refusal_of_argon2(33, 262'144), ContainsSubstring("too much"));
    CHECK_THAT(refusal_of_argon2(INT64_MAX, INT64_MAX), ContainsSubstring("too much"));
    CHECK_THAT(refusal_of_argon2(INT64_MAX, 8), ContainsSubstring("too much"));
    client::derivation_limits modest;
    modest.argon2_memory_max = 1'024;
    CHECK_THAT(refusal_of_argon2(16, 1'025, modest), ContainsSubstring("too much"));
}

TEST_CASE("scram: a router that demands a hash which is guessed soon is refused", "[client]")
{
    CHECK(refusal_with("iterations", 4'095) ==
          "the router demands 4095 iterations of PBKDF2, which are too few to be safe");
    CHECK_THAT(refusal_with("iterations", -1), ContainsSubstring("too few"));
    CHECK(refusal_of_argon2(1, 8'191) ==
          "the router demands 1 iterations of Argon2 in 8191 KiB, which is too little to be safe");
    for (const auto& [iterations, memory] :
         {std::pair<std::int64_t, std::int64_t>{0, 65'536}, {-1, 65'536}, {3, 0}, {3, -65'536}, {-3, -65'536}})
        CHECK_THAT(refusal_of_argon2(iterations, memory), ContainsSubstring("too little"));

    client::scram_options lax;
    lax.limits.pbkdf2_iterations_min = 1;
    const auto who = joe(lax);
    auto router = router_with({scram_kdf::pbkdf2, 1, 0});
    CHECK(log_in(who, router).granted());
}

TEST_CASE("scram: credentials that cannot be used are refused at once", "[client]")
{
    CHECK_THROWS_AS(client::scram("", secret("pencil")), std::invalid_argument);
    CHECK_THROWS_AS(client::scram("joe", secret()), std::invalid_argument);
    auto options = crossbar();
    options.binding = channel_binding::required;
    CHECK_THROWS_AS(joe(options), std::invalid_argument);
}
