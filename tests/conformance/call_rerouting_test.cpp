// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Call Re-Routing".
#include <set>

#include <junctor/base/limits.hpp>
#include <junctor/realm/realm_member.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// Three callees of one registration, and a caller.
struct group {
    explicit group(serializer format, const std::string& policy, const guest& callee_is = {},
                   const std::string& options = "")
        : talk(format), caller{talk.join("caller")}
    {
        for (const std::string name : {"one", "two", "three"}) {
            callees.push_back(&talk.join(name, callee_is));
            callees.back()->says(R"([64, 1, {"invoke": ")" + policy + "\"" + options + R"(}, "com.myapp.work"])");
            callees.back()->hears(R"([65, 1, "$work"])");
        }
    }

    /// Who has been sent something: three for nobody.
    std::size_t reached()
    {
        std::size_t who = 0;
        while (who != callees.size() && !callees[who]->has_message())
            ++who;
        return who;
    }

    conversation talk;
    peer& caller;
    std::vector<peer*> callees;
};

constexpr auto unavailable = R"([8, 68, 1, {}, "wamp.error.unavailable"])";

guest without(feature missing)
{
    return {.features = features_without({missing})};
}

} // namespace

TEST_CASE("rerouting: a call that is declined goes to the next callee by the policy", "[conformance][reroute]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto [policy, order] = GENERATE(table<std::string, std::vector<std::size_t>>({
        {"first", {0, 1, 2}},
        {"last", {2, 1, 0}},
        {"roundrobin", {0, 1, 2}},
    }));
    group g(format, policy);
    g.caller.says(R"([48, 1, {"_mark": 1, "disclose_me": true}, "com.myapp.work", [1, "ü"], {"k": 2}])");
    for (const auto next : order) {
        REQUIRE(g.reached() == next);
        g.callees[next]->hears(R"([68, 1, "$work", {"_mark": 1, "caller": "$caller", "caller_authid": "caller",
                                   "caller_authrole": "anyone"}, [1, "ü"], {"k": 2}])");
        g.caller.hears_nothing();
        g.callees[next]->says(unavailable);
    }
    g.caller.hears_error(message_type::call, 1, "wamp.error.no_available_callee");
    CHECK(g.reached() == 3);
    g.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rerouting: at random it goes to each of the others, and to nobody twice", "[conformance][reroute]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "random");
    std::set<std::vector<std::size_t>> orders;
    std::vector<int> invocations(3);
    for (int call = 1; call <= 60; ++call) {
        g.caller.says("[48, " + std::to_string(call) + R"(, {}, "com.myapp.work"])");
        std::vector<std::size_t> order;
        for (auto who = g.reached(); who != 3; who = g.reached()) {
            order.push_back(who);
            const auto number = std::to_string(++invocations[who]);
            g.callees[who]->hears("[68, " + number + R"(, "$work", {}])");
            g.callees[who]->says("[8, 68, " + number + R"(, {}, "wamp.error.unavailable"])");
        }
        REQUIRE(order.size() == 3);
        orders.insert(order);
        g.caller.hears_error(message_type::call, static_cast<std::uint64_t>(call), "wamp.error.no_available_callee");
    }
    CHECK(orders.size() == 6);
}

TEST_CASE("rerouting: where there is one callee, the caller is told that there is none", "[conformance][reroute]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.work"])");
    callee.hears(R"([65, 1, "$work"])");
    caller.says(R"([48, 1, {}, "com.myapp.work", [1]])");
    callee.hears(R"([68, 1, "$work", {}, [1]])");
    SECTION("still") {}
    SECTION("or none any more")
    {
        callee.says(R"([66, 2, "$work"])");
        callee.hears(R"([67, 2])");
    }
    callee.says(unavailable);
    caller.hears_error(message_type::call, 1, "wamp.error.no_available_callee");
    talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rerouting: an answer of whoever takes the call reaches the caller", "[conformance][reroute]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "first");
    g.caller.says(R"([48, 1, {"receive_progress": true}, "com.myapp.work"])");
    g.callees[0]->hears(R"([68, 1, "$work", {"receive_progress": true}])");
    g.callees[0]->says(unavailable);
    g.callees[1]->hears(R"([68, 1, "$work", {"receive_progress": true}])");
    g.callees[0]->says(R"([70, 1, {}, ["late"]])");
    g.caller.hears_nothing();
    g.callees[1]->says(R"([70, 1, {"progress": true}, [1]])");
    g.caller.hears(R"([50, 1, {"progress": true}, [1]])");
    SECTION("with a result")
    {
        g.callees[1]->says(R"([70, 1, {}, [2]])");
        g.caller.hears(R"([50, 1, {}, [2]])");
    }
    SECTION("and is not offered again once there was one")
    {
        g.callees[1]->says(unavailable);
        g.caller.hears(R"([8, 48, 1, {}, "wamp.error.unavailable"])");
    }
    CHECK(g.reached() == 3);
    g.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rerouting: the error of a callee that does not support it is passed on", "[conformance][reroute]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "first", without(feature::call_reroute));
    g.caller.says(R"([48, 1, {}, "com.myapp.work"])");
    g.callees[0]->hears(R"([68, 1, "$work", {}])");
    g.callees[0]->says(R"([8, 68, 1, {}, "wamp.error.unavailable", ["busy"]])");
    g.caller.hears(R"([8, 48, 1, {}, "wamp.error.unavailable", ["busy"]])");
    CHECK(g.reached() == 3);
}

// On the core only: queues of connections are large, and run full when the system wants it.
TEST_CASE("rerouting: a callee that takes nothing any more is passed over", "[conformance][reroute][core]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "first");
    g.callees[1]->outlet().refuse();
    g.caller.says(R"([48, 1, {}, "com.myapp.work"])");
    g.callees[0]->hears(R"([68, 1, "$work", {}])");
    g.callees[0]->says(unavailable);
    g.callees[2]->hears(R"([68, 1, "$work", {}])");
    g.callees[2]->says(unavailable);
    g.caller.hears_error(message_type::call, 1, "wamp.error.no_available_callee");
}

TEST_CASE("rerouting: a call that cannot be delivered to the next callee fails", "[conformance][reroute]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& caller = talk.join("caller");
    auto& one = talk.join("one");
    auto& two = talk.join("two", {.message_bytes_max = 4096});
    for (auto* const each : {&one, &two}) {
        each->says(R"([64, 1, {"invoke": "first"}, "com.myapp.work"])");
        each->hears(R"([65, 1, "$work"])");
    }
    const auto large = "[\"" + std::string(5000, 'x') + "\"]";
    caller.says(R"([48, 1, {}, "com.myapp.work", )" + large + "]");
    one.hears(R"([68, 1, "$work", {}, )" + large + "]");
    one.says(unavailable);
    caller.hears_error(message_type::call, 1, "wamp.error.payload_size_exceeded");
    two.hears_nothing();
    talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rerouting: canceling and leaving concern whoever has the call", "[conformance][reroute]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "first");
    g.caller.says(R"([48, 1, {}, "com.myapp.work"])");
    g.callees[0]->hears(R"([68, 1, "$work", {}])");
    g.callees[0]->says(unavailable);
    g.callees[1]->hears(R"([68, 1, "$work", {}])");
    SECTION("the caller cancels")
    {
        g.caller.says(R"([49, 1, {}])");
        g.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
        g.callees[1]->hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    }
    SECTION("the caller leaves")
    {
        g.caller.vanishes();
        g.callees[1]->hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    }
    SECTION("the first callee leaves, then the second")
    {
        g.callees[0]->vanishes();
        g.caller.hears_nothing();
        g.callees[1]->vanishes();
        g.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    }
    SECTION("what is being killed is not offered again")
    {
        g.caller.says(R"([49, 1, {"mode": "kill"}])");
        g.callees[1]->hears(R"([69, 1, {"mode": "kill", "reason": "wamp.error.canceled"}])");
        g.callees[1]->says(unavailable);
        g.caller.hears(R"([8, 48, 1, {}, "wamp.error.unavailable"])");
    }
    CHECK(g.reached() == 3);
    g.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rerouting: the time runs from the first offer on", "[conformance][reroute]")
{
    using std::chrono::milliseconds;
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const bool callees_keep_it = GENERATE(false, true);
    group g(format, "first", {}, callees_keep_it ? R"(, "forward_timeout": true)" : "");
    g.caller.says(R"([48, 1, {"timeout": 400}, "com.myapp.work"])");
    g.callees[0]->hears(callees_keep_it ? R"([68, 1, "$work", {"timeout": 400}])" : R"([68, 1, "$work", {}])");
    g.talk.wait(milliseconds(100));
    g.callees[0]->says(unavailable);
    g.callees[1]->hears(callees_keep_it ? R"([68, 1, "$work", {"timeout": "$rest"}])" : R"([68, 1, "$work", {}])");
    if (callees_keep_it)
        CHECK(g.talk.number("$rest") <= 300);
    g.talk.on_core([&](realm&) { CHECK((!callees_keep_it || g.talk.number("$rest") == 300)); });
    g.talk.wait(milliseconds(300));
    if (callees_keep_it) {
        g.caller.hears_nothing();
        g.callees[1]->says(unavailable);
        g.caller.hears_error(message_type::call, 1, "wamp.error.timeout");
    } else {
        g.caller.hears_error(message_type::call, 1, "wamp.error.timeout");
        g.callees[1]->hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.timeout"}])");
    }
    CHECK(g.reached() == 3);
    g.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rerouting: arguments in parts go to the callee that takes the first one", "[conformance][reroute]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "first");
    g.caller.says(R"([48, 1, {"progress": true}, "com.myapp.work", [1]])");
    g.callees[0]->hears(R"([68, 1, "$work", {"progress": true}, [1]])");
    SECTION("who declined it gets no more of them")
    {
        g.callees[0]->says(unavailable);
        g.callees[1]->hears(R"([68, 1, "$work", {"progress": true}, [1]])");
        g.caller.says(R"([48, 1, {}, "com.myapp.work", [2]])");
        g.callees[1]->hears(R"([68, 1, "$work", {}, [2]])");
    }
    SECTION("after the second part it is too late to decline")
    {
        g.caller.says(R"([48, 1, {"progress": true}, "com.myapp.work", [2]])");
        g.callees[0]->hears(R"([68, 1, "$work", {"progress": true}, [2]])");
        g.callees[0]->says(unavailable);
        g.caller.hears(R"([8, 48, 1, {}, "wamp.error.unavailable"])");
        g.caller.says(R"([48, 1, {}, "com.myapp.work", [3]])");
        g.caller.hears_nothing();
    }
    CHECK(g.reached() == 3);
}

TEST_CASE("rerouting: no more is kept of the calls of a session than it may have", "[conformance][reroute]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "first");
    const std::string large = "[\"" + std::string(limits::kept_call_bytes_max / 2, 'x') + "\"]";
    for (const std::string request : {"1", "2"}) {
        g.caller.says("[48, " + request + R"(, {}, "com.myapp.work", )" + large + "]");
        g.callees[0]->hears("[68, " + request + R"(, "$work", {}, )" + large + "]");
    }
    g.callees[0]->says(R"([8, 68, 2, {}, "wamp.error.unavailable"])"); // there was no room for it
    g.caller.hears(R"([8, 48, 2, {}, "wamp.error.unavailable"])");
    g.callees[0]->says(unavailable);
    g.callees[1]->hears(R"([68, 1, "$work", {}, )" + large + "]");
    g.callees[1]->says(R"([70, 1, {}])");
    g.caller.hears(R"([50, 1, {}])");
    g.talk.on_core([&](realm&) { CHECK(g.caller.session().membership()->kept_bytes == 0); });
}
