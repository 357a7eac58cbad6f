// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Crossbar.io's option concurrency of REGISTER.
#include <algorithm>

#include <junctor/base/limits.hpp>
#include <junctor/realm/realm_member.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

constexpr auto busy = "crossbar.error.max_concurrency_reached";

std::string with(int request, std::string_view message)
{
    return std::string(message).replace(message.find('#'), 1, std::to_string(request));
}

/// One callee that takes one call at a time, and a caller.
struct one_at_a_time {
    explicit one_at_a_time(const guest& callee_is = {}, const std::string& options = "")
        : callee{talk.join("callee", callee_is)}, caller{talk.join("caller")}
    {
        callee.says(R"([64, 1, {"concurrency": 1)" + options + R"(}, "com.myapp.work"])");
        callee.hears(R"([65, 1, "$work"])");
    }

    /// A call that reaches the callee.
    void call(int request, int invocation, const std::string& options = "{}", const std::string& details = "{}")
    {
        caller.says(with(request, "[48, #, " + options + R"(, "com.myapp.work"])"));
        callee.hears(with(invocation, R"([68, #, "$work", )" + details + "]"));
    }

    void call_is_refused(int request)
    {
        caller.says(with(request, R"([48, #, {}, "com.myapp.work"])"));
        caller.hears_error(message_type::call, static_cast<std::uint64_t>(request), busy);
        callee.hears_nothing();
    }

    conversation talk{GENERATE(serializer::json, serializer::msgpack, serializer::cbor)};
    peer& callee;
    peer& caller;
};

/// Three callees of one shared registration that take one call each at a time, and a caller.
struct group {
    explicit group(const std::string& policy, const guest& callee_is = {}) : caller{talk.join("caller")}
    {
        for (const std::string name : {"one", "two", "three"}) {
            callees.push_back(&talk.join(name, callee_is));
            callees.back()->says(R"([64, 1, {"concurrency": 1, "invoke": ")" + policy + R"("}, "com.myapp.work"])");
            callees.back()->hears(R"([65, 1, "$work"])");
        }
    }

    /// Makes a call, and tells who of the callees has got it; 3 if nobody has.
    std::size_t call(int request)
    {
        caller.says(with(request, R"([48, #, {}, "com.myapp.work"])"));
        for (std::size_t who = 0; who != callees.size(); ++who) {
            if (callees[who]->has_message()) {
                callees[who]->hears(R"([68, "$_", "$work", {}])");
                return who;
            }
        }
        caller.hears_error(message_type::call, static_cast<std::uint64_t>(request), busy);
        return callees.size();
    }

    conversation talk{GENERATE(serializer::json, serializer::msgpack, serializer::cbor)};
    peer& caller;
    std::vector<peer*> callees;
};

guest without(feature missing)
{
    return {.features = features_without({missing})};
}

} // namespace

TEST_CASE("concurrency: a callee gets as many calls at a time as it wants", "[conformance][concurrency]")
{
    one_at_a_time c;
    c.call(1, 1);
    c.call_is_refused(2);
    SECTION("a result makes room")
    {
        c.callee.says(R"([70, 1, {}])");
        c.caller.hears(R"([50, 1, {}])");
    }
    SECTION("an error makes room")
    {
        c.callee.says(R"([8, 68, 1, {}, "com.myapp.error"])");
        c.caller.hears(R"([8, 48, 1, {}, "com.myapp.error"])");
    }
    c.call(3, 2);
    c.call_is_refused(4);
    c.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 1); });
}

TEST_CASE("concurrency: it is counted for each registration, and limits no other callee", "[conformance][concurrency]")
{
    one_at_a_time c;
    c.call(1, 1);
    c.callee.says(R"([64, 2, {"concurrency": 2}, "com.myapp.other"])");
    c.callee.hears(R"([65, 2, "$other"])");
    for (const int request : {2, 3}) {
        c.caller.says(with(request, R"([48, #, {}, "com.myapp.other"])"));
        c.callee.hears(with(request, R"([68, #, "$other", {}])"));
    }
    c.caller.says(R"([48, 4, {}, "com.myapp.other"])");
    c.caller.hears_error(message_type::call, 4, busy);
    c.call_is_refused(5);
}

TEST_CASE("concurrency: it is a positive integer", "[conformance][concurrency]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    const std::string bad = GENERATE("0", "-1", "true", "\"1\"", "1.5", "[1]");
    callee.says(R"([64, 1, {"concurrency": )" + bad + R"(}, "com.myapp.work"])");
    callee.hears_error(message_type::register_, 1, "wamp.error.invalid_argument");
    CHECK(talk.registration_count() == 0);
}

TEST_CASE("concurrency: progressive results keep the callee busy until the last one", "[conformance][concurrency]")
{
    one_at_a_time c;
    c.call(1, 1, R"({"receive_progress": true})", R"({"receive_progress": true})");
    c.callee.says(R"([70, 1, {"progress": true}])");
    c.caller.hears(R"([50, 1, {"progress": true}])");
    c.call_is_refused(2);
    c.callee.says(R"([70, 1, {}])");
    c.caller.hears(R"([50, 1, {}])");
    c.call(3, 2);
}

TEST_CASE("concurrency: arguments in parts are one call", "[conformance][concurrency]")
{
    one_at_a_time c;
    c.call(1, 1, R"({"progress": true})", R"({"progress": true})");
    c.caller.says(R"([48, 1, {}, "com.myapp.work"])");
    c.callee.hears(R"([68, 1, "$work", {}])");
    c.call_is_refused(2);
    c.callee.says(R"([70, 1, {}])");
    c.caller.hears(R"([50, 1, {}])");
    c.call(3, 2);
}

TEST_CASE("concurrency: a callee that was not told to give up is busy until it has answered",
          "[conformance][concurrency]")
{
    const bool takes_interrupt = GENERATE(true, false);
    one_at_a_time c(takes_interrupt ? guest() : without(feature::call_canceling));
    c.call(1, 1);
    c.caller.says(takes_interrupt ? R"([49, 1, {"mode": "skip"}])" : R"([49, 1, {"mode": "kill"}])");
    c.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    c.call_is_refused(2);
    c.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
    SECTION("with a result")
    {
        c.callee.says(R"([70, 1, {"progress": true}])");
        c.call_is_refused(3);
        c.callee.says(R"([70, 1, {}])");
        c.callee.says(R"([70, 1, {}])"); // counts once
    }
    SECTION("with an error")
    {
        c.callee.says(R"([8, 68, 1, {}, "com.myapp.error"])");
    }
    c.caller.hears_nothing();
    c.call(4, 2);
    c.call_is_refused(5);
}

TEST_CASE("concurrency: a callee that was interrupted need not answer, and is free at once",
          "[conformance][concurrency]")
{
    one_at_a_time c;
    SECTION("because the call was canceled")
    {
        c.call(1, 1);
        c.caller.says(R"([49, 1, {"mode": "killnowait"}])");
        c.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
        c.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    }
    SECTION("because its time was over")
    {
        c.call(1, 1, R"({"timeout": 10})");
        c.talk.wait(10ms);
        c.caller.hears_error(message_type::call, 1, "wamp.error.timeout");
        c.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.timeout"}])");
    }
    c.call(2, 2);
    c.callee.says(R"([8, 68, 1, {}, "wamp.error.canceled"])"); // it may answer nevertheless
    c.call_is_refused(3);
}

TEST_CASE("concurrency: a call that is killed keeps the callee busy until it answers", "[conformance][concurrency]")
{
    one_at_a_time c;
    c.call(1, 1);
    c.caller.says(R"([49, 1, {"mode": "kill"}])");
    c.callee.hears(R"([69, 1, {"mode": "kill", "reason": "wamp.error.canceled"}])");
    c.call_is_refused(2);
    c.callee.says(R"([8, 68, 1, {}, "wamp.error.canceled"])");
    c.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    c.call(3, 2);
}

TEST_CASE("concurrency: a caller that leaves frees the callee, if that can be told so", "[conformance][concurrency]")
{
    const bool takes_interrupt = GENERATE(true, false);
    one_at_a_time c(takes_interrupt ? guest() : without(feature::call_canceling));
    auto& other = c.talk.join("other");
    other.says(R"([48, 1, {}, "com.myapp.work"])");
    c.callee.hears(R"([68, 1, "$work", {}])");
    other.vanishes();
    if (takes_interrupt) {
        c.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    } else {
        c.call_is_refused(1);
        c.callee.says(R"([70, 1, {}])");
    }
    c.call(2, 2);
}

TEST_CASE("concurrency: who registers anew begins anew", "[conformance][concurrency]")
{
    one_at_a_time c(without(feature::call_canceling));
    c.call(1, 1);
    c.call_is_refused(2);
    const bool canceled = GENERATE(true, false);
    if (canceled) {
        c.caller.says(R"([49, 1, {}])");
        c.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    }
    c.callee.says(R"([66, 2, "$work"])");
    c.callee.hears(R"([67, 2])");
    c.talk.forget("$work");
    c.callee.says(R"([64, 3, {"concurrency": 1}, "com.myapp.work"])");
    c.callee.hears(R"([65, 3, "$work"])");
    c.call(3, 2);
    c.callee.says(R"([70, 1, {}])");
    if (!canceled)
        c.caller.hears(R"([50, 1, {}])");
    c.call_is_refused(4);
}

TEST_CASE("concurrency: a busy callee is passed over for the next", "[conformance][concurrency]")
{
    const auto [policy, order] = GENERATE(table<std::string, std::vector<std::size_t>>({
        {"first", {0, 1, 2, 3}},
        {"last", {2, 1, 0, 3}},
        {"roundrobin", {0, 1, 2, 3}},
    }));
    group g(policy);
    for (int request = 1; request <= 4; ++request)
        CHECK(g.call(request) == order[static_cast<std::size_t>(request - 1)]);
    g.callees[1]->says(R"([70, 1, {}])");
    g.caller.hears(R"([50, "$_", {}])");
    CHECK(g.call(5) == 1);
    CHECK(g.call(6) == 3);
}

TEST_CASE("concurrency: at random, too, nobody gets more than it wants", "[conformance][concurrency]")
{
    group g("random");
    std::vector<std::size_t> called{g.call(1), g.call(2), g.call(3)};
    std::sort(called.begin(), called.end());
    CHECK(called == std::vector<std::size_t>{0, 1, 2});
    CHECK(g.call(4) == 3);
}

TEST_CASE("concurrency: a call that one callee declines is not offered to the busy ones", "[conformance][concurrency]")
{
    group g("first");
    REQUIRE(g.call(1) == 0);
    REQUIRE(g.call(2) == 1);
    g.callees[0]->says(R"([8, 68, 1, {}, "wamp.error.unavailable"])");
    g.callees[1]->hears_nothing();
    g.callees[2]->hears(R"([68, 1, "$work", {}])");
    CHECK(g.call(3) == 0); // who has declined is free again
    g.callees[2]->says(R"([8, 68, 1, {}, "wamp.error.unavailable"])");
    g.caller.hears_error(message_type::call, 1, busy); // of those who have not declined it, one is busy
    CHECK(g.call(4) == 2);
    CHECK(g.call(5) == 3);
}

// What it has forgotten cannot be seen from outside.
TEST_CASE("concurrency: the router waits only for so many answers to calls that have ended",
          "[conformance][concurrency][core]")
{
    conversation talk;
    auto& callee = talk.join("callee", without(feature::call_canceling));
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {"concurrency": 5000}, "com.myapp.work"])");
    callee.hears(R"([65, 1, "$work"])");
    int reached = 0;
    for (int request = 1; request <= 6000; ++request) {
        caller.says(with(request, R"([48, #, {}, "com.myapp.work"])"));
        reached += !callee.next_bytes().empty();
        caller.says(with(request, "[49, #, {}]"));
        (void)caller.next_bytes();
    }
    CHECK(reached == 6000); // what is owed beyond the limit is forgotten, so that others are taken
    CHECK(callee.session().membership()->unanswered.size() == limits::unanswered_invocations_max);
    callee.says(R"([66, 2, "$work"])");
    CHECK(callee.session().membership()->unanswered.empty());
}
