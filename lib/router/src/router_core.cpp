// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "router_core.hpp"

#include <mutex>
#include <stdexcept>

namespace junctor {

live_connection::live_connection(std::shared_ptr<router_core> router, shard& where)
    : core{std::move(router)}, home{where}
{
    core->connection_count.fetch_add(1, std::memory_order_relaxed);
}

live_connection::~live_connection()
{
    unlink(); // Before the list may go together with the router.
    core->connection_count.fetch_sub(1, std::memory_order_relaxed);
}

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

} // namespace junctor
