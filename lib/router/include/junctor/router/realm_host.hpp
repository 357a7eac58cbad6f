// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A realm within a router: its roles, and the procedures that the program itself offers in it.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <junctor/realm/realm.hpp>
#include <junctor/router/procedure.hpp>

namespace junctor {

struct router_core;
class local_session;

/// What a router keeps for each of its realms. Made by `router::open_realm`, valid as long as the router, used on the
/// router's thread.
class realm_host {
public:
    realm_host(router_core& core, std::string name, realm_options options);
    ~realm_host();
    realm_host(const realm_host&) = delete;
    realm_host& operator=(const realm_host&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return realm_.name(); }

    /// The permissions of a role, created when first named. Sessions join with the roles that exist, and with no other;
    /// what no rule allows is denied.
    permission_table& role(std::string_view name) { return realm_.role(name); }

    /// Offers `uri` to the sessions of the realm: `handler` answers each call on the router's thread (see
    /// `make_procedure` for its forms). Throws `std::invalid_argument` if the URI is not valid or registered already.
    template <class Handler>
    void procedure(std::string_view uri, Handler handler)
    {
        register_procedure(uri, make_procedure(std::move(handler)));
    }

    /// The realm itself, for whoever brings sessions of a kind of its own. Call `settle()` after each use.
    [[nodiscard]] realm& entered() noexcept { return realm_; }

    /// Carries out what came of using the realm: writes to whom something was queued, and arms the timer for timeouts.
    void settle() noexcept;

    /// Takes sessions out of the realm for good: GOODBYE to each, with `reason`.
    void close(close_reason reason);

private:
    void register_procedure(std::string_view uri, procedure_handler handler);

    router_core& core_;
    realm realm_;
    struct timer;
    std::unique_ptr<timer> timer_;
    std::unique_ptr<local_session> local_;
};

} // namespace junctor
