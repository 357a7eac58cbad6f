// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/realm.hpp>

#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("realm: its name must be a URI", "[realm]")
{
    CHECK_THROWS_AS(realm("no good", {}, 1), std::invalid_argument);
    CHECK_THROWS_AS(realm("", {}, 1), std::invalid_argument);
    CHECK(realm("com.example.shop", {}, 1).name() == "com.example.shop");
}

TEST_CASE("realm: roles exist from when they are first named", "[realm]")
{
    realm shop("com.example.shop", {}, 1);
    CHECK_FALSE(shop.has_role("guest"));
    auto& guest = shop.role("guest");
    CHECK(shop.has_role("guest"));
    for (int i = 0; i < 100; ++i)
        shop.role("role" + std::to_string(i));
    CHECK(&shop.role("guest") == &guest);
}

TEST_CASE("realm: permissions that change hold for the next request", "[realm]")
{
    conversation talk;
    auto& alice = talk.join("alice", {.authrole = "guest"});
    alice.says(R"([32, 1, {}, "com.a"])");
    alice.hears_error(message_type::subscribe, 1, "wamp.error.not_authorized");
    CHECK(talk.realm().has_role("guest") == false); // the role of a session need not exist
    talk.realm().role("staff").allow(action::subscribe, prefix("com."));
    auto& bob = talk.join("bob", {.authrole = "staff"});
    bob.says(R"([32, 1, {}, "com.a"])");
    bob.hears(R"([33, 1, "$_"])");
    talk.realm().role("staff").deny(action::subscribe, prefix("com."));
    bob.says(R"([32, 2, {}, "com.b"])");
    bob.hears_error(message_type::subscribe, 2, "wamp.error.not_authorized");
}

TEST_CASE("realm: one seed makes one course of events", "[realm]")
{
    realm first("com.a", {}, 42);
    realm second("com.a", {}, 42);
    realm other("com.a", {}, 43);
    const auto drawn = first.new_session_id();
    CHECK(drawn == second.new_session_id());
    CHECK(drawn != other.new_session_id());
}

TEST_CASE("realm: counts what it holds", "[realm]")
{
    conversation talk;
    CHECK(talk.realm().session_count() == 0);
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    CHECK(talk.realm().session_count() == 2);
    alice.says(R"([32, 1, {}, "com.a"])");
    bob.says(R"([32, 1, {}, "com.a"])");
    bob.says(R"([64, 2, {}, "com.b"])");
    alice.says(R"([48, 2, {"timeout": 5}, "com.b"])");
    CHECK(talk.realm().subscription_count() == 1);
    CHECK(talk.realm().registration_count() == 1);
    CHECK(talk.realm().pending_call_count() == 1);
    CHECK(talk.realm().next_deadline().has_value());
    bob.vanishes();
    alice.vanishes();
    CHECK(talk.realm().session_count() == 0);
    CHECK(talk.realm().subscription_count() == 0);
    CHECK(talk.realm().registration_count() == 0);
    CHECK(talk.realm().pending_call_count() == 0);
    CHECK_FALSE(talk.realm().next_deadline().has_value());
}

TEST_CASE("realm: who is not in it is neither heard nor missed", "[realm]")
{
    conversation talk;
    auto& alice = talk.join("alice");
    alice.vanishes();
    alice.says(R"([32, 1, {}, "com.a"])");
    alice.says_bytes(as_bytes("["));
    alice.vanishes();
    alice.hears_nothing();
    CHECK(alice.session().reason() == close_reason::connection_lost);
    CHECK(talk.realm().subscription_count() == 0);
}

TEST_CASE("realm: the reason of a session that ended before it left stays", "[realm]")
{
    conversation talk;
    auto& alice = talk.join("alice");
    alice.says(R"([6, {}, "wamp.close.normal"])");
    alice.vanishes();
    CHECK(alice.session().reason() == close_reason::goodbye);
}

TEST_CASE("realm: what is wrong with a message is said in ABORT and in ERROR", "[realm]")
{
    conversation talk;
    auto& alice = talk.join("alice");
    alice.says(R"([48, 1, {"timeout": "soon"}, "com.a"])");
    alice.hears(R"([8, 48, 1, {}, "wamp.error.invalid_argument",
                   ["CALL: Options.timeout: an argument or option has a wrong type or value"]])");
    alice.says(R"([32, 2, {}, "com..a"])");
    alice.hears(R"([8, 32, 2, {}, "wamp.error.invalid_uri", ["empty component"]])");
    alice.says(R"([5, "secret", {}])");
    alice.hears(
        R"([3, {"message": "AUTHENTICATE: not allowed in a joined session"}, "wamp.error.protocol_violation"])");
}

TEST_CASE("realm: a session may join again after it has left", "[realm]")
{
    realm shop("com.example.shop", {}, 1);
    recorder outlet(serializer::json);
    for (int round = 0; round < 2; ++round) {
        session alice(shop.new_session_id(), {"alice", "staff", "ticket", "static", {}}, features_without({}), outlet);
        shop.join(alice);
        CHECK(outlet.take()->starts_with("[2,"));
        CHECK(shop.session_count() == 1);
        shop.leave(alice);
        CHECK(shop.session_count() == 0);
    }
}

TEST_CASE("realm: a role that is removed lets its sessions do nothing, until it comes again", "[realm]")
{
    conversation talk;
    auto& shop = talk.realm();
    shop.role("staff").allow(action::any, prefix("com."));
    auto& alice = talk.join("alice", {.authrole = "staff"});
    auto& bob = talk.join("bob");
    bob.says(R"([64, 1, {}, "com.p"])");
    bob.hears(R"([65, 1, "$p"])");
    alice.says(R"([48, 1, {}, "com.p"])");
    bob.hears(R"([68, 1, "$p", {}])");

    shop.remove_role("staff");
    shop.remove_role("nobody has it");
    CHECK_FALSE(shop.has_role("staff"));
    alice.says(R"([48, 2, {}, "com.p"])");
    alice.hears_error(message_type::call, 2, "wamp.error.not_authorized");
    bob.says(R"([70, 1, {}])"); // What was allowed before is completed.
    alice.hears(R"([50, 1, {}])");

    shop.role("staff").allow(action::call, exact("com.p"));
    CHECK(shop.has_role("staff"));
    alice.says(R"([48, 3, {}, "com.p"])");
    bob.hears(R"([68, 2, "$p", {}])");
    alice.says(R"([32, 4, {}, "com.p"])");
    alice.hears_error(message_type::subscribe, 4, "wamp.error.not_authorized");
}

TEST_CASE("realm: permissions that are replaced hold for what was called and published often before", "[realm]")
{
    conversation talk;
    auto& staff = talk.realm().role("staff").allow(action::any, prefix("com."));
    auto& alice = talk.join("alice", {.authrole = "staff"});
    auto& bob = talk.join("bob");
    bob.says(R"([64, 1, {}, "com.p"])");
    bob.hears(R"([65, 1, "$p"])");
    bob.says(R"([32, 2, {}, "com.t"])");
    bob.hears(R"([33, 2, "$t"])");
    int request = 0;
    for (int round = 0; round < 10; ++round) {
        const auto called = std::to_string(++request);
        alice.says("[48, " + called + R"(, {}, "com.p"])");
        bob.hears("[68, " + called + R"(, "$p", {}])");
    }
    staff.replace({}, false);
    alice.says(R"([48, 11, {}, "com.p"])");
    alice.hears_error(message_type::call, 11, "wamp.error.not_authorized");
    alice.says(R"([16, 12, {"acknowledge": true}, "com.t"])");
    alice.hears_error(message_type::publish, 12, "wamp.error.not_authorized");
    staff.replace({}, true);
    alice.says(R"([48, 13, {}, "com.p"])");
    bob.hears(R"([68, 11, "$p", {}])");
}
