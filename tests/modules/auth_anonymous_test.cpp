// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/anonymous.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("anonymous: everybody joins with the role, under an authid drawn at random", "[auth-anonymous]")
{
    auth::anonymous guests("guest");
    const auto first = decide(guests, scripted_exchange("realm1", "admin"));
    const auto second = decide(guests, scripted_exchange("realm2"));
    REQUIRE(first.granted());
    REQUIRE(second.granted());
    CHECK(first.who().authrole == "guest");
    CHECK(first.who().authid.size() == 24);
    CHECK(first.who().authid != "admin");
    CHECK(first.who().authid != second.who().authid);
}

TEST_CASE("anonymous: a fixed authid and a single realm", "[auth-anonymous]")
{
    auth::anonymous guests("guest", "visitor", "realm1");
    CHECK(decide(guests, scripted_exchange("realm1", "admin")).who().authid == "visitor");
    const auto elsewhere = decide(guests, scripted_exchange("realm2"));
    CHECK_FALSE(elsewhere.granted());
    CHECK(elsewhere.reason() == uri_of(errc::no_such_realm));
}

TEST_CASE("anonymous: from configuration", "[auth-anonymous]")
{
    CHECK(decide(*configured(auth::register_anonymous, "anonymous", {}), scripted_exchange("realm1")).who().authrole ==
          "anonymous");
    CHECK(decide(*configured(auth::register_anonymous, "anonymous", {{"type", "static"}, {"role", "public"}}),
                 scripted_exchange("realm1"))
              .who()
              .authrole == "public");
    CHECK(decide(*configured(auth::register_anonymous, "anonymous", {{"authid", "me"}}), scripted_exchange("realm1"))
              .who()
              .authid == "me");
    CHECK_FALSE(
        decide(*configured(auth::register_anonymous, "anonymous", {{"realm", "realm1"}}), scripted_exchange("realm2"))
            .granted());
}

TEST_CASE("anonymous: options that make no sense are named", "[auth-anonymous]")
{
    const auto problem = [](const dict& options) {
        return problems_of(auth::register_anonymous, "anonymous", options);
    };
    using problems = std::vector<std::string>;
    CHECK(problem({{"type", "dynamic"}, {"authenticator", "com.a"}}) == problems{"type: must be \"static\""});
    CHECK(problem({{"role", 5}}) == problems{"role: must be a string, not an integer"});
    CHECK(problem({{"role", ""}}) == problems{"role: must not be empty"});
    CHECK(problem({{"secret", "x"}}) == problems{"secret: unknown key"});
    CHECK(problem({{"role", "public"}}).empty());
}

TEST_CASE("anonymous: names the role that it gives, and its realm", "[auth-anonymous]")
{
    using names = std::vector<std::string>;
    const auto named = [](const dict& options) { return names_in(auth::register_anonymous, "anonymous", options); };
    CHECK(named({}) == names{"role: role anonymous"});
    CHECK(named({{"role", "public"}, {"realm", "shop"}}) == names{"realm: realm shop", "role: role public in shop"});
}
