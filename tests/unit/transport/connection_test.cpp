// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/connection.hpp>

#include <optional>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("connection_counter: tells which connections are beyond the limit", "[transport][limit]")
{
    connection_counter counter(2);
    const auto first = counter.enter();
    std::optional<connection_ticket> second = counter.enter();
    const auto third = counter.enter();
    CHECK(first.within_limit());
    CHECK(second->within_limit());
    CHECK_FALSE(third.within_limit());
    CHECK(counter.count() == 3);

    second.reset();
    CHECK(counter.count() == 2);
}

TEST_CASE("connection_counter: a ticket that moves counts once, and may outlive the counter", "[transport][limit]")
{
    std::vector<connection_ticket> tickets;
    {
        connection_counter counter(10);
        auto ticket = counter.enter();
        tickets.push_back(std::move(ticket));
        CHECK(counter.count() == 1);
        tickets.back() = counter.enter();
        CHECK(counter.count() == 1);
        tickets.push_back(counter.enter());
        tickets.erase(tickets.begin());
        CHECK(counter.count() == 1);
    }
    CHECK(tickets.back().within_limit());
}
