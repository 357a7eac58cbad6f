// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "log_format.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include <fmt/format.h>

#include <junctor/codec/utf8.hpp>

namespace junctor {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// The length of the UTF-8 sequence that `text` begins with; 0 if there is no valid one.
std::size_t sequence_length(std::string_view text)
{
    constexpr std::size_t sequence_bytes_max = 4;
    for (std::size_t length = 1; length <= std::min(text.size(), sequence_bytes_max); ++length) {
        if (is_utf8(text.substr(0, length)))
            return length;
    }
    return 0;
}

/// Whether a terminal or a reader of lines may take `sequence`, one character in UTF-8, for more than a mark on paper.
bool is_control(std::string_view sequence)
{
    const auto first = static_cast<unsigned char>(sequence.front());
    const bool is_c1_control = sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
    const bool is_line_separator = sequence == "\xE2\x80\xA8" || sequence == "\xE2\x80\xA9";
    return first < ' ' || first == 0x7F || is_c1_control || is_line_separator;
}

/// The code point of a control character as above.
unsigned code_point(std::string_view sequence)
{
    const auto last = static_cast<unsigned char>(sequence.back());
    return sequence.size() == 3 ? 0x2000U + (last & 0x3FU) : last;
}

std::string escaped(std::string_view sequence)
{
    switch (sequence.front()) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return is_control(sequence) ? fmt::format("\\u{:04x}", code_point(sequence)) : std::string(sequence);
    }
}

/// Whether `text` can stand in a line of text as it is.
bool is_plain(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
    });
}

std::string format_value(log_format format, const log_field::content& content)
{
    return std::visit(
        [&]<class Content>(const Content& value) -> std::string {
            if constexpr (std::is_same_v<Content, std::string_view>)
                return format == log_format::text && is_plain(value) ? std::string(value) : quoted_json(value);
            else if constexpr (std::is_same_v<Content, double>)
                return std::isfinite(value) ? fmt::format("{}", value) : "null";
            else
                return fmt::format("{}", value);
        },
        content);
}

} // namespace

std::string quoted_json(std::string_view text)
{
    std::string result = "\"";
    while (!text.empty()) {
        const auto length = sequence_length(text);
        if (length == 0)
            result += replacement_character;
        else
            result += escaped(text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result + '"';
}

std::string format_event(log_format format, std::string_view event, std::span<const log_field> fields)
{
    const bool json = format == log_format::json;
    auto line = json ? fmt::format("\"event\":{}", quoted_json(event)) : std::string(event);
    for (const auto& field : fields) {
        const auto value = format_value(format, field.value);
        line += json ? fmt::format(",{}:{}", quoted_json(field.key), value) : fmt::format(" {}={}", field.key, value);
    }
    return line;
}

} // namespace junctor
