// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "module_item.hpp"

#include <utility>
#include <vector>

#include "spelling.hpp"

namespace junctor {
namespace {

/// The innermost item on the way `where` from `options` that there is.
config_item place_of(const option_path& where, const config_item& options, problem_list& problems)
{
    auto place = options;
    for (const auto& key : where) {
        if (kind_of(*place.node) != "dict")
            break;
        place = dict_reader(place, problems).take(key).value_or(place);
    }
    return place;
}

} // namespace

void noted_problems::error(const option_path& where, std::string text, std::string hint)
{
    problems_.error(place_of(where, options_, problems_), std::move(text), std::move(hint));
}

void noted_problems::warning(const option_path& where, std::string text, std::string hint)
{
    problems_.warning(place_of(where, options_, problems_), std::move(text), std::move(hint));
}

void noted_problems::unknown_key(const option_path& where, std::span<const std::string> known)
{
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    problems_.error(place_of(where, options_, problems_), "unknown key", spelling_hint(where.back(), candidates));
}

void noted_names::role(const option_path& where, std::string name, std::string realm)
{
    reading_.names.add_role(place_of(where, options_, reading_.problems), std::move(name), std::move(realm));
}

void noted_names::realm(const option_path& where, std::string name)
{
    reading_.names.add_realm(place_of(where, options_, reading_.problems), std::move(name));
}

void report_repeated_keys(const config_item& item, problem_list& problems)
{
    if (kind_of(*item.node) == "list") {
        for (const auto& element : read_list(item, problems))
            report_repeated_keys(element, problems);
    } else if (kind_of(*item.node) == "dict") {
        dict_reader keys(item, problems);
        for (const auto& [key, content] : keys.take_all())
            report_repeated_keys(content, problems);
        keys.finish();
    }
}

} // namespace junctor
