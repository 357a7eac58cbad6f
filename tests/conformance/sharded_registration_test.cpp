// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Sharded Registration".
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <junctor/realm/realm_member.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

constexpr auto busy = "crossbar.error.max_concurrency_reached";
constexpr auto interrupt_canceled = R"({"mode": "killnowait", "reason": "wamp.error.canceled"})";

/// What each step says, with the number in place of '#'.
std::string with(std::uint64_t number, std::string_view message)
{
    return std::string(message).replace(message.find('#'), 1, std::to_string(number));
}

guest without(feature missing)
{
    return {.features = features_without({missing})};
}

/// Callees of one registration, and a caller.
struct shards {
    static constexpr std::size_t nobody = 9;

    explicit shards(std::size_t count = 3, const std::string& options = "", const realm_options& realm = {},
                    const guest& caller_is = {})
        : talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), realm),
          caller{talk.join("caller", caller_is)}
    {
        while (callees.size() != count)
            add({}, options);
    }

    peer& add(const guest& callee_is = {}, const std::string& options = "")
    {
        auto& added = talk.join("callee" + std::to_string(callees.size()), callee_is);
        added.says(R"([64, 1, {"invoke": "roundrobin")" + options + R"(}, "com.myapp.work"])");
        added.hears(R"([65, 1, "$work"])");
        callees.push_back(&added);
        invocations.push_back(0);
        return added;
    }

    std::uint64_t call(const std::string& options)
    {
        caller.says(with(++requests, "[48, #, " + options + R"(, "com.myapp.work", [1], {"k": "ü"}])"));
        return requests;
    }

    void is_refused(const std::string& options, std::string_view uri)
    {
        const auto request = call(options);
        caller.hears_error(message_type::call, request, uri);
        for (auto* const each : callees)
            each->hears_nothing();
    }

    /// Who has been invoked for the last call, and by nobody else.
    std::size_t reached()
    {
        for (std::size_t who = 0; who != callees.size(); ++who) {
            if (callees[who]->has_message()) {
                callees[who]->hears(with(++invocations[who], R"([68, #, "$work", {}, [1], {"k": "ü"}])"));
                return who;
            }
        }
        return nobody;
    }

    std::size_t partition_of(int resource)
    {
        call(partition(resource));
        const auto who = reached();
        REQUIRE(who != nobody);
        REQUIRE(reached() == nobody);
        answers(who, "[70, #, {}]");
        caller.hears(with(requests, "[50, #, {}]"));
        return who;
    }

    static std::string partition(int resource)
    {
        return R"({"runmode": "partition", "rkey": "sn)" + std::to_string(resource) + "\"}";
    }

    std::vector<std::size_t> partitions()
    {
        std::vector<std::size_t> owners;
        for (int resource = 0; resource != 24; ++resource)
            owners.push_back(partition_of(resource));
        return owners;
    }

    /// A call to all that reaches all.
    void call_all(const std::string& more = "")
    {
        call(R"({"runmode": "all", "receive_progress": true)" + more + "}");
        for (std::size_t who = 0; who != callees.size(); ++who)
            callees[who]->hears(
                with(++invocations[who], R"([68, #, "$work", {"receive_progress": true}, [1], {"k": "ü"}])"));
    }

    /// The callee sends this about its last invocation.
    void answers(std::size_t who, std::string_view message) { callees[who]->says(with(invocations[who], message)); }

    void is_interrupted(std::size_t who, const std::string& options = interrupt_canceled)
    {
        callees[who]->hears(with(invocations[who], "[69, #, " + options + "]"));
    }

    void has_ended()
    {
        for (std::size_t who = 0; who != callees.size(); ++who)
            answers(who, R"([70, #, {}, ["late"]])");
        caller.hears_nothing();
        for (auto* const each : callees)
            each->hears_nothing();
        talk.on_core([this](realm& core) {
            CHECK(core.pending_call_count() == 0);
            CHECK_FALSE(core.next_deadline().has_value());
            CHECK(caller.session().membership()->branches == 0);
        });
    }

    conversation talk;
    peer& caller;
    std::vector<peer*> callees;
    std::vector<std::uint64_t> invocations;
    std::uint64_t requests{0};
};

} // namespace

TEST_CASE("sharded registration: a resource key belongs to one callee, and always to the same",
          "[conformance][sharding]")
{
    shards s;
    const auto owners = s.partitions();
    CHECK(std::set(owners.begin(), owners.end()).size() == 3);
    CHECK(s.partitions() == owners);
}

TEST_CASE("sharded registration: if a callee comes or goes, no other's resource keys move", "[conformance][sharding]")
{
    shards s;
    const auto before = s.partitions();
    s.add();
    const auto with_one_more = s.partitions();
    for (std::size_t i = 0; i != before.size(); ++i)
        CHECK((with_one_more[i] == before[i] || with_one_more[i] == 3));
    CHECK(with_one_more != before);
    s.callees[3]->says(R"([66, 2, "$work"])");
    s.callees[3]->hears("[67, 2]");
    CHECK(s.partitions() == before);
}

TEST_CASE("sharded registration: a partition call needs a resource key", "[conformance][sharding]")
{
    shards s;
    const auto key = GENERATE(as<std::string>(), "", R"(, "rkey": "")", R"(, "rkey": null)", R"(, "rkey": 7)",
                              R"(, "rkey": ")" + std::string(257, 'x') + "\"");
    s.is_refused(R"({"runmode": "partition")" + key + "}", "wamp.error.invalid_argument");
}

TEST_CASE("sharded registration: the run mode is one of two", "[conformance][sharding]")
{
    shards s;
    s.is_refused(R"({"rkey": "sn1", "runmode": )" + GENERATE(as<std::string>(), "\"some\"", "\"\"", "1") + "}",
                 "wamp.error.invalid_argument");
    const auto none = GENERATE(R"({"rkey": "sn1"})", R"({"rkey": "sn1", "runmode": null})");
    for (const std::size_t next : {0u, 1u, 2u, 0u}) { // as the policy has it
        s.call(none);
        CHECK(s.reached() == next);
    }
}

TEST_CASE("sharded registration: what is not shared has one callee", "[conformance][sharding]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.work"])");
    callee.hears(R"([65, 1, "$work"])");
    caller.says(R"([48, 1, {"runmode": "partition", "rkey": "sn1"}, "com.myapp.work"])");
    callee.hears(R"([68, 1, "$work", {}])");
    callee.says("[70, 1, {}]");
    caller.hears("[50, 1, {}]");
    caller.says(R"([48, 2, {"runmode": "all", "receive_progress": true}, "com.myapp.work"])");
    callee.hears(R"([68, 2, "$work", {"receive_progress": true}])");
    callee.says("[70, 2, {}]");
    caller.hears("[50, 2, {}]");
    caller.says(R"([48, 3, {"runmode": "all"}, "com.myapp.other"])");
    caller.hears_error(message_type::call, 3, "wamp.error.no_such_procedure");
}

TEST_CASE("sharded registration: who declines a partition call leaves it to the next by the resource key",
          "[conformance][sharding]")
{
    shards s;
    const auto owner = s.partition_of(1);
    s.call(shards::partition(1));
    std::vector<std::size_t> order;
    for (auto who = s.reached(); who != shards::nobody; who = s.reached()) {
        order.push_back(who);
        s.answers(who, R"([8, 68, #, {}, "wamp.error.unavailable"])");
    }
    s.caller.hears_error(message_type::call, s.requests, "wamp.error.no_available_callee");
    REQUIRE(order.size() == 3);
    CHECK(order[0] == owner);
    // The next is whose it would be if the first were not there.
    s.callees[owner]->says(R"([66, 2, "$work"])");
    s.callees[owner]->hears("[67, 2]");
    CHECK(s.partition_of(1) == order[1]);
}

TEST_CASE("sharded registration: a partition call waits for its own callee", "[conformance][sharding]")
{
    realm_options options;
    const bool waits = GENERATE(true, false);
    if (waits)
        options.call_queues = {{exact("com.myapp.work"), 10, std::size_t{64} << 10}};
    shards s(3, R"(, "concurrency": 1)", options);
    const auto owners = s.partitions();
    const auto foreign =
        static_cast<int>(std::find(owners.begin(), owners.end(), (owners[0] + 1) % 3) - owners.begin());
    s.call(shards::partition(0));
    REQUIRE(s.reached() == owners[0]);
    const auto second = s.call(shards::partition(0));
    CHECK(s.reached() == shards::nobody);
    if (waits)
        s.caller.hears_nothing();
    else
        s.caller.hears_error(message_type::call, second, busy);
    s.call(shards::partition(foreign)); // the others go on
    CHECK(s.reached() == owners[static_cast<std::size_t>(foreign)]);
    s.answers(owners[0], "[70, #, {}]");
    s.caller.hears(with(second - 1, "[50, #, {}]"));
    CHECK(s.reached() == (waits ? owners[0] : shards::nobody));
}

TEST_CASE("sharded registration: arguments in parts go to the one callee of their partition", "[conformance][sharding]")
{
    shards s;
    const auto owner = s.partition_of(5);
    const auto request = s.requests + 1;
    s.caller.says(with(request, R"([48, #, {"runmode": "partition", "rkey": "sn5", "progress": true},
                                    "com.myapp.work", [1]])"));
    s.callees[owner]->hears(R"([68, 2, "$work", {"progress": true}, [1]])");
    s.caller.says(with(request, R"([48, #, {"runmode": "partition", "rkey": "sn6"}, "com.myapp.work", [2]])"));
    s.callees[owner]->hears(R"([68, 2, "$work", {}, [2]])");
    CHECK(s.reached() == shards::nobody);
}

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
