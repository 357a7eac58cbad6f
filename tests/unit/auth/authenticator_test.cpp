// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/authenticator.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("verdict: a grant carries the identity", "[auth]")
{
    const auto granted = verdict::grant("ann", "staff");
    CHECK(granted.granted());
    CHECK(granted.who().authid == "ann");
    CHECK(granted.who().authrole == "staff");
    CHECK(granted.who().authmethod.empty());
}

TEST_CASE("verdict: a denial has a text, its reason's own if none is given", "[auth]")
{
    const auto denied = verdict::deny(errc::authentication_denied);
    CHECK_FALSE(denied.granted());
    CHECK(denied.reason() == "wamp.error.authentication_denied");
    CHECK(denied.message() == text_of(errc::authentication_denied));
    CHECK(verdict::deny(errc::no_such_realm, "not here").message() == "not here");
}

TEST_CASE("verdict: a denial may have a URI of its own, and a detail for the log", "[auth]")
{
    const auto denied = verdict::deny("com.example.locked", "come back tomorrow").because("five failures");
    CHECK(denied.reason() == "com.example.locked");
    CHECK(denied.message() == "come back tomorrow");
    CHECK(denied.detail() == "five failures");
}
