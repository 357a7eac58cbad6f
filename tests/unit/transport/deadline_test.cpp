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

namespace {

/// A group of deadlines that writes down which of them were due.
struct alarm_clocks {
    explicit alarm_clocks(deadline_sweep& sweep) : group{sweep, this, &ring} {}

    static void ring(void* self) noexcept
    {
        auto& clocks = *static_cast<alarm_clocks*>(self);
        for (std::size_t which = 0; which < 3; ++which) {
            if (clocks.group.take_due(which, clocks.now))
                clocks.struck += static_cast<char>('0' + which);
        }
        clocks.group.go_on();
    }

    /// Lets the time come to `when`; returns who was due.
    std::string at(deadline_sweep& sweep, deadline::clock::time_point when)
    {
        now = when;
        sweep.strike_until(when);
        return std::exchange(struck, {});
    }

    deadline_group<3> group;
    deadline::clock::time_point now;
    std::string struck;
};

} // namespace

TEST_CASE("deadline_group: each strikes once, when its time has come", "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    alarm_clocks clocks(sweep);
    clocks.group.set(0, noon + 2h);
    clocks.group.set(2, noon + 1h);
    clocks.group.set(1, noon + 1h);
    CHECK(clocks.at(sweep, noon + 59min).empty());
    CHECK(clocks.at(sweep, noon + 1h) == "12");
    CHECK_FALSE(clocks.group.is_set(1));
    CHECK(clocks.group.is_set(0));
    CHECK(clocks.at(sweep, noon + 2h) == "0");
    CHECK(clocks.at(sweep, noon + 9h).empty());
}

TEST_CASE("deadline_group: what is cleared or put off does not strike, and what is left still does",
          "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    alarm_clocks clocks(sweep);
    clocks.group.set(0, noon);
    clocks.group.set(1, noon + 1h);
    clocks.group.clear(0);
    CHECK(clocks.at(sweep, noon).empty());
    CHECK(clocks.at(sweep, noon + 1h) == "1");
    clocks.group.set(1, noon + 2h);
    clocks.group.set(1, noon + 3h);
    CHECK(clocks.at(sweep, noon + 2h).empty());
    CHECK(clocks.at(sweep, noon + 3h) == "1");
}

TEST_CASE("deadline_group: without any, nothing keeps the io_context running", "[transport][deadline]")
{
    boost::asio::io_context io;
    deadline_sweep sweep(io);
    alarm_clocks clocks(sweep);
    clocks.group.set(0, deadline::clock::now() + 1h);
    clocks.group.set(1, deadline::clock::now() + 1h);
    clocks.group.clear(1);
    REQUIRE(io.run_one() == 1);
    clocks.group.clear(0);
    CHECK(io.run() == 1);
}
