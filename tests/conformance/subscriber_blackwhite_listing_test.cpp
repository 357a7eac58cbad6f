// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Subscriber Black- and Whitelisting".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("black- and whitelists: all that are given must agree", "[conformance][lists]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    // The subscribers are ann and bob of the role "left", and cat of the role "right".
    const auto [options, ann_hears, bob_hears, cat_hears] = GENERATE(table<std::string, bool, bool, bool>({
        {R"({})", true, true, true},
        {R"({"exclude": ["$ann"]})", false, true, true},
        {R"({"exclude": ["$ann", "$cat", 5]})", false, true, false},
        {R"({"exclude": []})", true, true, true},
        {R"({"exclude_authid": ["bob", "nobody"]})", true, false, true},
        {R"({"exclude_authrole": ["left"]})", false, false, true},
        {R"({"eligible": ["$ann", "$bob"]})", true, true, false},
        {R"({"eligible": []})", false, false, false},
        {R"({"eligible_authid": ["cat"]})", false, false, true},
        {R"({"eligible_authid": []})", false, false, false},
        {R"({"eligible_authrole": ["left"]})", true, true, false},
        {R"({"eligible_authrole": []})", false, false, false},
        {R"({"eligible": ["$ann", "$bob", "$cat"], "exclude": ["$bob"]})", true, false, true},
        {R"({"eligible_authrole": ["left"], "eligible": ["$ann", "$cat"]})", true, false, false},
        {R"({"eligible_authrole": ["left"], "exclude_authid": ["ann"]})", false, true, false},
        {R"({"eligible_authid": ["ann", "bob", "cat"], "exclude_authrole": ["right"], "exclude": ["$ann"]})", false,
         true, false},
    }));
    CAPTURE(options);
    conversation talk(format);
    for (const auto* const role : {"left", "right"})
        talk.role(role).allow(action::any, prefix(""));
    auto& ann = talk.join("ann", {.authrole = "left"});
    auto& bob = talk.join("bob", {.authrole = "left"});
    auto& cat = talk.join("cat", {.authrole = "right"});
    auto& publisher = talk.join("publisher");
    for (auto* const each : {&ann, &bob, &cat}) {
        each->says(R"([32, 1, {}, "com.myapp.topic"])");
        each->hears(R"([33, 1, "$topic"])");
    }
    publisher.says("[16, 1, " + options + R"(, "com.myapp.topic"])");
    CHECK(ann.has_message() == ann_hears);
    CHECK(bob.has_message() == bob_hears);
    CHECK(cat.has_message() == cat_hears);
}

TEST_CASE("black- and whitelists: the publisher stays excluded, even if it lists itself", "[conformance][lists]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$topic"])");
    alice.says(R"([16, 2, {"eligible": ["$alice"]}, "com.myapp.topic"])");
    alice.hears_nothing();
    alice.says(R"([16, 3, {"eligible": ["$alice"], "exclude_me": false}, "com.myapp.topic"])");
    alice.hears(R"([36, "$topic", "$_", {}])");
}
