// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "failure_throttle.hpp"

#include <string>

#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;

namespace {

/// Three failures of a peer and five for an authid, in a minute.
transport_limits few()
{
    transport_limits limits;
    limits.auth_failures_per_peer_max = 3;
    limits.auth_failures_per_authid_max = 5;
    limits.auth_failures_period = 1min;
    return limits;
}

transport_facts peer(std::string address)
{
    transport_facts facts;
    facts.peer = std::move(address);
    return facts;
}

} // namespace

TEST_CASE("throttle: a peer that has failed too often must wait, and then has one attempt", "[router][auth]")
{
    failure_throttle throttle(1);
    const auto limits = few();
    failure_throttle::time_point now{};
    for (int attempt = 0; attempt < 3; ++attempt) {
        CHECK(throttle.wait_of("a", "joe", limits, now).count() == 0);
        throttle.add("a", "joe", limits, now);
    }
    const auto wait = throttle.wait_of("a", "ann", limits, now);
    CHECK(wait > 19s);
    CHECK(wait <= 20s + 1ms);
    CHECK(throttle.wait_of("b", "joe", limits, now).count() == 0);
    now += 20s;
    CHECK(throttle.wait_of("a", "ann", limits, now).count() == 0);
    throttle.add("a", "ann", limits, now);
    CHECK(throttle.wait_of("a", "ann", limits, now) > 19s);
    now += 1min;
    CHECK(throttle.wait_of("a", "ann", limits, now).count() == 0);
}

TEST_CASE("throttle: an authid that too many have failed for must wait, whoever tries", "[router][auth]")
{
    failure_throttle throttle(1);
    const auto limits = few();
    const failure_throttle::time_point now{};
    for (const auto* const each : {"a", "b", "c", "d", "e"}) {
        CHECK(throttle.wait_of(each, "joe", limits, now).count() == 0);
        throttle.add(each, "joe", limits, now);
    }
    CHECK(throttle.wait_of("f", "joe", limits, now) > 11s);
    CHECK(throttle.wait_of("f", "ann", limits, now).count() == 0);
    CHECK(throttle.wait_of("f", "", limits, now).count() == 0);
}

TEST_CASE("throttle: without limits nothing is counted", "[router][auth]")
{
    failure_throttle throttle(1);
    auto limits = few();
    limits.auth_failures_per_peer_max = 0;
    limits.auth_failures_per_authid_max = 0;
    const failure_throttle::time_point now{};
    for (int attempt = 0; attempt < 1000; ++attempt)
        throttle.add("a", "joe", limits, now);
    CHECK(throttle.wait_of("a", "joe", few(), now).count() == 0);
}

TEST_CASE("throttle: when there are too many to count, who failed longest ago is forgiven", "[router][auth]")
{
    failure_throttle throttle(1);
    auto limits = few();
    limits.auth_failures_per_peer_max = 1;
    const failure_throttle::time_point now{};
    throttle.add("first", "", limits, now);
    CHECK(throttle.wait_of("first", "", limits, now).count() > 0);
    for (std::size_t i = 0; i < limits::throttled_max; ++i)
        throttle.add(std::to_string(i), "", limits, now);
    CHECK(throttle.wait_of("first", "", limits, now).count() == 0);
    CHECK(throttle.wait_of("0", "", limits, now).count() > 0);
}

TEST_CASE("throttle: whom failures are held against", "[router][auth]")
{
    CHECK(throttled_peer(peer("tcp4:192.0.2.7:5312")) == "192.0.2.7");
    CHECK(throttled_peer(peer("tcp6:[::ffff:192.0.2.7]:5312")) == "192.0.2.7");
    CHECK(throttled_peer(peer("tcp6:[2001:db8:1:2:3:4:5:6]:5312")) == "2001:db8:1:2::/64");
    CHECK(throttled_peer(peer("tcp6:[fe80::1%eth0]:5312")) == "fe80::/64");
    auto process = peer("unix:/run/a.sock");
    process.credentials = peer_credentials{1000, 100, 42};
    CHECK(throttled_peer(process) == "unix uid 1000");
}
