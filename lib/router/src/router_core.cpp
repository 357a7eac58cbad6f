// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "router_core.hpp"

#include <mutex>
#include <stdexcept>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace junctor {

namespace {

std::vector<std::unique_ptr<shard>> make_shards(std::span<boost::asio::io_context* const> contexts)
{
    if (contexts.empty())
        throw std::invalid_argument("a router needs an io_context to run on");
    const auto mode = contexts.size() == 1 ? sharing::one_thread : sharing::several_threads;
    std::vector<std::unique_ptr<shard>> made;
    for (auto* const context : contexts) {
        made.push_back(std::make_unique<shard>(*context, mode));
        if (made.size() != 1)
            made.back()->running.emplace(boost::asio::make_work_guard(*context));
    }
    return made;
}

} // namespace

router_core::router_core(std::span<boost::asio::io_context* const> contexts, log_sink& sink)
    : log{sink}, shards{make_shards(contexts)}, realms_mutex{mode()}
{
}

realm_host* router_core::find_realm(std::string_view name)
{
    const std::lock_guard lock(realms_mutex);
    const auto at = realms.find(name);
    return at == realms.end() ? nullptr : at->second.get();
}

void log_failure(log_sink& log, const std::exception_ptr& failure) noexcept
{
    if (!failure)
        return;
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        if (error.code() != boost::asio::error::operation_aborted)
            log.write(log_level::error, "connection failed", {{"what", error.what()}});
    } catch (const std::exception& error) {
        log.write(log_level::error, "connection failed", {{"what", error.what()}});
    }
}

} // namespace junctor
