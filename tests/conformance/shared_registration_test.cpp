// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Shared Registration".
#include <algorithm>
#include <map>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// Three callees of one shared registration, and a caller.
struct group {
    group(serializer format, const std::string& policy) : talk(format), caller{talk.join("caller")}
    {
        for (const std::string name : {"one", "two", "three"}) {
            callees.push_back(&talk.join(name));
            callees.back()->says(R"([64, 1, {"invoke": ")" + policy + R"("}, "com.myapp.work"])");
            callees.back()->hears(R"([65, 1, "$work"])"); // the same registration for all
        }
    }

    /// Makes one call and tells which callee got it.
    std::size_t call()
    {
        caller.says("[48, " + std::to_string(++calls) + R"(, {}, "com.myapp.work"])");
        const auto at = std::find_if(callees.begin(), callees.end(), [](peer* each) { return each->has_message(); });
        REQUIRE(at != callees.end());
        (*at)->hears(R"([68, "$_", "$work", {}])");
        return static_cast<std::size_t>(at - callees.begin());
    }

    conversation talk;
    peer& caller;
    std::vector<peer*> callees;
    int calls{0};
};

} // namespace

TEST_CASE("shared registration: first and last go by the order of registration", "[conformance][shared]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto [policy, before, after] =
        GENERATE(table<std::string, std::size_t, std::size_t>({{"first", 0, 1}, {"last", 2, 1}}));
    group g(format, policy);
    CHECK(g.call() == before);
    CHECK(g.call() == before);
    g.callees[before]->vanishes();
    g.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    g.caller.hears_error(message_type::call, 2, "wamp.error.canceled");
    CHECK(g.call() == after);
    CHECK(g.talk.registration_count() == 1);
}

TEST_CASE("shared registration: roundrobin takes turns", "[conformance][shared]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "roundrobin");
    for (std::size_t i = 0; i < 30; ++i)
        CHECK(g.call() == i % 3);
    CHECK(g.call() == 0);
    g.callees[0]->says(R"([66, 2, "$work"])");
    g.callees[0]->hears(R"([67, 2])");
    CHECK(g.call() == 1);
    CHECK(g.call() == 2);
    CHECK(g.call() == 1);
    g.callees[0]->says(R"([64, 3, {"invoke": "roundrobin"}, "com.myapp.work"])");
    g.callees[0]->hears(R"([65, 3, "$work"])"); // now the last in the row
    CHECK(g.call() == 2);
    CHECK(g.call() == 0);
    CHECK(g.call() == 1);
}

TEST_CASE("shared registration: random reaches everybody", "[conformance][shared]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "random");
    std::map<std::size_t, int> reached;
    for (int i = 0; i < 300; ++i)
        ++reached[g.call()];
    REQUIRE(reached.size() == 3);
    for (const auto& [callee, count] : reached)
        CHECK(count > 50);
}

// On the core only: queues of connections are large, and run full when the system wants it.
TEST_CASE("shared registration: a callee that takes nothing any more is passed over", "[conformance][shared][core]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto [policy, full, next] =
        GENERATE(table<std::string, std::size_t, std::size_t>({{"first", 0, 1}, {"last", 2, 1}, {"roundrobin", 0, 1}}));
    group g(format, policy);
    g.callees[full]->outlet().refuse();
    CHECK(g.call() == next);
    for (auto* const each : g.callees)
        each->outlet().refuse();
    g.caller.says(R"([48, 99, {}, "com.myapp.work"])");
    g.caller.hears_error(message_type::call, 99, "wamp.error.unavailable");
}

TEST_CASE("shared registration: all callees must want the same policy", "[conformance][shared]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "roundrobin");
    g.caller.says(R"([64, 1, {"invoke": "random"}, "com.myapp.work"])");
    g.caller.hears_error(message_type::register_, 1, "wamp.error.procedure_exists_with_different_invocation_policy");
    g.caller.says(R"([64, 2, {}, "com.myapp.work"])");
    g.caller.hears_error(message_type::register_, 2, "wamp.error.procedure_exists_with_different_invocation_policy");
    g.caller.says(R"([64, 3, {}, "com.myapp.single"])");
    g.caller.hears(R"([65, 3, "$single"])");
    g.callees[0]->says(R"([64, 2, {"invoke": "roundrobin"}, "com.myapp.single"])");
    g.callees[0]->hears_error(message_type::register_, 2, "wamp.error.procedure_already_exists");
}

TEST_CASE("shared registration: no session has it twice", "[conformance][shared]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "roundrobin");
    g.callees[1]->says(R"([64, 2, {"invoke": "roundrobin"}, "com.myapp.work"])");
    g.callees[1]->hears_error(message_type::register_, 2, "wamp.error.procedure_already_exists");
}

TEST_CASE("shared registration: the registration ends with its last callee", "[conformance][shared]")
{
    group g(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), "first");
    for (auto* const each : g.callees) {
        CHECK(g.talk.registration_count() == 1);
        each->vanishes();
    }
    CHECK(g.talk.registration_count() == 0);
}
