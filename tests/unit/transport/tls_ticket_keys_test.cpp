// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "tls_ticket_keys.hpp"

#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;

TEST_CASE("tls_ticket_keys: a key protects tickets for one lifetime, and is known for another", "[transport][tls]")
{
    tls_ticket_keys keys(1h);
    const auto start = tls_ticket_keys::clock::now();
    const auto first = keys.current(start);
    REQUIRE(first);
    CHECK(keys.current(start + 1h - 1s)->name == first->name);

    const auto second = keys.current(start + 1h);
    REQUIRE(second);
    CHECK(second->name != first->name);
    CHECK(second->cipher != first->cipher);
    CHECK(second->mac != first->mac);
    const auto still_known = keys.find(first->name.data(), start + 2h - 1s);
    REQUIRE(still_known);
    CHECK(still_known->cipher == first->cipher);
    CHECK_FALSE(keys.find(first->name.data(), start + 2h));
    CHECK(keys.find(second->name.data(), start + 2h));
}

TEST_CASE("tls_ticket_keys: nothing is left of keys after a long rest", "[transport][tls]")
{
    tls_ticket_keys keys(1h);
    const auto start = tls_ticket_keys::clock::now();
    const auto first = keys.current(start);
    REQUIRE(first);
    CHECK(keys.find(first->name.data(), start + 90min));
    CHECK_FALSE(keys.find(first->name.data(), start + 10h));
    const auto later = keys.current(start + 10h);
    REQUIRE(later);
    CHECK(later->name != first->name);
}
