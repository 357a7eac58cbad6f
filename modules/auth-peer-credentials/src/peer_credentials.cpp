// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/peer_credentials.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "system_names.hpp"

namespace junctor::auth {

namespace {

using entry = principal<process_owner>;

static_assert(std::is_same_v<uid_t, gid_t>);

/// The largest number is no user's: system calls take it for none.
constexpr std::int64_t id_max = std::int64_t{std::numeric_limits<uid_t>::max()} - 1;

std::optional<uid_t> read_id(module_options& options, std::string_view key,
                             std::optional<uid_t> (*id_of)(const std::string& name))
{
    const auto* const content = options.find(key);
    if (content == nullptr)
        return std::nullopt;
    // Looking up a name may take its time, which the threads that ask sources do not have.
    if (content->get_if<std::string>() == nullptr || !options.context().environment)
        return static_cast<uid_t>(options.integer(key, 0, id_max));
    const auto name = options.text(key);
    const auto id = name.empty() ? 0 : id_of(name);
    if (!id)
        options.error(key, fmt::format("this system does not know '{}'", name));
    return id;
}

/// How specific `owner` is if `peer` is it: 3 for user and group, 2 for the user, 1 for the group; 0 if it is not.
int fit(const process_owner& owner, const junctor::peer_credentials& peer)
{
    if ((owner.uid && *owner.uid != peer.uid) || (owner.gid && *owner.gid != peer.gid))
        return 0;
    return (owner.uid ? 2 : 0) + (owner.gid ? 1 : 0);
}

const entry* best_of(const principals<process_owner>& all, const auth_exchange& exchange)
{
    return all.best_fit(exchange, [&](const process_owner& owner, const std::string&) {
        return fit(owner, *exchange.transport().credentials);
    });
}

verdict refuse(const junctor::peer_credentials& peer)
{
    return verdict::deny(errc::authentication_denied)
        .because(fmt::format("no principal for uid {}, gid {}, pid {}", peer.uid, peer.gid, peer.pid));
}

std::unique_ptr<authenticator> make(module_options& options)
{
    const auto& transport = options.context().transport;
    if (transport && !transport->credentials)
        options.warning("", "lets nobody in here: only Unix domain sockets tell whose process a client is",
                        "use an endpoint of the type 'unix'");
    return std::make_unique<peer_credentials>(options);
}

} // namespace

process_owner process_owner::read(module_options& options)
{
    process_owner owner;
    owner.uid = read_id(options, "uid", &uid_of);
    owner.gid = read_id(options, "gid", &gid_of);
    if (!options.has("uid") && !options.has("gid"))
        options.error("", "needs the key 'uid' or 'gid'");
    return owner;
}

void peer_credentials::add(principal<process_owner> one)
{
    if (!one.credentials.uid && !one.credentials.gid)
        throw std::invalid_argument("principal without user and group: " + one.authid);
    principals_.add(std::move(one));
}

awaitable<verdict> peer_credentials::authenticate(auth_exchange& exchange)
{
    const auto& peer = exchange.transport().credentials;
    if (!peer)
        co_return verdict::deny(errc::authentication_denied, "a Unix domain socket is needed");
    if (!principals_.has_source()) {
        if (const auto* const one = best_of(principals_, exchange))
            co_return principals_.grant(*one, exchange);
    } else {
        const auto one = co_await principals_.find(exchange);
        if (one != nullptr && principals_.may_be(*one, exchange) && fit(one->credentials, *peer) > 0)
            co_return principals_.grant(*one, exchange);
    }
    co_return refuse(*peer);
}

bool peer_credentials::recognises(const auth_exchange& exchange) const
{
    if (!exchange.transport().credentials)
        return false;
    return principals_.has_source() || best_of(principals_, exchange) != nullptr;
}

void register_peer_credentials(module_registry& registry)
{
    registry.add_authenticator("peer-credentials", make);
}

} // namespace junctor::auth
