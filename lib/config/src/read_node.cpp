// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::int64_t version_min = 1;
constexpr std::int64_t version_max = 2;

/// More threads than that would only be in each other's way.
constexpr std::int64_t shards_max = 64;

constexpr std::array<std::string_view, 3> worker_types{"router", "container", "guest"};
constexpr std::array<std::string_view, 3> planned_worker_types{"proxy", "websocket-testee", "hostmonitor"};

void read_version(dict_reader& keys, config_reading& reading)
{
    const auto item = keys.take("version");
    if (!item)
        return;
    const auto version = read_integer(*item, version_min, version_max, reading.problems);
    if (version && *version < version_max)
        reading.problems.warning(*item, "is read as version 2", "set it to 2 if the permissions have an 'allow'");
}

void read_controller(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    (void)read_id(keys, "", reading.problems);
    keys.ignore({"options", "manhole", "connections", "keyring"});
    keys.finish();
}

/// Whether the worker is enabled.
bool read_worker_options(const config_item& item, worker_config& worker, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    keys.ignore(
        {"title", "python", "pythonpath", "cpu_affinity", "extra", "expose_controller", "expose_shared", "env"});
    if (const auto shards = keys.take("shards"))
        worker.shards = static_cast<std::size_t>(read_integer(*shards, 1, shards_max, reading.problems).value_or(1));
    const auto disabled = keys.take("disabled");
    keys.finish();
    return !disabled || !read_disabled(*disabled, reading);
}

void read_realms(dict_reader& keys, worker_config& worker, config_reading& reading)
{
    unique_names ids("realm with the id");
    unique_names names("realm named");
    for (const auto& item : keys.list("realms")) {
        auto realm = read_realm(item, worker.realms.size() + 1, reading);
        ids.add(realm.id, item, reading.problems);
        if (!realm.name.empty())
            names.add(realm.name, item, reading.problems);
        worker.realms.push_back(std::move(realm));
    }
    if (keys.lacks("realms"))
        reading.problems.warning(keys.item(), "has no realms: nobody can join");
}

void read_transports(dict_reader& keys, worker_config& worker, config_reading& reading)
{
    unique_names ids("transport with the id");
    const auto items = keys.list("transports");
    for (std::size_t index = 0; index < items.size(); ++index) {
        auto transport = read_transport(items[index], index + 1, reading);
        if (!transport)
            continue;
        ids.add(transport->id(), items[index], reading.problems);
        worker.transports.push_back(std::move(*transport));
    }
    if (keys.lacks("transports") && worker.components.empty())
        reading.problems.warning(keys.item(), "has no transports: nobody can connect");
}

/// What of a worker of type "router" follows its type; nothing if it is disabled.
std::optional<worker_config> read_router(dict_reader& keys, std::string id, config_reading& reading)
{
    worker_config worker;
    worker.id = std::move(id);
    const auto options = keys.take("options");
    const bool enabled = !options || read_worker_options(*options, worker, reading);
    keys.ignore({"manhole", "connections"});
    read_realms(keys, worker, reading);
    worker.components = read_router_components(keys, worker.realms, reading);
    read_transports(keys, worker, reading);
    keys.finish();
    reading.names.compare(worker.realms, reading.problems);
    if (!enabled)
        return std::nullopt;
    return worker;
}

/// Adds the worker at `item`, the `number`th one, to `node` unless it is disabled or of a type that is not supported.
void read_worker(const config_item& item, std::size_t number, node_config& node, unique_names& ids,
                 config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto id = read_id(keys, fmt::format("worker{:03}", number), reading.problems);
    const auto type = read_type(keys, "worker", worker_types, planned_worker_types, reading.problems);
    if (!type)
        return; // Whatever else it has is of another kind.
    const auto add = [&](auto worker, auto& workers) {
        if (!worker)
            return;
        ids.add(worker->id, item, reading.problems);
        workers.push_back(std::move(*worker));
    };
    if (*type == "guest")
        add(read_guest(keys, std::move(id), reading), node.guests);
    else if (*type == "container")
        add(read_container(keys, std::move(id), reading), node.containers);
    else
        add(read_router(keys, std::move(id), reading), node.workers);
}

} // namespace

node_config read_node(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    (void)keys.take("$schema");
    read_version(keys, reading);
    if (const auto controller = keys.take("controller"))
        read_controller(*controller, reading);
    if (const auto modules = keys.take("modules"))
        read_modules(*modules, reading); // Before workers, which may use the authmethods of these modules.

    node_config node;
    unique_names ids("worker with the id");
    const auto workers = keys.list("workers");
    for (std::size_t index = 0; index < workers.size(); ++index)
        read_worker(workers[index], index + 1, node, ids, reading);
    keys.finish();
    if (keys.lacks("workers"))
        reading.problems.warning(item, "has no workers: there is nothing to do");
    return node;
}

} // namespace junctor
