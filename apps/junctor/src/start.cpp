// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <junctor/router/router.hpp>
#include <junctor/version.hpp>

#include "commands.hpp"
#include "config_source.hpp"
#include "console_log.hpp"
#include "containers.hpp"
#include "guests.hpp"
#include "reload.hpp"
#include "shard_threads.hpp"

namespace junctor {
namespace {

/// What is added to the longest `goodbye_timeout` before connections that are still there are dropped.
constexpr std::chrono::seconds stop_margin{1};

/// Every connection needs a file descriptor, and the soft limit is often 1024 for the sake of old programs only.
/// Returns what was the limit before, which is for those programs.
std::optional<rlimit> raise_open_files_limit(log_sink& log)
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return std::nullopt;
    const auto former = limit;
    const auto before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        log.write(log_level::info, "open files limited", {{"limit", limit.rlim_cur}, {"before", before}});
    else
        log.write(log_level::warning, "open files limited", {{"limit", before}});
    return former;
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
    auto components = host_components(*shards.front(), *made, worker, log);
    components->start(nullptr); // Before the first client comes.
    for (const auto& transport : worker.transports)
        made->listen(transport);
    return {*shards.front(), std::move(made), std::move(components)};
}

/// How long stopping may take.
std::chrono::milliseconds stop_bound(const node_config& config)
{
    std::chrono::milliseconds longest{0};
    for (const auto& worker : config.workers) {
        for (const auto& transport : worker.transports)
            longest = std::max(longest, transport.per_session().goodbye_timeout);
    }
    return longest + stop_margin;
}

/// Reloads the configuration whenever SIGHUP comes, until `hangups` is cancelled.
void reload_at_signal(boost::asio::signal_set& hangups, reloader& reloads)
{
    hangups.async_wait([&](const boost::system::error_code& cancelled, int) {
        if (cancelled)
            return;
        reloads.reload();
        reload_at_signal(hangups, reloads);
    });
}

/// Runs until SIGINT or SIGTERM, with the containers and guests, which find all transports listening; or, if there is
/// nothing else than containers, until these have ended. After that a second signal has its default effect, which is to
/// end the process at once.
void run_to_the_end(shard_threads& threads, log_sink& log, containers& apart, guests& beside, bool is_all)
{
    auto& io = threads.main();
    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int number) {
        log.write(log_level::info, "stopping", {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
        io.stop();
    });
    threads.start();
    log.write(log_level::info, "ready", {{"version", JUNCTOR_VERSION}, {"pid", getpid()}});
    apart.start([&log, &io, is_all] {
        if (!is_all)
            return;
        log.write(log_level::info, "stopping", {{"cause", "all containers have ended"}});
        io.stop();
    });
    beside.start();
    io.run();
    io.restart();
}

void stop(shard_threads& threads, log_sink& log, const running_workers& all, std::chrono::milliseconds bound)
{
    for (const auto& worker : all)
        boost::asio::post(worker.main, [&worker] { worker.close(); });
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
    config_source source(line, built_in_modules());
    auto loaded = source.load();
    if (!loaded.result.usable()) {
        print_problems(loaded.result);
        return exit_bad_config;
    }

    console_log log(line.level, line.format);
    log.write(log_level::info, "configuration read", {{"source", source.name()}});
    log_loaded(log, loaded);
    std::signal(SIGPIPE, SIG_IGN); // A peer that is gone is an error of one write, not the end of the process.
    std::signal(SIGXFSZ, SIG_IGN); // And so is a file that may not grow any more.
    const auto open_files = raise_open_files_limit(log);
    shard_threads threads;
    boost::asio::signal_set hangups(threads.main(), SIGHUP); // To the end, as SIGHUP must not cut a farewell short.
    running_workers all;
    try {
        for (const auto& worker : loaded.result.config.workers)
            all.push_back(make_worker(threads, log, worker));
    } catch (const std::exception& error) {
        log.write(log_level::error, "cannot start", {{"cause", error.what()}});
        return exit_not_started;
    }
    const auto bound = stop_bound(loaded.result.config);
    const bool containers_only = loaded.result.config.workers.empty() && loaded.result.config.guests.empty();
    containers apart(threads, std::move(loaded.result.config.containers), log);
    guests beside(threads.main(), std::move(loaded.result.config.guests), open_files, log);
    reloader reloads(threads.main(), source, std::move(loaded.result), all, log);
    reload_at_signal(hangups, reloads);
    run_to_the_end(threads, log, apart, beside, containers_only);
    apart.stop(); // While their routers still run, so that they can take their leave.
    beside.stop();
    hangups.cancel();
    stop(threads, log, all, bound);
    return containers_only && apart.have_failed() ? exit_component_failed : exit_ok;
}

} // namespace junctor
