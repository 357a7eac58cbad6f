// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Progressive Call Results".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

struct streaming {
    explicit streaming(serializer format, role_features callee_features = features_without({}),
                       realm_options options = {}, const guest& caller_is = {})
        : talk(format, std::move(options)),
          callee{talk.join("callee", {.features = callee_features})},
          caller{talk.join("caller", caller_is)}
    {
        callee.says(R"([64, 1, {}, "com.myapp.compute_revenue"])");
        callee.hears(R"([65, 1, "$revenue"])");
    }

    conversation talk;
    peer& callee;
    peer& caller;
};

} // namespace

TEST_CASE("progressive results: each reaches the caller at once, the last one ends the call",
          "[conformance][progressive]")
{
    streaming s(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    s.caller.says(R"([48, 77133, {"receive_progress": true}, "com.myapp.compute_revenue", [2010, 2011]])");
    s.callee.hears(R"([68, 1, "$revenue", {"receive_progress": true}, [2010, 2011]])");
    s.callee.says(R"([70, 1, {"progress": true}, ["Y2010", 120]])");
    s.caller.hears(R"([50, 77133, {"progress": true}, ["Y2010", 120]])");
    s.callee.says(R"([70, 1, {"progress": true}])");
    s.caller.hears(R"([50, 77133, {"progress": true}])");
    s.callee.says(R"([70, 1, {}, ["Total", 490]])");
    s.caller.hears(R"([50, 77133, {}, ["Total", 490]])");
    s.callee.says(R"([70, 1, {"progress": true}, ["too late"]])");
    s.caller.hears_nothing();
    s.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("progressive results: ERROR may end the call", "[conformance][progressive]")
{
    streaming s(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    s.caller.says(R"([48, 1, {"receive_progress": true}, "com.myapp.compute_revenue"])");
    s.callee.says(R"([70, 1, {"progress": true}, [1]])");
    s.callee.says(R"([8, 68, 1, {}, "com.myapp.invalid_revenue_year", [1830]])");
    s.caller.hears(R"([50, 1, {"progress": true}, [1]])");
    s.caller.hears(R"([8, 48, 1, {}, "com.myapp.invalid_revenue_year", [1830]])");
}

TEST_CASE("progressive results: those that the caller did not ask for are dropped", "[conformance][progressive]")
{
    streaming s(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    s.caller.says(R"([48, 1, {}, "com.myapp.compute_revenue"])");
    s.callee.hears(R"([68, 1, "$revenue", {}])");
    s.callee.says(R"([70, 1, {"progress": true}, ["unasked"]])");
    s.caller.hears_nothing();
    s.callee.says(R"([70, 1, {}, ["done"]])");
    s.caller.hears(R"([50, 1, {}, ["done"]])");
}

TEST_CASE("progressive results: which callees are told that they are welcome", "[conformance][progressive]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto [gate, missing, told] = GENERATE(table<progress_gate, feature, bool>({
        {progress_gate::results_announced, feature::progressive_call_results, false},
        {progress_gate::results_announced, feature::call_canceling, true},
        {progress_gate::results_announced, feature::call_timeout, true},
        {progress_gate::strict, feature::progressive_call_results, false},
        {progress_gate::strict, feature::call_canceling, false},
        {progress_gate::strict, feature::call_timeout, true},
    }));
    realm_options options;
    options.progress = gate;
    streaming s(format, features_without({missing}), options);
    s.caller.says(R"([48, 1, {"receive_progress": true}, "com.myapp.compute_revenue"])");
    s.callee.hears(told ? R"([68, 1, "$revenue", {"receive_progress": true}])" : R"([68, 1, "$revenue", {}])");

    // A callee that sends progress all the same has it delivered, as the caller asked for it.
    s.callee.says(R"([70, 1, {"progress": true}, [1]])");
    s.caller.hears(R"([50, 1, {"progress": true}, [1]])");
}

TEST_CASE("progressive results: a caller that leaves stops the stream", "[conformance][progressive]")
{
    streaming s(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    s.caller.says(R"([48, 1, {"receive_progress": true}, "com.myapp.compute_revenue"])");
    s.callee.hears(R"([68, 1, "$revenue", {"receive_progress": true}])");
    s.callee.says(R"([70, 1, {"progress": true}, [1]])");
    s.caller.vanishes();
    s.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    s.callee.says(R"([70, 1, {"progress": true}, [2]])");
    CHECK(s.callee.is_open());
}

TEST_CASE("progressive results: a callee that leaves has the call canceled", "[conformance][progressive]")
{
    streaming s(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    s.caller.says(R"([48, 1, {"receive_progress": true}, "com.myapp.compute_revenue"])");
    s.callee.says(R"([70, 1, {"progress": true}, [1]])");
    s.caller.hears(R"([50, 1, {"progress": true}, [1]])");
    s.callee.vanishes();
    s.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
}

TEST_CASE("progressive results: one that is too large for the caller ends the call", "[conformance][progressive]")
{
    streaming s(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), features_without({}), {},
                {.message_bytes_max = 4096});
    s.caller.says(R"([48, 1, {"receive_progress": true}, "com.myapp.compute_revenue"])");
    s.callee.hears(R"([68, 1, "$revenue", {"receive_progress": true}])");
    s.callee.says(R"([70, 1, {"progress": true}, [")" + std::string(5000, 'x') + "\"]]");
    s.caller.hears_error(message_type::call, 1, "wamp.error.payload_size_exceeded");
    s.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.payload_size_exceeded"}])");
    s.callee.says(R"([70, 1, {}, []])");
    s.caller.hears_nothing();
}
