// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/request_table.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include <junctor/realm/pending_calls.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

constexpr std::uint64_t seed = 7;

} // namespace

TEST_CASE("request table: it finds what was filed, and nothing else", "[realm][calls]")
{
    pending_call one;
    pending_call two;
    request_table table;
    CHECK(table.find(request_id(1)) == nullptr);
    table.insert(request_id(1), one, seed);
    table.insert(request_id(id_max), two, seed);
    CHECK(table.find(request_id(1)) == &one);
    CHECK(table.find(request_id(id_max)) == &two);
    CHECK(table.find(request_id(2)) == nullptr);
    CHECK(table.find(request_id(9)) == nullptr);
    CHECK(table.find(request_id()) == nullptr);
    CHECK(table.size() == 2);
    table.erase(request_id(1));
    CHECK(table.find(request_id(1)) == nullptr);
    CHECK(table.size() == 1);
}

TEST_CASE("request table: one request that stays does not disturb a million that pass by", "[realm][calls]")
{
    pending_call stays;
    pending_call passes;
    request_table table;
    table.insert(request_id(1), stays, seed);
    for (std::uint64_t number = 2; number < 1'000'000; ++number) {
        table.insert(request_id(number), passes, seed);
        REQUIRE(table.find(request_id(number)) == &passes);
        table.erase(request_id(number));
    }
    CHECK(table.find(request_id(1)) == &stays);
    CHECK(table.size() == 1);
}

TEST_CASE("request table: requests that are made to collide", "[realm][calls]")
{
    std::deque<pending_call> calls(1000);
    request_table table;
    for (std::uint64_t i = 0; i < calls.size(); ++i)
        table.insert(request_id((i + 1) << 32), calls[i], seed);
    for (std::uint64_t i = 0; i < calls.size(); ++i)
        REQUIRE(table.find(request_id((i + 1) << 32)) == &calls[i]);
    for (std::uint64_t i = 0; i < calls.size(); ++i)
        table.erase(request_id((i + 1) << 32));
    CHECK(table.size() == 0);
}

TEST_CASE("request table: it agrees with a map, whatever happens", "[realm][calls]")
{
    const auto random_seed = GENERATE(range(1u, 11u));
    CAPTURE(random_seed);
    std::mt19937 random(random_seed);
    std::deque<pending_call> calls(4096);
    std::map<std::uint64_t, pending_call*> expected;
    request_table table;
    for (int step = 0; step < 20'000; ++step) {
        const std::uint64_t number = 1 + random() % 4096 * (random() % 2 == 0 ? 1 : 64);
        const auto at = expected.find(number);
        REQUIRE(table.find(request_id(number)) == (at != expected.end() ? at->second : nullptr));
        if (at != expected.end()) {
            table.erase(request_id(number));
            expected.erase(at);
        } else {
            auto& call = calls[random() % calls.size()];
            table.insert(request_id(number), call, seed);
            expected.emplace(number, &call);
        }
        REQUIRE(table.size() == expected.size());
    }
    std::vector<pending_call*> in_order;
    for (const auto& [number, call] : expected)
        in_order.push_back(call);
    CHECK(table.all() == in_order);
}
