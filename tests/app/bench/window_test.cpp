// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "bench/window.hpp"

#include "support/catch.hpp"

using junctor::bench::window;

TEST_CASE("window: holds as many messages as it is deep", "[bench]")
{
    window three(3);
    CHECK(three.send(100, 1) == 1);
    CHECK(three.send(101, 1) == 2);
    CHECK(three.open());
    CHECK(three.send(102, 1) == 3);
    CHECK(!three.open());
    CHECK(three.under_way() == 3);
    CHECK(three.sent_at(2) == 101);
}

TEST_CASE("window: a message ends with its last arrival", "[bench]")
{
    window one(1);
    const auto number = one.send(0, 2);
    CHECK(one.holds(number));
    CHECK(!one.arrive(number));
    CHECK(one.holds(number));
    CHECK(one.arrive(number));
    CHECK(!one.holds(number));
    CHECK(one.open());
}

TEST_CASE("window: what was never sent or has ended is not under way", "[bench]")
{
    window two(2);
    two.arrive(two.send(0, 1));
    CHECK(!two.holds(0));
    CHECK(!two.holds(1));
    CHECK(!two.holds(2));
    CHECK(two.send(0, 1) == 2);
    CHECK(two.holds(2));
    CHECK(!two.holds(4));
}

TEST_CASE("window: a message that does not end keeps its place", "[bench]")
{
    window two(2);
    const auto first = two.send(0, 1);
    two.arrive(two.send(0, 1));
    CHECK(!two.open()); // The third would stand in the place of the first.
    two.arrive(first);
    CHECK(two.open());
}
