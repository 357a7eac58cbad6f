// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "used_names.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "spelling.hpp"

namespace junctor {
namespace {

/// The roles of `realm`, or of all realms if that is empty, each once.
std::vector<std::string_view> roles_of(std::string_view realm, const std::vector<realm_config>& realms)
{
    std::vector<std::string_view> names;
    for (const auto& one : realms) {
        for (const auto& role : one.roles) {
            const bool known = std::find(names.begin(), names.end(), role.name) != names.end();
            if (!known && (realm.empty() || one.name == realm))
                names.push_back(role.name);
        }
    }
    return names;
}

/// Whether `name` is missed among `there`; not if there is nothing at all.
bool is_missed(std::string_view name, const std::vector<std::string_view>& there)
{
    return !there.empty() && std::find(there.begin(), there.end(), name) == there.end();
}

} // namespace

void used_names::add_role(config_item where, std::string name, std::string realm)
{
    roles_.push_back({std::move(where), std::move(name), std::move(realm)});
}

void used_names::add_realm(config_item where, std::string name)
{
    realms_.push_back({std::move(where), std::move(name)});
}

void used_names::compare(const std::vector<realm_config>& realms, problem_list& problems)
{
    for (const auto& used : std::exchange(roles_, {}))
        compare(used, realms, problems);
    for (const auto& used : std::exchange(realms_, {}))
        compare(used, realms, problems);
}

void used_names::compare(const used_role& used, const std::vector<realm_config>& realms, problem_list& problems)
{
    const auto there = roles_of(used.realm, realms);
    if (!is_missed(used.name, there))
        return;
    const auto whose = used.realm.empty() ? std::string("no realm of this worker has a")
                                          : fmt::format("realm '{}' has no", used.realm);
    problems.warning(used.where, fmt::format("{} role '{}'", whose, used.name), spelling_hint(used.name, there));
}

void used_names::compare(const used_realm& used, const std::vector<realm_config>& realms, problem_list& problems)
{
    std::vector<std::string_view> there;
    for (const auto& one : realms)
        there.push_back(one.name);
    if (is_missed(used.name, there))
        problems.warning(used.where, fmt::format("this worker has no realm '{}'", used.name),
                         spelling_hint(used.name, there));
}

} // namespace junctor
