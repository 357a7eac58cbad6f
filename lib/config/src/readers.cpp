// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "readers.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace junctor {
namespace {

constexpr std::size_t id_length_min = 3;
constexpr std::size_t id_length_max = 64;

/// Crossbar.io's rule: ^[a-z][a-z0-9_]{2,63}$
bool is_id(std::string_view text)
{
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_inner = [&](char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '_'; };
    return text.size() >= id_length_min && text.size() <= id_length_max && is_lower(text.front()) &&
           std::all_of(text.begin(), text.end(), is_inner);
}

bool contains(std::span<const std::string_view> words, std::string_view word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

std::string config_reading::absolute(std::string_view path) const
{
    return (context.base_directory / path).string(); // An absolute path stays what it is.
}

std::string read_id(dict_reader& keys, std::string otherwise, problem_list& problems)
{
    const auto item = keys.take("id");
    if (!item)
        return otherwise;
    const auto id = read_text(*item, problems);
    if (!id)
        return otherwise;
    if (!is_id(*id))
        problems.error(*item,
                       fmt::format("must be of {} to {} characters: a lower-case letter, then lower-case letters, "
                                   "digits and '_'",
                                   id_length_min, id_length_max));
    return *id;
}

std::optional<std::string> read_path(const config_item& item, config_reading& reading)
{
    const auto text = read_text(item, reading.problems);
    if (!text)
        return std::nullopt;
    auto expanded = expand_variables(*text, reading.context.environment);
    for (const auto& name : expanded.unset)
        reading.problems.warning(
            item, fmt::format("the environment variable '{}' is not set: the path is taken as it is", name));
    if (!expanded.text.empty())
        return std::move(expanded.text);
    reading.problems.error(item, "must not be empty");
    return std::nullopt;
}

void unique_names::add(const std::string& name, const config_item& item, problem_list& problems)
{
    if (std::find(names_.begin(), names_.end(), name) != names_.end())
        problems.error(item, fmt::format("there is another {} '{}'", what_, name));
    names_.push_back(name);
}

std::optional<std::string> read_type(dict_reader& keys, std::string_view what,
                                     std::span<const std::string_view> supported,
                                     std::span<const std::string_view> planned, problem_list& problems)
{
    const auto item = keys.require("type");
    if (!item)
        return std::nullopt;
    const auto type = read_text(*item, problems);
    if (!type || contains(supported, *type))
        return type;
    if (contains(planned, *type))
        problems.error(*item, fmt::format("{} type '{}' is not supported yet by this version", what, *type),
                       fmt::format("supported: {}", fmt::join(supported, ", ")));
    else
        report_unknown_word(*item, fmt::format("{} type", what), supported, problems);
    return std::nullopt;
}

} // namespace junctor
