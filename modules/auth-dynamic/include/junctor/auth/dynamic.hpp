// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Authentication and authorization by WAMP procedures, in the way of Crossbar.io.

#include <optional>
#include <string>

#include <junctor/auth/authorizer.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principal_source.hpp>

namespace junctor::auth {

/// Finds principals by a procedure, which is called with (realm, authid, details) as positional arguments. `details`
/// has `authmethod`, `authextra`, `session`, `agent`, `transport`, and what the peer has shown, such as `ticket`. The
/// procedure answers with a role, as a string, or with a dict that has `role`, and if it likes `authid`, `realm`,
/// `extra` (for WELCOME), and what the authmethod needs to check a proof by: `secret`, `salt`, `authorized_keys`, …. An
/// ERROR of it denies with its URI.
class dynamic_principals final : public principal_source {
public:
    struct settings {
        std::string authenticator; ///< The URI of the procedure.
        std::string realm;         ///< Where it is registered; empty for the realm that the peer wants to join.
        std::string default_role;  ///< For answers without a role; empty: there must be one.
    };

    explicit dynamic_principals(settings chosen) : settings_{std::move(chosen)} {}

    /// With the options `authenticator`, `authenticator-realm` and `default-role`.
    explicit dynamic_principals(module_options& options);

    [[nodiscard]] awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict evidence) override;

private:
    settings settings_;
};

/// Decides by a procedure, which is called with (session, uri, action, options) as positional arguments. `session` has
/// `session`, `realm`, `authid`, `authrole`, `authmethod`, `authprovider`, `authextra` and `transport`; `action` is
/// "call", "register", "publish" or "subscribe"; `options` are those of the message, with `match` among them. The
/// procedure answers with true or false, or with a dict of `allow`, `disclose`, `cache` and `trustlevel`. Anything
/// else, and any ERROR, is a failure: nothing is allowed then.
class dynamic_authorizer final : public authorizer {
public:
    /// `procedure` is called in `realm`; in that of the session if it is empty.
    explicit dynamic_authorizer(std::string procedure, std::string realm = {})
        : procedure_{std::move(procedure)}, realm_{std::move(realm)}
    {
    }

    /// With the options `procedure` and `realm`.
    explicit dynamic_authorizer(module_options& options);

    [[nodiscard]] awaitable<authorization_answer> decide(authorization_request& request) override;

private:
    std::string procedure_;
    std::string realm_;
};

/// Adds the source of principals "dynamic" and the authorizer "dynamic" to `registry`.
void register_dynamic(module_registry& registry);

} // namespace junctor::auth
