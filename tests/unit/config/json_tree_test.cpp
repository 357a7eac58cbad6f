// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "json_tree.hpp"
#include "support/catch.hpp"

using namespace junctor;

namespace {

json_node parsed(std::string_view text)
{
    auto result = parse_json(text);
    REQUIRE(std::holds_alternative<json_node>(result));
    return std::get<json_node>(std::move(result));
}

json_flaw flaw_of(std::string_view text)
{
    INFO(text);
    auto result = parse_json(text);
    REQUIRE(std::holds_alternative<json_flaw>(result));
    return std::get<json_flaw>(std::move(result));
}

} // namespace

TEST_CASE("json tree: every value and key knows its line and column", "[config][json]")
{
    const auto root = parsed("\n"
                             "{\n"
                             "  \"a\": [true, null,\n"
                             "        -1.5],\n"
                             "  \"b:\\\"}\": {\"c\": \"x\"} , \"d\": 7\n"
                             "}");
    CHECK(root.where == text_position{2, 1});
    const auto& members = std::get<json_node::members>(root.content);
    REQUIRE(members.size() == 3);

    CHECK(members[0].where == text_position{3, 3});
    CHECK(members[0].content.where == text_position{3, 8});
    const auto& elements = std::get<json_node::elements>(members[0].content.content);
    REQUIRE(elements.size() == 3);
    CHECK(elements[0].where == text_position{3, 9});
    CHECK(elements[1].where == text_position{3, 15});
    CHECK(elements[2].where == text_position{4, 9});

    CHECK(members[1].key == "b:\"}");
    CHECK(members[1].where == text_position{5, 3});
    CHECK(members[1].content.where == text_position{5, 12});
    CHECK(std::get<json_node::members>(members[1].content.content)[0].content.where == text_position{5, 18});
    CHECK(members[2].where == text_position{5, 25});
    CHECK(members[2].content.where == text_position{5, 30});
}

TEST_CASE("json tree: columns count characters, not bytes", "[config][json]")
{
    const auto root = parsed(R"(["äöü€😀", 1])");
    CHECK(std::get<json_node::elements>(root.content)[1].where == text_position{1, 11});
}

TEST_CASE("json tree: values become values", "[config][json]")
{
    const auto root = parsed(R"({"n": null, "b": false, "i": -3, "u": 18446744073709551615, "r": 1.5, "e": 1e2,
                                 "s": "\u00e9\n\ud83d\ude00", "l": [1, [], {}], "d": {"x": 1, "x": 2}})");
    const dict expected{{"n", nullptr},       {"b", false}, {"i", -3},     {"u", std::uint64_t(-1)},
                        {"r", 1.5},           {"e", 100.0}, {"s", "é\n😀"}, {"l", list{1, list(), dict()}},
                        {"d", dict{{"x", 2}}}};
    CHECK(to_value(root) == value(expected));
}

TEST_CASE("json tree: kinds have the names that people know", "[config][json]")
{
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"null", "null"}, {"true", "boolean"}, {"1", "integer"}, {"18446744073709551615", "integer"},
        {"1.0", "real"},  {"\"\"", "string"},  {"[]", "list"},   {"{}", "dict"}};
    for (const auto& [text, kind] : cases)
        CHECK(kind_of(parsed(text)) == kind);
}

TEST_CASE("json tree: what is no JSON is reported where it stops to be", "[config][json]")
{
    struct flawed {
        std::string_view text;
        text_position where;
        std::string_view problem;
        std::string_view hint;
    };
    const flawed cases[] = {
        {"", {1, 1}, "not proper JSON: the text ends too early", "is a '}' or ']' missing?"},
        {"{\"a\": 1,\n \"b\": [2", {2, 9}, "not proper JSON: the text ends too early", "is a '}' or ']' missing?"},
        {"{\"a\": 1,\n}", {2, 1}, "not proper JSON: unexpected '}'", "remove the comma before it"},
        {"[1, 2,]", {1, 7}, "not proper JSON: unexpected ']'", "remove the comma before it"},
        {"[1 }", {1, 4}, "not proper JSON: unexpected '}'", ""},
        {"{\"a\": 1\n \"b\": 2}", {2, 2}, "not proper JSON: unexpected '\"'", "is a comma missing before it?"},
        {"// note\n{}", {1, 1}, "not proper JSON: unexpected '/'", "JSON has no comments"},
        {"{\n# note\n}", {2, 1}, "not proper JSON: unexpected '#'", "JSON has no comments"},
        {"['a']", {1, 2}, "not proper JSON: unexpected '\''", "JSON has strings in double quotes only"},
        {"{} x", {1, 4}, "not proper JSON: unexpected 'x' after the end", ""},
        {"[\"a\nb\"]", {1, 4}, "not proper JSON: unexpected end of line", ""},
        {"[\"\xff\"]", {1, 3}, "not proper JSON: unexpected octet 0xFF", ""},
        {"version: 2\n", {1, 1}, "not proper JSON: unexpected 'v'", ""},
    };
    for (const auto& [text, where, problem, hint] : cases) {
        const auto flaw = flaw_of(text);
        CHECK(flaw.text == problem);
        CHECK(flaw.where.line == where.line);
        CHECK(flaw.where.column == where.column);
        CHECK(flaw.hint == hint);
    }
}

TEST_CASE("json tree: nesting has a bound", "[config][json]")
{
    CHECK_THAT(flaw_of(std::string(100'000, '[')).text, Catch::Matchers::ContainsSubstring("too deep"));
}
