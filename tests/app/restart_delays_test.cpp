// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "restart_delays.hpp"

#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;

TEST_CASE("restart delays: they double up to the longest", "[app][guest]")
{
    restart_delays delays(100ms, 500ms);
    CHECK(delays.after(0ms) == 100ms);
    CHECK(delays.after(499ms) == 200ms);
    CHECK(delays.after(0ms) == 400ms);
    CHECK(delays.after(0ms) == 500ms);
    CHECK(delays.after(0ms) == 500ms);
}

TEST_CASE("restart delays: a program that has lived for long begins anew", "[app][guest]")
{
    restart_delays delays(100ms, 500ms);
    CHECK(delays.after(0ms) == 100ms);
    CHECK(delays.after(0ms) == 200ms);
    CHECK(delays.after(500ms) == 100ms);
    CHECK(delays.after(0ms) == 200ms);
}
