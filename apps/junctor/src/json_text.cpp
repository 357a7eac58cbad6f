// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "json_text.hpp"

#include <cstddef>

#include <junctor/codec/codec.hpp>

namespace junctor {
namespace {

constexpr std::size_t indent_spaces = 3;

std::string in_one_line(const value& content)
{
    byte_buffer json;
    write_value(content, serializer::json, json);
    return std::string(as_text(json.view()));
}

std::string indented(const dict& content, std::size_t depth)
{
    const std::string indent((depth + 1) * indent_spaces, ' ');
    std::string lines;
    for (const auto& [key, inner] : content) {
        const auto* const deeper = inner.get_if<dict>();
        lines += lines.empty() ? "{\n" : ",\n";
        lines += indent + in_one_line(key) + ": ";
        lines += deeper != nullptr ? indented(*deeper, depth + 1) : in_one_line(inner);
    }
    if (lines.empty())
        return "{}";
    return lines + "\n" + std::string(depth * indent_spaces, ' ') + "}";
}

} // namespace

std::string json_text(const dict& content)
{
    return indented(content, 0);
}

} // namespace junctor
