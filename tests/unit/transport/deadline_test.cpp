// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/deadline.hpp>

#include <functional>
#include <string>
#include <utility>

#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;

namespace {

/// A deadline that calls a function.
struct alarm_clock {
    explicit alarm_clock(deadline_sweep& sweep, std::function<void()> what)
        : action{std::move(what)}, when{sweep, this, &ring}
    {
    }

    static void ring(void* self) noexcept { static_cast<alarm_clock*>(self)->action(); }

    std::function<void()> action;
    deadline when;
};

const auto noon = deadline::clock::time_point() + 12h;

} // namespace

TEST_CASE("deadline: strikes once, when its time has come", "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    int struck = 0;
    alarm_clock alarm(sweep, [&] { ++struck; });
    alarm.when.set(noon);
    sweep.strike_until(noon - 1ms);
    CHECK(struck == 0);
    CHECK(alarm.when.is_set());
    sweep.strike_until(noon);
    CHECK(struck == 1);
    CHECK_FALSE(alarm.when.is_set());
    sweep.strike_until(noon + 1h);
    CHECK(struck == 1);
}

TEST_CASE("deadline: can be moved and cleared", "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    std::string struck;
    alarm_clock moved(sweep, [&] { struck += 'm'; });
    alarm_clock cleared(sweep, [&] { struck += 'c'; });
    moved.when.set(noon);
    moved.when.set(noon + 1h);
    cleared.when.set(noon);
    cleared.when.clear();
    cleared.when.clear();
    sweep.strike_until(noon);
    CHECK(struck.empty());
    sweep.strike_until(noon + 1h);
    CHECK(struck == "m");
}

TEST_CASE("deadline: an action may set its own deadline again and clear others", "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    std::string struck;
    alarm_clock* victim_of_first = nullptr;
    alarm_clock repeated(sweep, [&] {
        struck += 'r';
        repeated.when.set(noon + 1h);
        victim_of_first->when.clear();
    });
    alarm_clock victim(sweep, [&] { struck += 'v'; });
    victim_of_first = &victim;
    repeated.when.set(noon);
    victim.when.set(noon);
    sweep.strike_until(noon);
    CHECK(struck == "r");
    sweep.strike_until(noon + 2h);
    CHECK(struck == "rr");
}

TEST_CASE("deadline: one that is destroyed does not strike", "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    int struck = 0;
    {
        alarm_clock alarm(sweep, [&] { ++struck; });
        alarm.when.set(noon);
    }
    sweep.strike_until(noon + 1h);
    CHECK(struck == 0);
}

TEST_CASE("deadline: the timer lets it strike, and run() returns once none is set", "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    int struck = 0;
    alarm_clock again(sweep, [&] {
        if (++struck == 1)
            again.when.set_after(1ms);
    });
    again.when.set_after(1ms);
    io.run();
    CHECK(struck == 2);
}

TEST_CASE("deadline: the sweep may be destroyed before its io_context runs", "[transport][deadline]")
{
    boost::asio::io_context io;
    int struck = 0;
    {
        deadline_sweep sweep(io);
        alarm_clock alarm(sweep, [&] { ++struck; });
        alarm.when.set_after(0ms);
    }
    CHECK(io.run() == 1);
    CHECK(struck == 0);
}
