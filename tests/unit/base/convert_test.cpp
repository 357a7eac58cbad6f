// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/convert.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

using junctor::binary;
using junctor::dict;
using junctor::list;
using junctor::value;
using junctor::value_from;
using junctor::value_to;

namespace {

struct point {
    int x;
    int y;

    friend bool operator==(const point&, const point&) = default;
};

} // namespace

template <>
struct junctor::conversion<point> {
    static std::optional<point> from(const value& v)
    {
        const auto numbers = value_to<std::vector<int>>(v);
        return numbers && numbers->size() == 2 ? std::optional(point{(*numbers)[0], (*numbers)[1]}) : std::nullopt;
    }
    static value to(const point& p) { return list{p.x, p.y}; }
};

TEST_CASE("value_to: integers convert if they are in range", "[base][convert]")
{
    CHECK(value_to<int>(value(-5)) == -5);
    CHECK(value_to<std::uint8_t>(value(255)) == 255);
    CHECK_FALSE(value_to<std::uint8_t>(value(256)).has_value());
    CHECK_FALSE(value_to<unsigned>(value(-1)).has_value());
    CHECK(value_to<std::uint64_t>(value(std::numeric_limits<std::uint64_t>::max())) ==
          std::numeric_limits<std::uint64_t>::max());
    CHECK_FALSE(value_to<std::int64_t>(value(std::numeric_limits<std::uint64_t>::max())).has_value());
    CHECK(value_to<std::int64_t>(value(std::numeric_limits<std::int64_t>::min())) ==
          std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("value_to: integral real numbers pass for integers up to 2^53", "[base][convert]")
{
    CHECK(value_to<int>(value(5.0)) == 5);
    CHECK(value_to<int>(value(-5.0)) == -5);
    CHECK_FALSE(value_to<int>(value(5.5)).has_value());
    CHECK_FALSE(value_to<unsigned>(value(-1.0)).has_value());
    CHECK_FALSE(value_to<std::int8_t>(value(128.0)).has_value());
    CHECK(value_to<std::int64_t>(value(0x1p53)) == std::int64_t{1} << 53);
    CHECK_FALSE(value_to<std::int64_t>(value(0x1p54)).has_value());
    CHECK_FALSE(value_to<std::int64_t>(value(std::numeric_limits<double>::infinity())).has_value());
    CHECK_FALSE(value_to<std::int64_t>(value(std::numeric_limits<double>::quiet_NaN())).has_value());
}

TEST_CASE("value_to: any number converts to a real one", "[base][convert]")
{
    CHECK(value_to<double>(value(2)) == 2.0);
    CHECK(value_to<double>(value(std::numeric_limits<std::uint64_t>::max())) == 0x1p64);
    CHECK(value_to<double>(value(0.5)) == 0.5);
    CHECK(value_to<float>(value(0.5)) == 0.5F);
    CHECK_FALSE(value_to<double>(value("0.5")).has_value());
}

TEST_CASE("value_to: nothing converts to a type of another shape", "[base][convert]")
{
    CHECK_FALSE(value_to<bool>(value(1)).has_value());
    CHECK_FALSE(value_to<int>(value(true)).has_value());
    CHECK_FALSE(value_to<std::string>(value(1)).has_value());
    CHECK_FALSE(value_to<binary>(value("text")).has_value());
    CHECK_FALSE(value_to<dict>(value(list())).has_value());
    CHECK_FALSE(value_to<std::vector<int>>(value(dict())).has_value());
    CHECK_FALSE(value_to<std::map<std::string, int>>(value(list())).has_value());
}

TEST_CASE("value_to: a container converts only if all it holds does", "[base][convert]")
{
    CHECK(value_to<std::vector<int>>(value(list{1, 2.0, 3})) == std::vector<int>{1, 2, 3});
    CHECK_FALSE(value_to<std::vector<int>>(value(list{1, "2"})).has_value());
    CHECK(value_to<std::map<std::string, bool>>(value(dict{{"a", true}})) == std::map<std::string, bool>{{"a", true}});
    CHECK_FALSE(value_to<std::map<std::string, bool>>(value(dict{{"a", 1}})).has_value());
}

TEST_CASE("value_to: null is an empty optional", "[base][convert]")
{
    using maybe = std::optional<int>;
    CHECK(value_to<maybe>(value()) == std::optional<maybe>(maybe()));
    CHECK(value_to<maybe>(value(1)) == std::optional<maybe>(maybe(1)));
    CHECK_FALSE(value_to<maybe>(value("1")).has_value());
}

TEST_CASE("value_from: what value_to takes apart is put together again", "[base][convert]")
{
    CHECK(value_from(true) == value(true));
    CHECK(value_from(std::uint8_t{7}) == value(7));
    CHECK(value_from(0.25F) == value(0.25));
    CHECK(value_from("text") == value("text"));
    CHECK(value_from(std::string_view("text")) == value("text"));
    CHECK(value_from(std::string("text")) == value("text"));
    CHECK(value_from(binary{std::byte{1}}) == value(binary{std::byte{1}}));
    CHECK(value_from(std::vector<int>{1, 2}) == value(list{1, 2}));
    CHECK(value_from(std::map<std::string, int>{{"a", 1}}) == value(dict{{"a", 1}}));
    CHECK(value_from(std::optional<int>()) == value());
    CHECK(value_from(std::optional<int>(3)) == value(3));
    CHECK(value_from(dict{{"a", 1}}) == value(dict{{"a", 1}}));
    CHECK(value_from(value(1)) == value(1));
}

TEST_CASE("conversion: types of one's own take part, also within containers", "[base][convert]")
{
    CHECK(value_to<point>(value(list{1, 2})) == point{1, 2});
    CHECK_FALSE(value_to<point>(value(list{1})).has_value());
    CHECK(value_from(point{3, 4}) == value(list{3, 4}));
    CHECK(value_to<std::vector<point>>(value(list{value(list{1, 2})})) == std::vector<point>{{1, 2}});
}
