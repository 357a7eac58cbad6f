// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/value.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

#include "support/catch.hpp"

using junctor::binary;
using junctor::dict;
using junctor::list;
using junctor::value;

TEST_CASE("value: equal integers are equal whatever type they came in", "[base][value]")
{
    CHECK(value(7) == value(7u));
    CHECK(value(std::int8_t{7}) == value(std::uint64_t{7}));
    CHECK(value(std::numeric_limits<std::int64_t>::max()) ==
          value(static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
    CHECK(value(7u).get_if<std::int64_t>() != nullptr);

    const value large(std::numeric_limits<std::uint64_t>::max());
    REQUIRE(large.get_if<std::uint64_t>() != nullptr);
    CHECK(*large.get_if<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
    CHECK(large.get_if<std::int64_t>() == nullptr);
}

TEST_CASE("value: booleans, integers and real numbers are different values", "[base][value]")
{
    CHECK(value(true) != value(1));
    CHECK(value(1) != value(1.0));
    CHECK(value(false) != value());
    CHECK(value("1") != value(1));
}

TEST_CASE("value: tells its kind", "[base][value]")
{
    CHECK(value().kind() == "null");
    CHECK(value(nullptr).kind() == "null");
    CHECK(value(true).kind() == "boolean");
    CHECK(value(-1).kind() == "integer");
    CHECK(value(std::numeric_limits<std::uint64_t>::max()).kind() == "integer");
    CHECK(value(0.5).kind() == "real");
    CHECK(value("text").kind() == "string");
    CHECK(value(binary{std::byte{1}}).kind() == "binary");
    CHECK(value(list{1, 2}).kind() == "list");
    CHECK(value(dict()).kind() == "dict");
    CHECK(value().is_null());
    CHECK_FALSE(value(0).is_null());
}

TEST_CASE("value: visits what it holds", "[base][value]")
{
    const auto is_text = [](const value& v) {
        return v.visit([](const auto& held) { return std::is_same_v<std::decay_t<decltype(held)>, std::string>; });
    };
    CHECK(is_text("text"));
    CHECK_FALSE(is_text(1));
}

TEST_CASE("value: copies are independent trees", "[base][value]")
{
    value original(list{1, dict{{"key", list{"deep"}}}});
    value copy = original;
    original.get_if<list>()->push_back("more");
    CHECK(copy != original);
    CHECK(copy == value(list{1, dict{{"key", list{"deep"}}}}));
}

TEST_CASE("dict: finds, inserts and replaces by key", "[base][value]")
{
    dict entries{{"a", 1}, {"b", 2}};
    CHECK(entries.size() == 2);
    REQUIRE(entries.find("a") != nullptr);
    CHECK(*entries.find("a") == value(1));
    CHECK(entries.find("c") == nullptr);
    CHECK(entries.contains("b"));
    CHECK_FALSE(entries.contains(""));

    entries.set("a", "one").set("c", 3);
    CHECK(*entries.find("a") == value("one"));
    CHECK(entries.size() == 3);

    CHECK(entries["d"].is_null());
    entries["d"] = 4;
    CHECK(*std::as_const(entries).find("d") == value(4));

    entries.append("e", 5);
    CHECK(*entries.find("e") == value(5));
}

TEST_CASE("dict: keeps the order of keys, and compares without it", "[base][value]")
{
    dict entries;
    CHECK(entries.empty());
    entries.set("z", 1).set("a", 2).set("m", 3).set("z", 4);
    std::string order;
    for (const auto& [key, content] : entries)
        order += key;
    CHECK(order == "zam");

    CHECK(entries == dict{{"a", 2}, {"m", 3}, {"z", 4}});
    CHECK_FALSE(entries == dict{{"a", 2}, {"m", 3}});
    CHECK_FALSE(entries == dict{{"a", 2}, {"m", 3}, {"z", 5}});
    CHECK_FALSE(entries == dict{{"a", 2}, {"m", 3}, {"y", 4}});
}
