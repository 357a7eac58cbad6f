// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "bench/histogram.hpp"

#include <cstdint>
#include <limits>
#include <memory>

#include "support/catch.hpp"

using junctor::bench::histogram;

TEST_CASE("histogram: without anything recorded all is 0", "[bench]")
{
    const auto empty = std::make_unique<histogram>();
    CHECK(empty->count() == 0);
    CHECK(empty->max() == 0);
    CHECK(empty->percentile(0.5) == 0);
}

TEST_CASE("histogram: small values are exact", "[bench]")
{
    const auto some = std::make_unique<histogram>();
    for (std::uint64_t value = 1; value <= 200; ++value)
        some->record(value);
    CHECK(some->count() == 200);
    CHECK(some->percentile(0.5) == 100);
    CHECK(some->percentile(0.99) == 198);
    CHECK(some->percentile(1.0) == 200);
    CHECK(some->percentile(0.0) == 1);
}

TEST_CASE("histogram: a percentile is within 1/128 of the truth, and never above the maximum", "[bench]")
{
    for (std::uint64_t value = 1; value < std::uint64_t{1} << 62; value = value * 3 + 1) {
        const auto one = std::make_unique<histogram>();
        one->record(value);
        one->record(value * 2);
        const auto found = one->percentile(0.5);
        INFO(value);
        CHECK(found >= value);
        CHECK(found - value <= value / 128);
        CHECK(one->percentile(1.0) == value * 2);
    }
}

TEST_CASE("histogram: the largest values have a place", "[bench]")
{
    const auto one = std::make_unique<histogram>();
    one->record(std::numeric_limits<std::uint64_t>::max(), 3);
    CHECK(one->count() == 3);
    CHECK(one->max() == std::numeric_limits<std::uint64_t>::max());
    CHECK(one->percentile(0.5) == one->max());
}
