// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "module_item.hpp"
#include "readers.hpp"
#include "spelling.hpp"

namespace junctor {
namespace {

constexpr std::array<std::string_view, 1> component_types{"class"};
constexpr std::array<std::string_view, 2> planned_component_types{"function", "wamplet"};

/// The role of what belongs to the program itself, which no realm has to have.
constexpr std::string_view trusted = "trusted";

/// The code that `classname` names, made from `extra`; null if there is none or it cannot be made.
std::unique_ptr<component_class> make_code(const config_item& classname, const std::optional<config_item>& extra,
                                           config_reading& reading)
{
    const auto name = read_text(classname, reading.problems);
    if (!name)
        return nullptr;
    const auto* const make = reading.context.modules->find_component(*name);
    if (make != nullptr)
        return extra ? make_from_options(*make, *extra, reading) : make_without_options(*make, classname, reading);
    const auto names = reading.context.modules->components();
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    reading.problems.error(classname, fmt::format("there is no component '{}'", *name),
                           candidates.empty() ? "a module that has it must be loaded by 'modules' of the node"
                                              : spelling_hint(*name, candidates));
    return nullptr;
}

const realm_config* find_realm(const std::vector<realm_config>& realms, const std::string& name)
{
    const auto at = std::find_if(realms.begin(), realms.end(), [&](const auto& realm) { return realm.name == name; });
    return at != realms.end() ? &*at : nullptr;
}

template <class Named>
std::vector<std::string_view> names_of(const std::vector<Named>& all)
{
    std::vector<std::string_view> names;
    for (const auto& one : all)
        names.push_back(one.name);
    return names;
}

/// Notes that a component of a router cannot join as it is told to: unlike others, it has no other router.
void check_place(const router_component_config& component, const dict_reader& keys,
                 const std::vector<realm_config>& realms, const std::optional<config_item>& role,
                 config_reading& reading)
{
    if (component.what.realm.empty())
        return; // That has been said already.
    const auto* const realm = find_realm(realms, component.what.realm);
    if (realm == nullptr)
        return reading.problems.error(keys.item(), fmt::format("this worker has no realm '{}'", component.what.realm),
                                      realms.empty() ? "" : spelling_hint(component.what.realm, names_of(realms)));
    const auto& roles = realm->roles;
    const bool known = component.role == trusted || std::any_of(roles.begin(), roles.end(), [&](const auto& one) {
                           return one.name == component.role;
                       });
    if (!known && role)
        reading.problems.error(*role, fmt::format("realm '{}' has no role '{}'", realm->name, component.role),
                               fmt::format("leave it out for the role '{}'", trusted));
}

std::optional<router_component_config> read_router_component(const config_item& item, std::size_t number,
                                                             const std::vector<realm_config>& realms,
                                                             config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto what = read_component(keys, fmt::format("component{:03}", number), reading);
    if (!what)
        return std::nullopt;
    router_component_config component;
    component.what = std::move(*what);
    const auto role = keys.take("role");
    component.role = std::string(trusted);
    if (role)
        component.role = read_text(*role, reading.problems).value_or(component.role);
    component.authid = keys.text("authid").value_or(component.what.id);
    keys.ignore({"references"});
    if (const auto transport = keys.take("transport"))
        reading.problems.error(*transport, "is for components of containers: this one is within its router");
    if (const auto auth = keys.take("auth"))
        reading.problems.error(*auth, "is for components of containers: this one has a 'role'");
    keys.finish();
    check_place(component, keys, realms, role, reading);
    return component;
}

} // namespace

std::optional<component_config> read_component(dict_reader& keys, std::string id, config_reading& reading)
{
    component_config component;
    component.id = read_id(keys, std::move(id), reading.problems);
    if (!read_type(keys, "component", component_types, planned_component_types, reading.problems))
        return std::nullopt;
    if (const auto realm = keys.require("realm")) {
        component.realm = read_text(*realm, reading.problems).value_or("");
        if (component.realm.empty() && kind_of(*realm->node) == "string")
            reading.problems.error(*realm, "must not be empty");
    }
    const auto classname = keys.require("classname");
    const auto extra = keys.take("extra");
    if (classname)
        component.code = make_code(*classname, extra, reading);
    return component;
}

std::vector<router_component_config> read_router_components(dict_reader& keys, const std::vector<realm_config>& realms,
                                                            config_reading& reading)
{
    std::vector<router_component_config> components;
    unique_names ids("component with the id");
    for (const auto& item : keys.list("components")) {
        auto component = read_router_component(item, components.size() + 1, realms, reading);
        if (!component)
            continue;
        ids.add(component->what.id, item, reading.problems);
        components.push_back(std::move(*component));
    }
    return components;
}

} // namespace junctor
