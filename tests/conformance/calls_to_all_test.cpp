// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Sharded Registration": calls to all callees.
#include <string>

#include "shards.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

TEST_CASE("sharded registration: a call to all brings the results of all, the last of them as the final one",
          "[conformance][sharding]")
{
    shards s;
    s.call_all();
    s.answers(1, R"([70, #, {}, ["second"]])");
    s.caller.hears(R"([50, 1, {"progress": true}, ["second"]])");
    s.answers(0, R"([70, #, {"progress": true}, ["half"]])"); // a callee may have more than one
    s.caller.hears(R"([50, 1, {"progress": true}, ["half"]])");
    s.answers(2, R"([70, #, {"_mark": 1}])");
    s.caller.hears(R"([50, 1, {"progress": true, "_mark": 1}])");
    s.answers(0, R"([70, #, {"progress": true}, ["nearly"]])");
    s.caller.hears(R"([50, 1, {"progress": true}, ["nearly"]])");
    s.answers(0, R"([70, #, {}, ["whole"], {"k": 1}])");
    s.caller.hears(R"([50, 1, {}, ["whole"], {"k": 1}])");
    s.has_ended();
    s.call_all();
}

TEST_CASE("sharded registration: a call to all is refused before anybody is invoked", "[conformance][sharding]")
{
    shards s;
    s.is_refused(R"({"runmode": "all"})", "wamp.error.invalid_argument");
    s.is_refused(R"({"runmode": "all", "receive_progress": true, "progress": true})",
                 "wamp.error.feature_not_supported");
    s.call(R"({"runmode": "all", "receive_progress": true})"); // a new one, that has not begun in parts
    s.caller.hears_nothing();
}

TEST_CASE("sharded registration: the first error ends a call to all, and interrupts the other callees",
          "[conformance][sharding]")
{
    shards s(2);
    s.add(without(feature::call_canceling));
    s.call_all();
    s.answers(0, R"([70, #, {"progress": true}, [1]])");
    s.caller.hears(R"([50, 1, {"progress": true}, [1]])");
    const auto uri = GENERATE(R"("com.myapp.error")", R"("wamp.error.unavailable")"); // which is no way to decline
    s.answers(1, R"([8, 68, #, {"_mark": 1}, )" + std::string(uri) + R"(, ["no"]])");
    s.caller.hears(R"([8, 48, 1, {"_mark": 1}, )" + std::string(uri) + R"(, ["no"]])");
    s.is_interrupted(0);
    s.callees[2]->hears_nothing();
    s.has_ended();
}

TEST_CASE("sharded registration: a call to all is canceled as any other", "[conformance][sharding]")
{
    shards s;
    s.call_all();
    s.answers(2, "[70, #, {}]");
    s.caller.hears(R"([50, 1, {"progress": true}])");
    SECTION("the callees are left alone")
    {
        s.caller.says(R"([49, 1, {"mode": "skip"}])");
    }
    SECTION("those who have not answered are interrupted")
    {
        s.caller.says(R"([49, 1, {}])");
        s.is_interrupted(0);
        s.is_interrupted(1);
    }
    s.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    s.has_ended();
}

TEST_CASE("sharded registration: if a call to all is killed, the callees answer", "[conformance][sharding]")
{
    shards s;
    s.call_all();
    s.caller.says(R"([49, 1, {"mode": "kill"}])");
    s.caller.says(R"([49, 1, {"mode": "killnowait"}])"); // only the first counts
    for (std::size_t who = 0; who != 3; ++who)
        s.is_interrupted(who, R"({"mode": "kill", "reason": "wamp.error.canceled"})");
    s.caller.hears_nothing();
    s.answers(0, R"([70, #, {}, ["done"]])");
    s.caller.hears(R"([50, 1, {"progress": true}, ["done"]])");
    s.answers(2, R"([8, 68, #, {}, "wamp.error.canceled"])");
    s.caller.hears(R"([8, 48, 1, {}, "wamp.error.canceled"])");
    s.has_ended(); // and nobody was interrupted twice
}

TEST_CASE("sharded registration: a call to all is not killed if a callee takes no INTERRUPT", "[conformance][sharding]")
{
    shards s(2);
    s.add(without(feature::call_canceling));
    s.call_all();
    s.caller.says(R"([49, 1, {"mode": "kill"}])");
    s.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    s.is_interrupted(0);
    s.is_interrupted(1);
    s.has_ended();
}

TEST_CASE("sharded registration: a call to all ends when one of its callees leaves", "[conformance][sharding]")
{
    shards s;
    s.call_all();
    s.callees[1]->vanishes();
    s.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    s.is_interrupted(0);
    s.is_interrupted(2);
    s.callees.erase(s.callees.begin() + 1);
    s.invocations.erase(s.invocations.begin() + 1);
    s.has_ended();
}

TEST_CASE("sharded registration: if its caller leaves, nobody works on a call to all any more",
          "[conformance][sharding]")
{
    shards s;
    s.call_all();
    s.answers(0, "[70, #, {}]");
    s.caller.hears(R"([50, 1, {"progress": true}])");
    s.caller.vanishes();
    s.is_interrupted(1);
    s.is_interrupted(2);
    s.callees[0]->hears_nothing();
    s.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("sharded registration: a caller may be one of the callees", "[conformance][sharding]")
{
    shards s;
    auto& both = *s.callees[1];
    both.says(R"([48, 2, {"runmode": "all", "receive_progress": true}, "com.myapp.work"])");
    for (auto* const each : s.callees)
        each->hears(R"([68, 1, "$work", {"receive_progress": true}])");
    SECTION("it answers itself")
    {
        for (auto* const each : s.callees)
            each->says("[70, 1, {}]");
        both.hears(R"([50, 2, {"progress": true}])");
        both.hears(R"([50, 2, {"progress": true}])");
        both.hears("[50, 2, {}]");
    }
    SECTION("it leaves")
    {
        both.vanishes();
        for (const std::size_t who : {0u, 2u})
            s.callees[who]->hears(R"([69, 1, )" + std::string(interrupt_canceled) + "]");
    }
    s.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("sharded registration: who gives the registration up still answers a call to all", "[conformance][sharding]")
{
    shards s(2);
    s.call_all();
    for (auto* const each : s.callees) {
        each->says(R"([66, 2, "$work"])");
        each->hears("[67, 2]");
    }
    s.answers(1, "[70, #, {}, [1]]");
    s.caller.hears(R"([50, 1, {"progress": true}, [1]])");
    s.answers(0, "[70, #, {}, [0]]");
    s.caller.hears("[50, 1, {}, [0]]");
    s.has_ended();
}

TEST_CASE("sharded registration: a call to all needs every callee to have time", "[conformance][sharding]")
{
    realm_options options;
    options.call_queues = {{exact("com.myapp.work"), 10, std::size_t{64} << 10}};
    shards s(2, R"(, "concurrency": 1)", options);
    s.call("{}");
    REQUIRE(s.reached() == 0);
    s.is_refused(R"({"runmode": "all", "receive_progress": true})", busy); // it does not wait
    s.answers(0, "[70, #, {}]");
    s.caller.hears("[50, 1, {}]");
    s.call_all();
    const auto all = s.requests;
    s.call("{}"); // this one waits
    s.caller.hears_nothing();
    SECTION("whoever has answered is free")
    {
        s.answers(1, "[70, #, {}]");
        s.caller.hears(with(all, R"([50, #, {"progress": true}])"));
        CHECK(s.reached() == 1);
    }
    SECTION("all are free when it has failed")
    {
        s.answers(1, R"([8, 68, #, {}, "com.myapp.error"])");
        s.caller.hears(with(all, R"([8, 48, #, {}, "com.myapp.error"])"));
        s.is_interrupted(0);
        CHECK(s.reached() != shards::nobody);
        s.call("{}");
        CHECK(s.reached() != shards::nobody);
    }
}

TEST_CASE("sharded registration: an invocation that is too large ends a call to all", "[conformance][sharding]")
{
    shards s(1);
    s.add({.message_bytes_max = 4096});
    s.caller.says(R"([48, 1, {"runmode": "all", "receive_progress": true}, "com.myapp.work", [")" +
                  std::string(5000, 'x') + "\"]]");
    s.caller.hears_error(message_type::call, 1, "wamp.error.payload_size_exceeded");
    (void)s.callees[0]->takes();
    s.callees[0]->hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.payload_size_exceeded"}])");
    s.callees[1]->hears_nothing();
    s.invocations = {1, 1};
    s.callees.pop_back();
    s.has_ended();
}

// On the core only: time stands still there.
TEST_CASE("sharded registration: each result of a call to all starts its time anew", "[conformance][sharding][core]")
{
    shards s;
    s.call_all(R"(, "timeout": 100)");
    s.talk.wait(99ms);
    s.answers(0, "[70, #, {}]");
    s.caller.hears(R"([50, 1, {"progress": true}])");
    s.talk.wait(99ms);
    s.caller.hears_nothing();
    s.talk.wait(1ms);
    s.caller.hears_error(message_type::call, 1, "wamp.error.timeout");
    s.is_interrupted(1, R"({"mode": "killnowait", "reason": "wamp.error.timeout"})");
    s.is_interrupted(2, R"({"mode": "killnowait", "reason": "wamp.error.timeout"})");
    s.has_ended();
}

// On the core only: queues of connections are large, and run full when the system wants it.
TEST_CASE("sharded registration: a callee that takes nothing any more is passed over", "[conformance][sharding][core]")
{
    shards s;
    for (std::size_t who = 0; who != 3; ++who)
        s.callees[who]->outlet().refuse(who != 1);
    s.call(R"({"runmode": "all", "receive_progress": true})");
    s.callees[1]->hears(R"([68, 1, "$work", {"receive_progress": true}, [1], {"k": "ü"}])");
    s.callees[1]->says("[70, 1, {}]");
    s.caller.hears("[50, 1, {}]");
    s.callees[1]->outlet().refuse();
    s.call(R"({"runmode": "all", "receive_progress": true})");
    s.caller.hears_error(message_type::call, 2, "wamp.error.unavailable");
    s.call(shards::partition(1));
    s.caller.hears_error(message_type::call, 3, "wamp.error.unavailable");
    s.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

// With bounds of its own on the pending calls of a session.
TEST_CASE("sharded registration: the callees that work on the calls of a session are bounded",
          "[conformance][sharding][core]")
{
    guest caller;
    caller.limits.pending_calls_max = 6;
    shards s(3, "", {}, caller);
    s.call_all();
    s.is_refused(R"({"runmode": "all", "receive_progress": true})", "wamp.error.too_many_requests");
    s.answers(0, "[70, #, {}]");
    s.caller.hears(R"([50, 1, {"progress": true}])");
    s.call_all();
}
