// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "module_item.hpp"

#include <utility>
#include <vector>

#include "spelling.hpp"

namespace junctor {

void noted_problems::error(const option_path& where, std::string text, std::string hint)
{
    problems_.error(place_of(where), std::move(text), std::move(hint));
}

void noted_problems::warning(const option_path& where, std::string text, std::string hint)
{
    problems_.warning(place_of(where), std::move(text), std::move(hint));
}

void noted_problems::unknown_key(const option_path& where, std::span<const std::string> known)
{
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    problems_.error(place_of(where), "unknown key", spelling_hint(where.back(), candidates));
}

/// The innermost item on the way `where` that there is.
config_item noted_problems::place_of(const option_path& where) const
{
    auto place = options_;
    for (const auto& key : where) {
        if (kind_of(*place.node) != "dict")
            break;
        place = dict_reader(place, problems_).take(key).value_or(place);
    }
    return place;
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
