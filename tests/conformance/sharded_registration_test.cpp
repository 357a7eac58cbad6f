// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Sharded Registration": partitions.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "shards.hpp"

using namespace junctor;
using namespace junctor::test;

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
