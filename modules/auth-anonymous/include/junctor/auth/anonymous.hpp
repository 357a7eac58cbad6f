// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "anonymous": everybody may join, with one role.

#include <string>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_registry.hpp>

namespace junctor::auth {

/// Lets every peer join without credentials. Spec: advanced profile, "Authentication", anonymous.
class anonymous final : public authenticator {
public:
    /// Peers join with the role `authrole`. Each gets `authid`, or if that is empty one drawn at random: what a peer
    /// calls itself in HELLO proves nothing. If `realm` is not empty, no other realm can be joined this way.
    explicit anonymous(std::string authrole, std::string authid = {}, std::string realm = {});

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;

private:
    std::string authrole_;
    std::string authid_;
    std::string realm_;
};

/// Adds "anonymous" to `registry`, with the options of Crossbar.io's static configuration: `type` ("static"), `role`
/// ("anonymous" if not given), `authid` and `realm`.
void register_anonymous(module_registry& registry);

} // namespace junctor::auth
