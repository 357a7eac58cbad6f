// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/wampcra.hpp>

#include "login_script.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr auto example = R"({ "nonce": "LHRTC9zeOIrt_9U3","authprovider": "userdb", "authid": "peter",)"
                         R"("timestamp": "2014-06-22T16:36:25.448Z","authrole": "user", "authmethod": "wampcra",)"
                         R"("session": 3251278072152162})";

/// How the client of `password` answers to `extra`.
proof answer(std::string_view password, dict extra)
{
    const auto who = client::wampcra("peter", secret(password));
    const auto login = who->begin({});
    return answer_of(*login, "wampcra", std::move(extra));
}

std::string refusal(dict extra, const client::derivation_limits& limits = {})
{
    const auto who = client::wampcra("peter", secret("secret123"), limits);
    const auto login = who->begin({});
    return refusal_of(*login, "wampcra", std::move(extra));
}

dict salted(value iterations, value keylen, value salt = "salt123")
{
    return {{"challenge", "{}"},
            {"salt", std::move(salt)},
            {"iterations", std::move(iterations)},
            {"keylen", std::move(keylen)}};
}

} // namespace

TEST_CASE("wampcra: HELLO has the authid and the authmethod", "[client]")
{
    const auto who = client::wampcra("peter", secret("secret123"));
    const auto claims = who->begin({})->claims();
    CHECK(claims.authmethods == std::vector<std::string>{"wampcra"});
    CHECK(claims.authid == "peter");
    CHECK(claims.authextra.empty());
}

TEST_CASE("wampcra: the challenge is signed with the secret, or with what the salt makes of it", "[client]")
{
    // Computed with Python's hashlib, hmac and base64.
    CHECK(answer("secret123", {{"challenge", example}}).signature == "sInbE5rHn0iezS+Qpj5jcLYCmO6G7Nmilhr8kar1DFQ=");
    CHECK(answer("secret123", {{"challenge", example}, {"salt", "salt123"}, {"iterations", 1000}, {"keylen", 32}})
              .signature == "nTpPxOjWhIA0zG+ZfIzAwJfHeHaL2iyRapOOfRTGm6M=");
    CHECK(answer("secret123", {{"challenge", example}, {"salt", "salt123"}, {"iterations", 10}, {"keylen", 100}})
              .signature == "jUs+RBHIMz1vTfav7SenCiMWs9kpao2nvusSmGJTL/I=");
}

TEST_CASE("wampcra: iterations and keylen have defaults, and a salt of null is none", "[client]")
{
    CHECK(answer("secret123", {{"challenge", example}, {"salt", "salt123"}}).signature ==
          "nTpPxOjWhIA0zG+ZfIzAwJfHeHaL2iyRapOOfRTGm6M=");
    CHECK(answer("secret123", {{"challenge", example}, {"salt", nullptr}, {"keylen", nullptr}}).signature ==
          "sInbE5rHn0iezS+Qpj5jcLYCmO6G7Nmilhr8kar1DFQ=");
}

TEST_CASE("wampcra: clients log in at the router's module", "[client]")
{
    auth::wampcra router;
    const auth::wampcra_derivation how{"rF5n0yTqzJ8xKw2c", 100, 32};
    router.add("joe", {secret("s3cr3t")}, "user");
    router.add("ann", {auth::derive_wampcra_key("password of ann", how), how}, "user");
    CHECK(log_in(client::wampcra("joe", secret("s3cr3t")), router).granted());
    CHECK_FALSE(log_in(client::wampcra("joe", secret("secret")), router).granted());
    const auto ann = client::wampcra("ann", secret("password of ann"));
    CHECK(log_in(ann, router).granted());
    CHECK(log_in(ann, router).granted());
    CHECK_FALSE(log_in(client::wampcra("ann", secret("password of joe")), router).granted());
}

TEST_CASE("wampcra: a key is derived anew when the router changes how", "[client]")
{
    const auto who = client::wampcra("peter", secret("secret123"));
    const auto login = who->begin({});
    const auto first = answer_of(*login, "wampcra", salted(10, 32)).signature;
    CHECK(answer_of(*login, "wampcra", salted(11, 32)).signature != first);
    CHECK(answer_of(*login, "wampcra", salted(10, 32)).signature == first);
    CHECK(answer_of(*login, "wampcra", salted(10, 32, "salt124")).signature != first);
}

TEST_CASE("wampcra: a router that demands too much work is refused before it is done", "[client]")
{
    CHECK(refusal(salted(10'000'001, 32)) ==
          "the router demands 10000001 iterations for a key of 32 octets, which is too much");
    for (const auto& [iterations, keylen] : {std::pair<std::int64_t, std::int64_t>{5'000'001, 33},
                                             {INT64_MAX, 1},
                                             {1'000, 257},
                                             {0, 32},
                                             {-1, 32},
                                             {1, 0}})
        CHECK_THAT(refusal(salted(iterations, keylen)), ContainsSubstring("is too much"));
    client::derivation_limits modest;
    modest.pbkdf2_iterations_max = 1'000;
    CHECK_THAT(refusal(salted(1'001, 32), modest), ContainsSubstring("is too much"));
}

TEST_CASE("wampcra: a malformed challenge is refused", "[client]")
{
    CHECK(refusal({}) == "the CHALLENGE of the router has no challenge");
    CHECK(refusal({{"challenge", 7}}) == "in the CHALLENGE of the router, challenge is of a wrong type");
    CHECK(refusal(salted(10, 32, 5)) == "in the CHALLENGE of the router, salt is of a wrong type");
    CHECK(refusal(salted("10", 32)) == "in the CHALLENGE of the router, iterations is of a wrong type");
    CHECK(refusal(salted(10, UINT64_MAX)) == "in the CHALLENGE of the router, keylen is of a wrong type");
}
