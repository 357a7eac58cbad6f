// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Call Trust Levels" and "Publication Trust Levels".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// Somebody in a role that has a rule with a trust level, and somebody to whom it is told.
struct pair {
    pair() : talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor))
    {
        permission_rule rule;
        rule.pattern = prefix("com.myapp.");
        rule.allowed.add(action::any);
        rule.trust_level = GENERATE(0, 2, 2147483647);
        level = std::to_string(rule.trust_level);
        talk.role("known").allow(action::any, prefix("")).set(rule);
    }

    conversation talk;
    std::string level;
};

} // namespace

TEST_CASE("trust levels: a callee is told that of a call", "[conformance][trust]")
{
    pair p;
    guest known;
    known.authrole = "known";
    auto& caller = p.talk.join("caller", known);
    auto& other = p.talk.join("other");
    auto& callee = p.talk.join("callee");
    callee.says(R"([64, 1, {}, "com.myapp.work"])");
    callee.hears(R"([65, 1, "$work"])");
    callee.says(R"([64, 2, {}, "com.other.work"])");
    callee.hears(R"([65, 2, "$elsewhere"])");

    caller.says(R"([48, 1, {}, "com.myapp.work"])");
    callee.hears(R"([68, 1, "$work", {"trustlevel": )" + p.level + "}]");
    caller.says(R"([48, 2, {"disclose_me": true}, "com.myapp.work"])");
    callee.hears(R"([68, 2, "$work", {"caller": "$caller", "caller_authid": "caller", "caller_authrole": "known",
                   "trustlevel": )" +
                 p.level + "}]");
    caller.says(R"([48, 3, {}, "com.other.work"])");
    callee.hears(R"([68, 3, "$elsewhere", {}])");
    other.says(R"([48, 1, {}, "com.myapp.work"])");
    callee.hears(R"([68, 4, "$work", {}])");
}

TEST_CASE("trust levels: subscribers are told that of an event", "[conformance][trust]")
{
    pair p;
    guest known;
    known.authrole = "known";
    auto& publisher = p.talk.join("publisher", known);
    auto& other = p.talk.join("other");
    auto& fan = p.talk.join("fan");
    fan.says(R"([32, 1, {}, "com.myapp.news"])");
    fan.hears(R"([33, 1, "$news"])");
    publisher.says(R"([16, 1, {}, "com.myapp.news", [1]])");
    fan.hears(R"([36, "$news", "$_", {"trustlevel": )" + p.level + "}, [1]]");
    other.says(R"([16, 1, {}, "com.myapp.news", [2]])");
    fan.hears(R"([36, "$news", "$_", {}, [2]])");
    publisher.says(R"([16, 2, {}, "com.myapp.news", [3]])");
    fan.hears(R"([36, "$news", "$_", {"trustlevel": )" + p.level + "}, [3]]");
}
