// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Call Timeouts".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

struct timed {
    explicit timed(serializer format, role_features callee_features = features_without({}), const char* options = "{}")
        : talk(format), callee{talk.join("callee", {.features = callee_features})}, caller{talk.join("caller")}
    {
        callee.says(std::string("[64, 1, ") + options + R"(, "com.myapp.long"])");
        callee.hears(R"([65, 1, "$long"])");
    }

    conversation talk;
    peer& callee;
    peer& caller;
};

} // namespace

TEST_CASE("timeout: the caller is answered and the callee interrupted", "[conformance][timeout]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    t.caller.says(R"([48, 1, {"timeout": 50}, "com.myapp.long"])");
    t.callee.hears(R"([68, 1, "$long", {}])");
    t.talk.wait(50ms);
    t.caller.hears(R"([8, 48, 1, {}, "wamp.error.timeout"])");
    t.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.timeout"}])");
    t.talk.on_core([](realm& core) { CHECK_FALSE(core.next_deadline().has_value()); });
    t.callee.says(R"([70, 1, {}, ["late"]])");
    t.caller.hears_nothing();
}

// On the core only: where the clock does not stand still, no millisecond can be told from the next.
TEST_CASE("timeout: no call ends before its time", "[conformance][timeout][core]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    t.caller.says(R"([48, 1, {"timeout": 1000}, "com.myapp.long"])");
    CHECK(t.talk.realm().next_deadline() == t.talk.now() + 1000ms);
    t.talk.wait(999ms);
    t.caller.hears_nothing();
    t.talk.wait(1ms);
    t.caller.hears(R"([8, 48, 1, {}, "wamp.error.timeout"])");
}

TEST_CASE("timeout: a callee that does not understand it is not interrupted", "[conformance][timeout]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor),
            features_without({feature::call_canceling}));
    t.caller.says(R"([48, 1, {"timeout": 50}, "com.myapp.long"])");
    t.callee.hears(R"([68, 1, "$long", {}])");
    t.talk.wait(100ms);
    t.caller.hears(R"([8, 48, 1, {}, "wamp.error.timeout"])");
    t.callee.hears_nothing();
}

TEST_CASE("timeout: an answer in time stops the clock, and zero never starts it", "[conformance][timeout]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    t.caller.says(R"([48, 1, {"timeout": 500}, "com.myapp.long"])");
    t.caller.says(R"([48, 2, {"timeout": 0}, "com.myapp.long"])");
    t.callee.hears(R"([68, 1, "$long", {}])");
    t.callee.says(R"([70, 1, {}])");
    t.caller.hears(R"([50, 1, {}])");
    t.talk.on_core([](realm& core) { CHECK_FALSE(core.next_deadline().has_value()); });
    t.talk.wait(550ms);
    t.caller.hears_nothing();
}

TEST_CASE("timeout: deadlines come in the order of time, not of calls", "[conformance][timeout]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    t.caller.says(R"([48, 1, {"timeout": 300}, "com.myapp.long"])");
    t.caller.says(R"([48, 2, {"timeout": 100}, "com.myapp.long"])");
    t.caller.says(R"([48, 3, {"timeout": 9223372036854775807}, "com.myapp.long"])");
    t.caller.says(R"([48, 4, {"timeout": 200}, "com.myapp.long"])");
    for (const auto* const request : {"2", "4", "1"}) {
        t.talk.wait(100ms);
        t.caller.hears("[8, 48, " + std::string(request) + R"(, {}, "wamp.error.timeout"])");
        t.talk.on_core([&](realm&) { t.caller.hears_nothing(); });
    }
    t.caller.hears_nothing();
}

TEST_CASE("timeout: a progressive result starts the clock anew", "[conformance][timeout]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    t.caller.says(R"([48, 1, {"timeout": 1000, "receive_progress": true}, "com.myapp.long"])");
    for (int i = 0; i < 3; ++i) {
        t.talk.wait(400ms);
        t.callee.says(R"([70, 1, {"progress": true}])");
        t.caller.hears(R"([50, 1, {"progress": true}])");
    }
    t.talk.wait(1000ms);
    t.caller.hears(R"([8, 48, 1, {}, "wamp.error.timeout"])");
}

TEST_CASE("timeout: a callee that wants to keep time itself is given it", "[conformance][timeout]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), features_without({}),
            R"({"forward_timeout": true})");
    t.caller.says(R"([48, 1, {"timeout": 50}, "com.myapp.long"])");
    t.callee.hears(R"([68, 1, "$long", {"timeout": 50}])");
    t.talk.wait(150ms);
    t.caller.hears_nothing();
    t.callee.says(R"([8, 68, 1, {}, "wamp.error.timeout"])");
    t.caller.hears(R"([8, 48, 1, {}, "wamp.error.timeout"])");
}

TEST_CASE("timeout: a callee that cannot keep time is not trusted with it", "[conformance][timeout]")
{
    timed t(GENERATE(serializer::json, serializer::msgpack, serializer::cbor),
            features_without({feature::call_timeout}), R"({"forward_timeout": true})");
    t.caller.says(R"([48, 1, {"timeout": 50}, "com.myapp.long"])");
    t.callee.hears(R"([68, 1, "$long", {}])");
    t.talk.wait(50ms);
    t.caller.hears(R"([8, 48, 1, {}, "wamp.error.timeout"])");
}

TEST_CASE("timeout: a realm may count seconds, as clients in use do", "[conformance][timeout]")
{
    realm_options options;
    options.call_timeout_unit = std::chrono::seconds(1);
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), options);
    auto& caller = talk.join("caller");
    auto& callee = talk.join("callee");
    callee.says(R"([64, 1, {}, "com.myapp.slow"])");
    callee.hears(R"([65, 1, "$slow"])");
    caller.says(R"([48, 1, {"timeout": 1}, "com.myapp.slow"])");
    callee.hears(R"([68, 1, "$slow", {}])");
    caller.says(R"([48, 2, {"timeout": 9007199254740992}, "com.myapp.slow"])"); // longer than anybody lives
    callee.hears(R"([68, 2, "$slow", {}])");
    talk.wait(50ms); // where one millisecond is long over
    caller.hears_nothing();
    talk.wait(950ms);
    caller.hears_error(message_type::call, 1, "wamp.error.timeout");
    talk.on_core([&](realm&) { talk.wait(24h); });
    caller.hears_nothing();
}
