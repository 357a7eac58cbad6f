// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "router_core.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <junctor/transport/cookie_settings.hpp>

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

/// Makes the cookies of a transport known that were kept. Throws `std::runtime_error`.
void open_cookies(const listening_transport& settings)
{
    const auto& websocket = settings.websocket();
    if (websocket && websocket->cookie != nullptr)
        websocket->cookie->store->open(std::chrono::system_clock::now());
}

} // namespace

authmethod_offer::authmethod_offer(std::vector<listening_transport::method> methods) : methods_{std::move(methods)}
{
    if (methods_.empty())
        throw std::invalid_argument("a transport that offers no authmethod lets nobody join");
    for (const auto& method : methods_)
        names_.push_back(method.first);
}

authenticator& authmethod_offer::find(std::string_view name) const
{
    return *std::find_if(methods_.begin(), methods_.end(), [&](const auto& m) { return m.first == name; })->second;
}

listening::listening(listening_transport described, sharing mode) : settings{std::move(described)}, mutex_{mode}
{
    open_cookies(settings);
    if (settings.port() == nullptr) {
        offer_ = std::make_shared<const authmethod_offer>(settings.take_methods());
        return;
    }
    for (const auto& each : parts_of(*settings.port()))
        parts_.push_back(std::shared_ptr<listening>(new listening(each, mode)));
}

listening::listening(std::shared_ptr<const listening_transport> original, sharing mode) : listening(*original, mode)
{
    original_ = std::move(original);
}

std::shared_ptr<const listening> listening::part(const listening_transport& transport) const
{
    return *std::find_if(parts_.begin(), parts_.end(), [&](const auto& one) { return one->is(transport); });
}

std::shared_ptr<const authmethod_offer> listening::offer() const
{
    const std::lock_guard lock(mutex_);
    return offer_;
}

void listening::offer(std::shared_ptr<const authmethod_offer> another)
{
    const std::lock_guard lock(mutex_);
    offer_.swap(another); // What it was ends, if nobody needs it, after the lock.
}

router_core::router_core(std::span<boost::asio::io_context* const> contexts, log_sink& sink)
    : log{sink}, shards{make_shards(contexts)}, realms_mutex{mode()}
{
}

std::vector<std::shared_ptr<listening>> router_core::offering() const
{
    std::vector<std::shared_ptr<listening>> all;
    for (const auto& transport : transports) {
        const auto& parts = transport->parts();
        if (transport->settings.port() == nullptr)
            all.push_back(transport);
        all.insert(all.end(), parts.begin(), parts.end());
    }
    return all;
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
