// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/router/realm_host.hpp>

#include "local_session.hpp"
#include "router_core.hpp"

namespace junctor {

/// Wakes the realm when a call times out.
struct realm_host::timer {
    explicit timer(realm_host& owner) : next{owner.core_.services.deadlines(), &owner, &strike} {}

    static void strike(void* owner) noexcept
    {
        auto& host = *static_cast<realm_host*>(owner);
        host.realm_.expire(deadline::clock::now());
        host.settle();
    }

    deadline next;
};

realm_host::realm_host(router_core& core, std::string name, realm_options options)
    : core_{core}, realm_{std::move(name), std::move(options), core.seed()}, timer_{std::make_unique<timer>(*this)}
{
}

realm_host::~realm_host() = default;

void realm_host::settle() noexcept
{
    realm_.settle();
    const auto next = realm_.next_deadline();
    if (next)
        timer_->next.set(*next);
    else
        timer_->next.clear();
    core_.services.flushes().flush_all();
}

void realm_host::close(close_reason reason)
{
    realm_.close(reason);
    settle();

    // Whoever reads for these sessions wakes up when the peer answers, or else when this strikes.
    const auto now = channel::clock::now();
    for (auto& connection : core_.connections) {
        if (connection.host == this)
            connection.link->set_deadline(now + connection.goodbye_timeout, reason);
    }
}

void realm_host::register_procedure(std::string_view uri, procedure_handler handler)
{
    if (!local_)
        local_ = std::make_unique<local_session>(core_.io, *this, core_.log);
    local_->register_procedure(uri, std::move(handler));
}

} // namespace junctor
