// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Call Canceling".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// A call whose callee has it in hand.
struct waiting_call {
    explicit waiting_call(serializer format, role_features callee_features = features_without({}))
        : talk(format), callee{talk.join("callee", {.features = callee_features})}, caller{talk.join("caller")}
    {
        callee.says(R"([64, 1, {}, "com.myapp.long"])");
        callee.hears(R"([65, 1, "$long"])");
        caller.says(R"([48, 1, {}, "com.myapp.long"])");
        callee.hears(R"([68, 1, "$long", {}])");
    }

    conversation talk;
    peer& callee;
    peer& caller;
};

} // namespace

TEST_CASE("cancel: skip answers the caller and leaves the callee alone", "[conformance][cancel]")
{
    waiting_call w(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    w.caller.says(R"([49, 1, {"mode": "skip"}])");
    w.caller.hears(R"([8, 48, 1, {}, "wamp.error.canceled"])");
    w.callee.hears_nothing();
    w.callee.says(R"([70, 1, {}, ["late"]])");
    w.caller.hears_nothing();
    w.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("cancel: killnowait, the default, answers the caller and interrupts the callee", "[conformance][cancel]")
{
    waiting_call w(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    const std::string options = GENERATE(as<std::string>(), "{}", R"({"mode": "killnowait"})");
    w.caller.says("[49, 1, " + options + "]");
    w.caller.hears(R"([8, 48, 1, {}, "wamp.error.canceled"])");
    w.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    w.callee.says(R"([8, 68, 1, {}, "wamp.error.canceled"])");
    w.caller.hears_nothing();
}

TEST_CASE("cancel: kill waits for the callee's ERROR or RESULT", "[conformance][cancel]")
{
    waiting_call w(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    w.caller.says(R"([49, 1, {"mode": "kill"}])");
    w.callee.hears(R"([69, 1, {"mode": "kill", "reason": "wamp.error.canceled"}])");
    w.caller.hears_nothing();

    SECTION("ERROR")
    {
        w.callee.says(R"([8, 68, 1, {}, "wamp.error.canceled", ["stopped"]])");
        w.caller.hears(R"([8, 48, 1, {}, "wamp.error.canceled", ["stopped"]])");
    }
    SECTION("RESULT")
    {
        w.callee.says(R"([70, 1, {}, ["was done"]])");
        w.caller.hears(R"([50, 1, {}, ["was done"]])");
    }
    SECTION("the callee leaves")
    {
        w.callee.vanishes();
        w.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    }
    SECTION("another CANCEL is ignored")
    {
        w.caller.says(R"([49, 1, {"mode": "skip"}])");
        w.caller.says(R"([49, 1, {"mode": "kill"}])");
        w.caller.hears_nothing();
        w.callee.hears_nothing();
        w.callee.says(R"([70, 1, {}])");
        w.caller.hears(R"([50, 1, {}])");
    }
    w.caller.hears_nothing();
}

TEST_CASE("cancel: any mode is skip for a callee that does not understand it", "[conformance][cancel]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const std::string mode = GENERATE(as<std::string>(), "skip", "kill", "killnowait");
    waiting_call w(format, features_without({feature::call_canceling}));
    w.caller.says(R"([49, 1, {"mode": ")" + mode + "\"}]");
    w.caller.hears(R"([8, 48, 1, {}, "wamp.error.canceled"])");
    w.callee.hears_nothing();
    w.callee.says(R"([70, 1, {}])");
    w.caller.hears_nothing();
}

TEST_CASE("cancel: calls that do not wait cannot be canceled", "[conformance][cancel]")
{
    waiting_call w(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& other = w.talk.join("other");
    other.says(R"([49, 1, {}])"); // somebody else's call
    w.caller.says(R"([49, 99, {}])");
    w.callee.says(R"([70, 1, {}])");
    w.caller.hears(R"([50, 1, {}])");
    w.caller.says(R"([49, 1, {}])");
    w.caller.hears_nothing();
    w.callee.hears_nothing();
    other.hears_nothing();
}

TEST_CASE("cancel: a mode that is none is answered, and the call goes on", "[conformance][cancel]")
{
    waiting_call w(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    w.caller.says(R"([49, 1, {"mode": "gently"}])");
    w.caller.hears_error(message_type::cancel, 1, "wamp.error.invalid_argument");
    w.callee.hears_nothing();
    w.callee.says(R"([70, 1, {}])");
    w.caller.hears(R"([50, 1, {}])");
}

TEST_CASE("cancel: Autobahn for JavaScript hears no more of a call that it has forgotten", "[conformance][cancel]")
{
    realm_options options;
    options.respected.autobahn_js_forgets_canceled_calls = true;
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), options);
    guest autobahn;
    autobahn.features = {};
    autobahn.features.add(session_role::publisher, feature::publisher_identification);
    for (const auto f : {feature::caller_identification, feature::call_canceling, feature::progressive_call_results})
        autobahn.features.add(session_role::caller, f);
    for (const auto f :
         {feature::caller_identification, feature::pattern_based_registration, feature::shared_registration,
          feature::progressive_call_results, feature::registration_revocation})
        autobahn.features.add(session_role::callee, f);
    auto& forgetful = talk.join("forgetful", autobahn);
    auto& other = talk.join("other");
    auto& callee = talk.join("callee");
    callee.says(R"([64, 1, {}, "com.myapp.slow"])");
    callee.hears(R"([65, 1, "$slow"])");
    int invocations = 0;
    const auto calls_and_cancels = [&](peer& caller, int request, const std::string& mode) {
        caller.says("[48, " + std::to_string(request) + R"(, {}, "com.myapp.slow"])");
        callee.hears("[68, " + std::to_string(++invocations) + R"(, "$slow", {}])");
        caller.says("[49, " + std::to_string(request) + ", {\"mode\": \"" + mode + "\"}]");
    };
    calls_and_cancels(forgetful, 1, "skip");
    calls_and_cancels(forgetful, 2, "killnowait");
    callee.hears(R"([69, 2, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    forgetful.hears_nothing();
    talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
    callee.says(R"([70, 1, {}, ["late"]])");
    forgetful.hears_nothing();

    calls_and_cancels(forgetful, 3, "kill"); // of which it wants to know the end
    callee.hears(R"([69, 3, {"mode": "kill", "reason": "wamp.error.canceled"}])");
    callee.says(R"([8, 68, 3, {}, "wamp.error.canceled"])");
    forgetful.hears(R"([8, 48, 3, {}, "wamp.error.canceled"])");
    calls_and_cancels(other, 1, "skip");
    other.hears_error(message_type::call, 1, "wamp.error.canceled");
}
