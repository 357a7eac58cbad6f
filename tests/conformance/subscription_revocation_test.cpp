// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Subscription Revocation".
#include <junctor/realm/welcome.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

serializer any_format()
{
    return GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
}

/// Somebody who may take subscriptions from others.
struct moderator {
    explicit moderator(conversation& talk) : who{talk.join("moderator")} {}

    void takes_from(const std::string& name, const std::string& more = "")
    {
        who.says(remove + ("$topic\", \"$" + name + "\"]" + more + "]"));
        who.hears("[50, 1, {}]");
    }

    void cannot_take_from(const std::string& name)
    {
        who.says(remove + ("$topic\", \"$" + name + "\"]]"));
        who.hears_error(message_type::call, 1, "wamp.error.no_such_session");
    }

    const std::string remove{R"([48, 1, {}, "wamp.subscription.remove_subscriber", [")"};

    peer& who;
};

constexpr auto unauthorized = R"(, {"reason": "no longer authorized"})";

} // namespace

TEST_CASE("subscription revocation: a subscriber is told, and gets no event any more", "[conformance][revocation]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    moderator revoked(talk);
    for (auto* const each : {&alice, &bob}) {
        each->says(R"([32, 1, {}, "com.myapp.topic"])");
        each->hears(R"([33, 1, "$topic"])");
    }
    publisher.says(R"([16, 1, {}, "com.myapp.topic", [1]])"); // may be held back
    revoked.takes_from("alice", unauthorized);
    publisher.says(R"([16, 2, {}, "com.myapp.topic", [2]])");

    alice.hears(R"([36, "$topic", "$_", {}, [1]])");
    alice.hears(R"([35, 0, {"subscription": "$topic", "reason": "no longer authorized"}])");
    alice.hears_nothing();
    bob.hears(R"([36, "$topic", "$_", {}, [1]])");
    bob.hears(R"([36, "$topic", "$_", {}, [2]])");
    alice.says(R"([34, 2, "$topic"])");
    alice.hears_error(message_type::unsubscribe, 2, "wamp.error.no_such_subscription");
    revoked.cannot_take_from("alice");
    alice.hears_nothing();

    // It may subscribe anew.
    alice.says(R"([32, 3, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 3, "$topic"])");
    publisher.says(R"([16, 3, {}, "com.myapp.topic", [3]])");
    alice.hears(R"([36, "$topic", "$_", {}, [3]])");
}

TEST_CASE("subscription revocation: a reason may be missing, and the last subscriber ends the subscription",
          "[conformance][revocation]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {"match": "prefix"}, "com.myapp"])");
    alice.hears(R"([33, 1, "$topic"])");
    publisher.says(R"([16, 1, {}, "com.myapp.topic", [1]])");
    moderator(talk).takes_from("alice");
    alice.hears(R"([36, "$topic", "$_", {"topic": "com.myapp.topic"}, [1]])");
    alice.hears(R"([35, 0, {"subscription": "$topic"}])");
    CHECK(talk.subscription_count() == 0);
    publisher.says(R"([16, 2, {}, "com.myapp.topic", [2]])");
    alice.hears_nothing();
}

TEST_CASE("subscription revocation: who did not announce it is not told", "[conformance][revocation]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& alice = talk.join("alice", {.features = features_without({feature::subscription_revocation})});
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$topic"])");
    moderator(talk).takes_from("alice", unauthorized);
    publisher.says(R"([16, 1, {}, "com.myapp.topic", [1]])");
    alice.hears_nothing();
    CHECK(talk.subscription_count() == 0);
}

TEST_CASE("subscription revocation: only what a session has can be revoked", "[conformance][revocation]")
{
    conversation talk(any_format());
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$topic"])");
    moderator refused(talk);
    refused.cannot_take_from("bob"); // it is not its own
    refused.who.says(R"([48, 1, {}, "wamp.subscription.remove_subscriber", [4711, "$alice"]])");
    refused.who.hears_error(message_type::call, 1, "wamp.error.no_such_subscription");
    bob.vanishes();
    refused.cannot_take_from("bob");
    alice.hears_nothing();
    CHECK(talk.subscription_count() == 1);
}

// On the core only: it is an embedding program that calls this.
TEST_CASE("subscription revocation: the program of the router removes a subscriber", "[conformance][revocation][core]")
{
    conversation talk(any_format());
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$topic"])");
    const subscription_id topic(static_cast<std::uint64_t>(talk.number("$topic")));
    CHECK_FALSE(talk.realm().revoke_subscription(alice.session(), subscription_id(4711), "unknown"));
    CHECK(talk.realm().revoke_subscription(alice.session(), topic, "no longer authorized"));
    alice.hears(R"([35, 0, {"subscription": "$topic", "reason": "no longer authorized"}])");
    CHECK_FALSE(talk.realm().revoke_subscription(alice.session(), topic, "again"));
    alice.vanishes();
    CHECK_FALSE(talk.realm().revoke_subscription(alice.session(), topic, "gone"));
}

TEST_CASE("subscription revocation: the broker announces it", "[conformance][revocation]")
{
    CHECK(router_features().has(session_role::broker, feature::subscription_revocation));
}

TEST_CASE("subscription revocation: a subscriber is removed through the meta API", "[conformance][revocation]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& fan = talk.join("fan");
    auto& other = talk.join("other");
    fan.says(R"([32, 1, {}, "com.myapp.news"])");
    fan.hears(R"([33, 1, "$news"])");
    other.says(R"([32, 1, {}, "wamp.subscription.on_unsubscribe"])");
    other.hears(R"([33, 1, "$ends"])");
    const std::string remove = R"(, {}, "wamp.subscription.remove_subscriber", ["$news", ")";
    other.says("[48, 2" + remove + R"($other"]])");
    other.hears(R"([8, 48, 2, {}, "wamp.error.no_such_session", ["the session does not have the subscription"]])");
    other.says("[48, 3" + remove + R"($fan"]])");
    fan.hears(R"([35, 0, {"subscription": "$news"}])");
    other.hears(R"([36, "$ends", "$_", {}, ["$fan", "$news"]])");
    other.hears("[50, 3, {}]");
}
