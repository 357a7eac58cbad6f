// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/ranges.h>

#include <junctor/router/router.hpp>
#include <junctor/version.hpp>

#include "commands.hpp"
#include "config_source.hpp"
#include "console_log.hpp"
#include "shard_threads.hpp"

namespace junctor {
namespace {

/// The router of a worker, and the main one of its shards.
struct running_worker {
    boost::asio::io_context& main;
    std::unique_ptr<router> serving;
};

using running_workers = std::vector<running_worker>;

/// What is added to the longest `goodbye_timeout` before connections that are still there are dropped.
constexpr std::chrono::seconds stop_margin{1};

/// Every connection needs a file descriptor, and the soft limit is often 1024 for the sake of old programs only.
void raise_open_files_limit(log_sink& log)
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    const auto before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        log.write(log_level::info, "open files limited", {{"limit", limit.rlim_cur}, {"before", before}});
    else
        log.write(log_level::warning, "open files limited", {{"limit", before}});
}

void log_warnings(log_sink& log, const std::vector<config_problem>& problems)
{
    for (const auto& problem : problems)
        log.write(log_level::warning, "configuration doubtful", {{"problem", to_string(problem)}});
}

void log_module(log_sink& log, const loaded_module& module)
{
    std::vector<std::string> adds;
    for (const auto& name : module.authmethods)
        adds.push_back("authmethod " + name);
    for (const auto& name : module.authorizers)
        adds.push_back("authorizer " + name);
    for (const auto& name : module.principal_sources)
        adds.push_back("principals " + name);
    log.write(log_level::info, "module loaded",
              {{"file", module.file.native()}, {"adds", fmt::to_string(fmt::join(adds, ", "))}});
}

void open_realm(router& to, const realm_config& config)
{
    auto options = config.options;
    options.agent = "Junctor/" JUNCTOR_VERSION;
    auto& host = to.open_realm(config.name, std::move(options));
    for (const auto& role : config.roles) {
        auto& permissions = host.role(role.name);
        permissions.allow_by_default(role.allow_by_default);
        for (const auto& rule : role.permissions)
            permissions.set(rule);
        if (role.authorizer != nullptr)
            host.authorize(role.name, *role.authorizer, role.decisions);
        if (role.sources)
            host.restrict_role(role.name, *role.sources);
    }
}

/// A router that does what `worker` says, on shards of its own. Throws if it cannot listen.
running_worker make_worker(shard_threads& threads, log_sink& log, const worker_config& worker)
{
    const auto shards = threads.for_router(worker.shards);
    auto made = std::make_unique<router>(shards, log);
    if (worker.shards != 1)
        log.write(log_level::info, "connections spread", {{"worker", worker.id}, {"shards", worker.shards}});
    for (const auto& realm : worker.realms)
        open_realm(*made, realm);
    for (const auto& transport : worker.transports)
        made->listen(transport.transport);
    return {*shards.front(), std::move(made)};
}

/// How long stopping may take.
std::chrono::milliseconds stop_bound(const node_config& config)
{
    std::chrono::milliseconds longest{0};
    for (const auto& worker : config.workers) {
        for (const auto& transport : worker.transports)
            longest = std::max(longest, transport.transport.per_session().goodbye_timeout);
    }
    return longest + stop_margin;
}

/// Runs until SIGINT or SIGTERM. After that a second signal has its default effect, which is to end the process at
/// once.
void run_until_signal(shard_threads& threads, log_sink& log)
{
    auto& io = threads.main();
    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int number) {
        log.write(log_level::info, "stopping", {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
        io.stop();
    });
    threads.start();
    log.write(log_level::info, "ready", {{"version", JUNCTOR_VERSION}, {"pid", getpid()}});
    io.run();
    io.restart();
}

void stop(shard_threads& threads, log_sink& log, const running_workers& all, std::chrono::milliseconds bound)
{
    for (const auto& worker : all)
        boost::asio::post(worker.main, [&closing = *worker.serving] { closing.close(); });
    threads.finish(bound);
    std::size_t left = 0;
    for (const auto& worker : all)
        left += worker.serving->connection_count();
    log.write(log_level::info, "stopped", {{"connections_dropped", left}});
}

} // namespace

exit_code start(const command_line& line)
{
    protect_secrets();
    auto modules = built_in_modules();
    const auto [source, loaded, loaded_modules] = load_config(line, modules);
    if (!loaded.usable()) {
        print_problems(loaded);
        return exit_bad_config;
    }

    console_log log(line.level, line.format);
    log.write(log_level::info, "configuration read", {{"source", source}});
    for (const auto& module : loaded_modules)
        log_module(log, module);
    log_warnings(log, loaded.problems);
    std::signal(SIGPIPE, SIG_IGN); // A peer that is gone is an error of one write, not the end of the process.
    raise_open_files_limit(log);
    shard_threads threads;
    running_workers all;
    try {
        for (const auto& worker : loaded.config.workers)
            all.push_back(make_worker(threads, log, worker));
    } catch (const std::exception& error) {
        log.write(log_level::error, "cannot start", {{"cause", error.what()}});
        return exit_not_started;
    }
    run_until_signal(threads, log);
    stop(threads, log, all, stop_bound(loaded.config));
    return exit_ok;
}

} // namespace junctor
