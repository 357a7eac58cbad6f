// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A JSON text as a tree in which every value and key knows where it stands.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <junctor/base/value.hpp>
#include <junctor/config/config_problem.hpp>

namespace junctor {

struct json_member;

/// One value. Members of a dict keep the order of the text, and the same key may occur twice.
struct json_node {
    using elements = std::vector<json_node>;
    using members = std::vector<json_member>;

    text_position where;
    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, elements, members> content;
};

/// One key of a dict, with its value.
struct json_member {
    std::string key;
    text_position where;
    json_node content;
};

/// Where and why a text is no JSON.
struct json_flaw {
    text_position where;
    std::string text;
    std::string hint; ///< May be empty.
};

/// Parses `text` as strict JSON (RFC 8259) in UTF-8.
[[nodiscard]] std::variant<json_node, json_flaw> parse_json(std::string_view text);

/// `node` without its positions. Of a key that occurs twice, the last one counts.
[[nodiscard]] value to_value(const json_node& node);

/// What kind of value `node` is, as `value::kind()` names it.
[[nodiscard]] std::string_view kind_of(const json_node& node) noexcept;

} // namespace junctor
