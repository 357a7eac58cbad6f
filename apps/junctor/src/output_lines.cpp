// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "output_lines.hpp"

#include <algorithm>

namespace junctor {
namespace {

constexpr std::size_t sequence_bytes_max = 4;

/// How much of `text`, which was cut anywhere, ends with a whole character if it is UTF-8; all of it if it is not.
std::size_t whole_characters(std::string_view text)
{
    const auto is_inner = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    for (std::size_t back = 1; back <= std::min(text.size(), sequence_bytes_max); ++back) {
        const auto c = static_cast<unsigned char>(text[text.size() - back]);
        if (is_inner(static_cast<char>(c)))
            continue;
        const std::size_t length = c >= 0xF0U ? 4 : c >= 0xE0U ? 3 : c >= 0xC0U ? 2 : 1;
        return length > back ? text.size() - back : text.size();
    }
    return text.size();
}

} // namespace

void output_lines::add(std::string_view octets)
{
    while (!octets.empty()) {
        const auto end = octets.find('\n');
        append(octets.substr(0, end));
        if (end == std::string_view::npos)
            return;
        end_line();
        octets.remove_prefix(end + 1);
    }
}

void output_lines::finish()
{
    if (!line_.empty())
        end_line();
}

void output_lines::append(std::string_view part)
{
    while (line_.size() + part.size() > line_bytes_max) {
        const auto room = line_bytes_max - line_.size();
        line_ += part.substr(0, room);
        part.remove_prefix(room);
        const auto whole = whole_characters(line_);
        take_(std::string_view(line_).substr(0, whole), true);
        line_.erase(0, whole);
    }
    line_ += part;
}

void output_lines::end_line()
{
    const auto text = std::string_view(line_);
    take_(text.ends_with('\r') ? text.substr(0, text.size() - 1) : text, false);
    line_.clear();
}

} // namespace junctor
