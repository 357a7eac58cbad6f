// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "web_hosting.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <fmt/format.h>

#include <junctor/router/router.hpp>
#include <junctor/transport/local_channel.hpp>

#include "router_core.hpp"
#include "served_connection.hpp"

namespace junctor {

namespace {

/// Decides about peers that are part of the program: all of them are who they were made to be.
class local_authenticator final : public authenticator {
public:
    local_authenticator(router_core& core, std::string authid, std::string authrole)
        : core_{core}, authid_{std::move(authid)}, authrole_{std::move(authrole)}
    {
    }

    awaitable<verdict> authenticate(auth_exchange& exchange) override
    {
        auto* const host = core_.find_realm(exchange.hello().realm);
        if (host != nullptr && authrole_ == trusted_role)
            host->enter(core_.main().services)->role(trusted_role).allow(action::any, prefix(""));
        auto authid = authid_.empty() ? fmt::format("local-{:x}", core_.seed()) : authid_;
        co_return verdict::grant(std::move(authid), authrole_);
    }

private:
    router_core& core_;
    std::string authid_;
    std::string authrole_;
};

void require_open(const router_core& core)
{
    if (core.closing)
        throw std::runtime_error("cannot connect to the router of this program: it is closed");
}

/// The client's end of a connection to `core` that `transport` serves.
std::unique_ptr<channel> serve_within(router_core& core, std::shared_ptr<const listening> transport,
                                      transport_facts facts, shard_services& client)
{
    auto& main = core.main();
    const auto bytes_max = transport->settings.per_session().outbound_bytes_max;
    auto ends = make_local_channels(main.services, client, bytes_max, std::move(facts));
    const boost::intrusive_ptr served(new served_connection(core.shared_from_this(), main, std::move(transport)));
    served->start(std::move(ends.router));
    return std::move(ends.client);
}

} // namespace

std::unique_ptr<channel> open_local(router_core& core, std::string authid, std::string authrole, shard_services& client)
{
    require_open(core);
    listening_transport settings(unix_socket("local"));
    settings.id("local").authenticate(
        "anonymous", std::make_shared<local_authenticator>(core, std::move(authid), std::move(authrole)));
    auto transport = std::make_shared<listening>(std::move(settings), core.mode());
    return serve_within(core, std::move(transport), local_facts(), client);
}

void web_hosting::start(const shared_port& port)
{
    for (const auto& path : port.paths) {
        if (path.service == nullptr)
            continue;
        path.service->start(*this);
        started_.push_back(path.service);
    }
}

void web_hosting::stop() noexcept
{
    for (const auto& service : started_)
        service->stop();
}

log_sink& web_hosting::log() noexcept
{
    return core_.log;
}

shard_services& web_hosting::main() noexcept
{
    return core_.main().services;
}

bool web_hosting::closing() const noexcept
{
    return core_.closing;
}

std::vector<std::string> web_hosting::realms()
{
    const std::lock_guard lock(core_.realms_mutex);
    std::vector<std::string> names;
    for (const auto& [name, host] : core_.realms)
        names.push_back(name);
    return names;
}

std::size_t web_hosting::connection_count() const noexcept
{
    return core_.connection_count.load(std::memory_order_relaxed);
}

awaitable<std::unique_ptr<channel>> web_hosting::connect(std::string authrole, std::string authid, shard_services& here)
{
    co_return open_local(core_, std::move(authid), std::move(authrole), here);
}

awaitable<std::unique_ptr<channel>> web_hosting::connect(const listening_transport& transport, transport_facts facts,
                                                         shard_services& here)
{
    require_open(core_);
    const auto all = core_.offering();
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one->is(transport); });
    if (at == all.end())
        throw std::invalid_argument(fmt::format("no transport {} listens", transport.id()));
    facts.transport_id = (*at)->settings.id();
    co_return serve_within(core_, *at, std::move(facts), here);
}

} // namespace junctor
