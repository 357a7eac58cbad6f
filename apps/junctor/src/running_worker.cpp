// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "running_worker.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <junctor/version.hpp>

namespace junctor {
namespace {

void log_module(log_sink& log, const loaded_module& module)
{
    std::vector<std::string> adds;
    for (const auto& name : module.authmethods)
        adds.push_back("authmethod " + name);
    for (const auto& name : module.authorizers)
        adds.push_back("authorizer " + name);
    for (const auto& name : module.principal_sources)
        adds.push_back("principals " + name);
    for (const auto& name : module.event_stores)
        adds.push_back("event store " + name);
    for (const auto& name : module.components)
        adds.push_back("component " + name);
    log.write(log_level::info, "module loaded",
              {{"file", module.file.native()}, {"adds", fmt::to_string(fmt::join(adds, ", "))}});
}

} // namespace

void set_role(realm_host& host, const role_config& config)
{
    host.set_role(config.name,
                  {config.permissions, config.allow_by_default, config.authorizer, config.decisions, config.sources});
}

void open_realm(router& to, const realm_config& config)
{
    auto options = config.options;
    options.agent = "Junctor/" JUNCTOR_VERSION;
    auto& host = to.open_realm(config.name, std::move(options));
    for (const auto& role : config.roles)
        set_role(host, role);
}

std::unique_ptr<hosted_components> host_components(boost::asio::io_context& main, router& serving,
                                                   const worker_config& worker, log_sink& log)
{
    std::vector<placed_component> placed;
    for (const auto& component : worker.components) {
        const auto& what = component.what;
        placed.push_back({fmt::format("{}.{}", worker.id, what.id),
                          what,
                          {"local", serving.local(component.role, component.authid)},
                          nullptr,
                          {}});
    }
    return std::make_unique<hosted_components>(main, std::move(placed), hosting_rules(), log);
}

void running_worker::close() const
{
    components->stop(); // Or they would join again.
    serving->close();
}

void log_loaded(log_sink& log, const loaded_config& loaded)
{
    for (const auto& module : loaded.modules)
        log_module(log, module);
    for (const auto& problem : loaded.result.problems) {
        if (problem.severity == problem_severity::warning)
            log.write(log_level::warning, "configuration doubtful", {{"problem", to_string(problem)}});
    }
}

} // namespace junctor
