// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/number.hpp>

#include <limits>

#include "codec_support.hpp"

using junctor::any_number;
using junctor::errc;
using junctor::to_integer;
using junctor::to_unsigned;

namespace {

constexpr auto int64_max = std::numeric_limits<std::int64_t>::max();
constexpr auto int64_min = std::numeric_limits<std::int64_t>::min();
constexpr auto uint64_max = std::numeric_limits<std::uint64_t>::max();

any_number natural(std::uint64_t n)
{
    return n;
}

} // namespace

TEST_CASE("number: integers pass if they are in range", "[codec][number]")
{
    CHECK(*to_unsigned(natural(0)) == 0);
    CHECK(*to_unsigned(natural(uint64_max)) == uint64_max);
    CHECK(to_unsigned(junctor::make_number(-1)).error() == errc::number_out_of_range);

    CHECK(*to_integer(natural(0)) == 0);
    CHECK(*to_integer(natural(static_cast<std::uint64_t>(int64_max))) == int64_max);
    CHECK(to_integer(natural(static_cast<std::uint64_t>(int64_max) + 1)).error() == errc::number_out_of_range);
    CHECK(*to_integer(junctor::make_number(int64_min)) == int64_min);
}

TEST_CASE("number: real numbers pass if they are integral and at most 2^53", "[codec][number]")
{
    CHECK(*to_unsigned(any_number(5.0)) == 5);
    CHECK(*to_unsigned(any_number(-0.0)) == 0);
    CHECK(*to_unsigned(any_number(0x1p53)) == std::uint64_t{1} << 53);
    CHECK(*to_integer(any_number(-0x1p53)) == -(std::int64_t{1} << 53));

    for (const double real : {0x1p53 + 2, 0x1p64, std::numeric_limits<double>::infinity()}) {
        CHECK(to_unsigned(any_number(real)).error() == errc::number_out_of_range);
        CHECK(to_integer(any_number(real)).error() == errc::number_out_of_range);
        CHECK(to_integer(any_number(-real)).error() == errc::number_out_of_range);
    }
    CHECK(to_unsigned(any_number(-1.0)).error() == errc::number_out_of_range);
    for (const double real : {0.5, -0.5, 1e-300, std::numeric_limits<double>::quiet_NaN()}) {
        CHECK(to_unsigned(any_number(real)).error() == errc::unexpected_type);
        CHECK(to_integer(any_number(real)).error() == errc::unexpected_type);
    }
}
