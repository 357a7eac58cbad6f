// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <junctor/codec/codec.hpp>

#include "outcome.hpp"

namespace junctor::cli {
namespace {

/// How many characters the UTF-8 text `text` has: the octets that begin one.
std::size_t width_of(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char octet) { return (static_cast<unsigned char>(octet) & 0xC0) != 0x80; }));
}

std::string row_text(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths)
{
    constexpr std::size_t gap = 2;
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line += cells[i];
        if (i + 1 < cells.size())
            line.append(widths[i] - width_of(cells[i]) + gap, ' ');
    }
    return line + "\n";
}

/// One positional argument for people.
std::string positional_text(const value& content)
{
    const auto* const text = content.get_if<std::string>();
    return text != nullptr ? *text : to_json(content);
}

} // namespace

std::string to_json(const value& content)
{
    byte_buffer json;
    write_value(content, serializer::json, json);
    return std::string(as_text(json.view()));
}

std::string in_one_line(std::string_view text)
{
    std::string line(text);
    std::replace_if(
        line.begin(), line.end(),
        [](char octet) { return static_cast<unsigned char>(octet) < 0x20 || octet == '\x7f'; }, ' ');
    return line;
}

std::string to_text(const arguments& content)
{
    std::string text;
    if (content.args.size() == 1)
        text = positional_text(content.args.front());
    else if (!content.args.empty())
        text = to_json(content.args);
    if (content.kwargs.empty())
        return text;
    return text + (content.args.empty() ? "" : " ") + to_json(content.kwargs);
}

dict to_dict(const arguments& content)
{
    return {{"args", content.args}, {"kwargs", content.kwargs}};
}

std::string to_table(const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < heads.size(); ++i) {
        auto& width = widths.emplace_back(width_of(heads[i]));
        for (const auto& row : rows)
            width = std::max(width, width_of(row[i]));
    }
    auto text = row_text(heads, widths);
    for (const auto& row : rows)
        text += row_text(row, widths);
    return text;
}

void print_line(std::string_view line)
{
    print_text(std::string(line) + "\n");
}

void print_text(std::string_view text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
        return;
    if (errno == EPIPE)
        throw output_closed();
    throw std::system_error(errno, std::generic_category(), "standard output cannot be written");
}

} // namespace junctor::cli
