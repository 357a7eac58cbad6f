// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/config/environment.hpp>

#include <algorithm>

namespace junctor {
namespace {

constexpr std::string_view default_mark = ":-";

/// A reference to a variable, as it is written.
struct reference {
    std::string name;
    std::optional<std::string_view> alternative;
    std::string_view written; ///< With the dollar sign; empty if there is no reference.
};

bool is_name_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// The length of the name that `text` begins with; 0 if there is none.
std::size_t name_length(std::string_view text)
{
    if (text.empty() || (text.front() >= '0' && text.front() <= '9'))
        return 0;
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_name_character) - text.begin());
}

/// The reference that `text` begins with, its first character being a dollar sign.
reference parse_reference(std::string_view text)
{
    const bool in_braces = text.substr(1).starts_with('{');
    const auto body = text.substr(in_braces ? 2 : 1);
    const auto length = name_length(body);
    if (length == 0)
        return {};
    const std::string name(body.substr(0, length));
    if (!in_braces)
        return {name, std::nullopt, text.substr(0, 1 + length)};

    const auto end = body.find('}');
    if (end == std::string_view::npos)
        return {};
    const auto rest = body.substr(length, end - length);
    const auto written = text.substr(0, 2 + end + 1);
    if (rest.empty())
        return {name, std::nullopt, written};
    if (rest.starts_with(default_mark))
        return {name, rest.substr(default_mark.size()), written};
    return {};
}

} // namespace

expansion expand_variables(std::string_view text, const environment_lookup& environment)
{
    expansion result;
    while (!text.empty()) {
        const auto plain = text.substr(0, text.find('$'));
        result.text += plain;
        text.remove_prefix(plain.size());
        if (text.empty())
            break;

        const auto found = parse_reference(text);
        if (found.written.empty()) {
            result.text += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto content = environment(found.name);
        if (found.alternative && content.value_or("").empty()) {
            result.text += *found.alternative;
        } else if (content) {
            result.text += *content;
        } else {
            result.text += found.written;
            result.unset.push_back(found.name);
        }
        text.remove_prefix(found.written.size());
    }
    return result;
}

std::optional<std::string> variable_name(std::string_view text)
{
    if (!text.starts_with('$'))
        return std::nullopt;
    auto found = parse_reference(text);
    if (found.written != text || found.alternative)
        return std::nullopt;
    return std::move(found.name);
}

} // namespace junctor
