// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Basic profile, "Sessions".
#include <junctor/realm/welcome.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("sessions: WELCOME names the session, its identity and the router's roles", "[conformance][sessions]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    talk.join("alice", {.authrole = "staff"});
    CHECK(session_id(static_cast<std::uint64_t>(talk.number("$alice"))).valid());
    const auto& details = *talk.bound("$alice_welcome").get_if<dict>();
    CHECK(*details.find("realm") == value(talk.realm_name()));
    CHECK(*details.find("authid") == value("alice"));
    CHECK(*details.find("authrole") == value("staff"));
    CHECK(*details.find("authmethod") == value("ticket"));
    CHECK(*details.find("authprovider") == value("static"));
    CHECK(details.find("agent")->get_if<std::string>()->starts_with("Junctor"));
    CHECK(details.find("roles")->get_if<dict>()->size() == 2);
}

// On the core only: who shows a ticket has no extra.
TEST_CASE("sessions: WELCOME brings what the authenticator gives to the session", "[conformance][sessions][core]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    realm shop("com.example.shop", {}, 7);
    recorder outlet(format);
    session alice(shop.new_session_id(), {"alice", "staff", "ticket", "static", {{"x_team", 3}}}, features_without({}),
                  outlet);
    shop.join(alice);

    const auto welcome = read_value({format, as_bytes(*outlet.take())}).value();
    const auto& elements = *welcome.get_if<list>();
    REQUIRE(elements.size() == 3);
    CHECK(elements[0] == value(2));
    CHECK(elements[1] == value(alice.id().number()));
    CHECK(*elements[2].get_if<dict>()->find("authextra") == value(dict{{"x_team", 3}}));
    shop.leave(alice);
}

TEST_CASE("sessions: WELCOME announces features as true and nothing else", "[conformance][sessions]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    talk.join("alice");
    const auto& details = *talk.bound("$alice_welcome").get_if<dict>();
    for (const auto* const role : {"broker", "dealer"}) {
        const auto& features = *details.find("roles")->get_if<dict>()->find(role)->get_if<dict>()->find("features");
        REQUIRE_FALSE(features.get_if<dict>()->empty());
        for (const auto& [name, announced] : *features.get_if<dict>()) {
            CAPTURE(name);
            CHECK(announced == value(true));
            CHECK(router_features().has(*parse_session_role(role), *parse_feature(name)));
        }
    }
    CHECK_FALSE(router_features().has(session_role::broker, feature::topic_reflection));
    CHECK_FALSE(router_features().has(session_role::dealer, feature::procedure_reflection));
}

TEST_CASE("sessions: GOODBYE is answered once, and closes", "[conformance][sessions]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([6, {"message": "bye"}, "wamp.close.close_realm"])");
    alice.hears(R"([6, {}, "wamp.close.goodbye_and_out"])");
    alice.has_left(close_reason::goodbye);

    talk.on_core([&](realm&) { // elsewhere the connection may carry another session, which does not begin like this
        alice.says(R"([48, 1, {}, "com.myapp.late"])");
        alice.hears_nothing();
    });
}

TEST_CASE("sessions: the router's GOODBYE names the reason", "[conformance][sessions]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    const auto [reason, uri] = GENERATE(table<close_reason, std::string>({
        {close_reason::system_shutdown, "wamp.close.system_shutdown"},
        {close_reason::realm_closed, "wamp.close.close_realm"},
    }));
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    talk.closes(reason);
    for (auto* const each : {&alice, &bob}) {
        each->hears("[6, {}, \"" + uri + "\"]");
        each->has_left(reason);
        each->says(R"([6, {}, "wamp.close.goodbye_and_out"])"); // a reply is not replied to
        each->hears_nothing();
    }
}

TEST_CASE("sessions: ABORT from the client ends the session without a reply", "[conformance][sessions]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([3, {}, "com.myapp.error.broken"])");
    alice.hears_nothing();
    alice.has_left(close_reason::aborted_by_peer);
}

TEST_CASE("sessions: a lost connection takes subscriptions and registrations with it", "[conformance][sessions]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$topic"])");
    alice.says(R"([64, 2, {}, "com.myapp.add2"])");
    alice.hears(R"([65, 2, "$add2"])");

    alice.vanishes();
    CHECK(talk.subscription_count() == 0);
    CHECK(talk.registration_count() == 0);
    alice.has_left(close_reason::connection_lost);
    bob.says(R"([16, 1, {}, "com.myapp.topic", [1]])");
    bob.says(R"([48, 2, {}, "com.myapp.add2", [2, 3]])");
    bob.hears_error(message_type::call, 2, "wamp.error.no_such_procedure");
    bob.says(R"([64, 3, {}, "com.myapp.add2"])");
    bob.hears(R"([65, 3, "$_"])");
    alice.hears_nothing();
}

// On the core only: elsewhere nobody takes part in a conversation who has not got WELCOME.
TEST_CASE("sessions: a peer that cannot take WELCOME is told so", "[conformance][sessions][core]")
{
    realm shop("com.example.shop", {}, 7);
    recorder outlet(serializer::json);
    outlet.accept_at_most(512);
    session alice(shop.new_session_id(), {"alice", "staff", "ticket", "static", {}}, features_without({}), outlet);
    shop.join(alice);
    CHECK(alice.reason() == close_reason::handshake_failed);
    CHECK(outlet.take()->find("wamp.error.payload_size_exceeded") != std::string::npos);
    shop.leave(alice);
}
