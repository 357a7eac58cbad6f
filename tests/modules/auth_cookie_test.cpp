// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/cookie.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

#include <chrono>

#include <junctor/auth/cookie_store.hpp>

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

/// A peer with a cookie on which joe has joined realm1.
scripted_exchange browser_of_joe(std::string realm)
{
    const auto now = std::chrono::system_clock::now();
    auto store = std::make_shared<cookie_store>();
    store->add("d1", now + 1h, now);
    store->log_in("d1", {"realm1", {"joe", "user", "ticket", "static", {{"team", "blue"}}}}, now);
    scripted_exchange peer(std::move(realm));
    peer.facts.cookie = std::make_shared<tracked_cookie>(tracked_cookie{"d1", store});
    return peer;
}

} // namespace

TEST_CASE("cookie: whoever has joined on the cookie joins again", "[auth-cookie]")
{
    auth::cookie known;
    auto peer = browser_of_joe("realm1");
    CHECK(known.applies_to(peer.facts, "realm1"));
    const auto decided = decide(known, std::move(peer));
    REQUIRE(decided.granted());
    CHECK(decided.who().authid == "joe");
    CHECK(decided.who().authrole == "user");
    CHECK(decided.who().authmethod == "cookie");
    CHECK(decided.who().authprovider == "static");
    CHECK(decided.who().authextra == dict{{"team", "blue"}});
}

TEST_CASE("cookie: it is good for the realm that was joined alone", "[auth-cookie]")
{
    auth::cookie known;
    auto peer = browser_of_joe("realm2");
    CHECK_FALSE(known.applies_to(peer.facts, "realm2"));
    CHECK_FALSE(decide(known, std::move(peer)).granted());
}

TEST_CASE("cookie: without a cookie, or a login on it, nobody joins", "[auth-cookie]")
{
    auth::cookie known;
    scripted_exchange peer("realm1");
    CHECK_FALSE(known.applies_to(peer.facts, "realm1"));
    peer.facts.cookie = std::make_shared<tracked_cookie>(tracked_cookie{"d1", std::make_shared<cookie_store>()});
    CHECK_FALSE(known.applies_to(peer.facts, "realm1"));
    const auto decided = decide(known, std::move(peer));
    CHECK_FALSE(decided.granted());
    CHECK(decided.reason() == uri_of(errc::authentication_denied));
}

TEST_CASE("cookie: it has no options", "[auth-cookie]")
{
    CHECK(problems_of(auth::register_cookie, "cookie", {}).empty());
    CHECK(problems_of(auth::register_cookie, "cookie", {{"type", "static"}}) ==
          std::vector<std::string>{"type: unknown key"});
}
