// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "cookie": a browser that has authenticated before need not do so again.

#include <string_view>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_registry.hpp>

namespace junctor::auth {

/// Lets a peer join as whoever has joined on its cookie last by another authmethod, in the same realm. Where nobody
/// has, the authmethod is passed over, so that the peer gets the next one that it wants. It keeps nothing itself: the
/// cookie is that of the connection.
///
///     junctor::auth::cookie known_browsers;
class cookie final : public authenticator {
public:
    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool applies_to(const transport_facts& facts, std::string_view realm) const override;
};

/// Adds "cookie" to `registry`. It has no options.
void register_cookie(module_registry& registry);

} // namespace junctor::auth
