// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<named<container_shutdown>, 4> shutdowns{
    {{"shutdown-manual", container_shutdown::manual},
     {"shutdown-on-last-component-stopped", container_shutdown::last_component_stopped},
     {"shutdown-on-any-component-stopped", container_shutdown::any_component_stopped},
     {"shutdown-on-any-component-failed", container_shutdown::any_component_failed}}};

/// Whether a container would wait for what `restart` keeps from happening.
bool is_impossible(const container_config& container)
{
    switch (container.restart) {
    case restart_policy::always: return container.shutdown != container_shutdown::manual;
    case restart_policy::on_failed: return container.shutdown == container_shutdown::any_component_failed;
    case restart_policy::never: break;
    }
    return false;
}

/// Whether the container is enabled.
bool read_options(const config_item& item, container_config& container, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    keys.ignore(
        {"title", "python", "pythonpath", "cpu_affinity", "extra", "expose_controller", "expose_shared", "env"});
    const auto shutdown = keys.take("shutdown");
    if (shutdown)
        container.shutdown =
            read_choice(*shutdown, "shutdown policy", shutdowns, reading.problems).value_or(container.shutdown);
    read_restart(keys, container.restart, container.restart_delay, container.restart_delay_max, reading);
    if (shutdown && is_impossible(container))
        reading.problems.error(*shutdown, "never happens, as 'restart' has such components started again",
                               "leave out one of the two");
    const auto disabled = keys.take("disabled");
    keys.finish();
    return !disabled || !read_disabled(*disabled, reading);
}

std::optional<container_component_config> read_container_component(const config_item& item, std::size_t number,
                                                                   config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto what = read_component(keys, fmt::format("component{:03}", number), reading);
    if (!what)
        return std::nullopt;
    container_component_config component{std::move(*what), std::nullopt};
    if (const auto transport = keys.require("transport"))
        component.upstream = read_connecting_transport(*transport, number, reading);
    if (const auto auth = keys.take("auth")) {
        auto who = read_credentials(*auth, reading);
        if (component.upstream)
            component.upstream->who = std::move(who);
    }
    if (const auto role = keys.take("role"))
        reading.problems.error(*role, "is for components of routers",
                               "the router gives this one a role, by its 'auth'");
    keys.finish();
    return component;
}

} // namespace

std::optional<container_config> read_container(dict_reader& keys, std::string id, config_reading& reading)
{
    container_config container;
    container.id = std::move(id);
    const auto options = keys.take("options");
    const bool enabled = !options || read_options(*options, container, reading);
    keys.ignore({"manhole", "connections"});
    unique_names ids("component with the id");
    unique_names transports("transport with the id");
    for (const auto& item : keys.list("components")) {
        auto component = read_container_component(item, container.components.size() + 1, reading);
        if (!component)
            continue;
        ids.add(component->what.id, item, reading.problems);
        if (component->upstream)
            transports.add(component->upstream->id(), item, reading.problems);
        container.components.push_back(std::move(*component));
    }
    if (keys.lacks("components"))
        reading.problems.warning(keys.item(), "has no components: there is nothing to do");
    keys.finish();
    if (!enabled)
        return std::nullopt;
    return container;
}

} // namespace junctor
