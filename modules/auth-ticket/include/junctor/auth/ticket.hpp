// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "ticket": whoever shows the ticket of an authid joins as it.

#include <string>
#include <string_view>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principals.hpp>
#include <junctor/auth/secret.hpp>

namespace junctor::auth {

/// What proves a principal of the authmethod "ticket". Only the fingerprint of the ticket is kept.
struct ticket_credentials {
    secret_digest ticket;

    /// Takes the secret `ticket` from `options`.
    [[nodiscard]] static ticket_credentials read(module_options& options);
};

/// Lets a peer join that answers CHALLENGE with the ticket of its authid. The ticket is what the peer sends, octet for
/// octet, so that the transport has to keep it secret. Serves any number of peers at the same time, from any thread;
/// principals are added before the router runs. Spec: advanced profile, "Ticket-based Authentication".
///
///     junctor::auth::ticket tickets;
///     tickets.add("joe", "rGi4Wpbl72nQ", "user");
class ticket final : public authenticator {
public:
    ticket();

    /// Reads `type` and `principals` from the configuration.
    explicit ticket(module_options& options);

    /// Lets whoever shows `shown` join as `authid` with the role `authrole`; if `realm` is not empty, that realm
    /// only. Throws `std::invalid_argument` if `shown` is empty or there is such an authid.
    void add(std::string authid, std::string_view shown, std::string authrole, std::string realm = {});

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override;

private:
    principals<ticket_credentials> principals_;
    secret_digest decoy_; ///< Of a ticket that nobody has; compared with where there is no principal.
};

/// Adds "ticket" to `registry`, with the options of Crossbar.io: `type` and, for "static", `principals`: by authids,
/// dicts of `ticket`, `role` and `realm`.
void register_ticket(module_registry& registry);

} // namespace junctor::auth
