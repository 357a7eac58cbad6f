// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/cookie.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <junctor/auth/cookie_store.hpp>

namespace junctor::auth {

namespace {

/// Who has joined `realm` on the cookie of a connection with such `facts`; nothing if nobody has.
std::optional<identity> known(const transport_facts& facts, std::string_view realm)
{
    if (facts.cookie == nullptr)
        return std::nullopt;
    auto login = facts.cookie->store->login_of(facts.cookie->digest, std::chrono::system_clock::now());
    return login && login->realm == realm ? std::optional(std::move(login->who)) : std::nullopt;
}

std::unique_ptr<authenticator> make(module_options& options)
{
    const auto& transport = options.context().transport;
    if (transport && !transport->cookie)
        options.error("", "needs a cookie", "give the transport the key 'cookie'");
    return std::make_unique<cookie>();
}

} // namespace

awaitable<verdict> cookie::authenticate(auth_exchange& exchange)
{
    auto who = known(exchange.transport(), exchange.hello().realm);
    if (!who)
        co_return verdict::deny(errc::authentication_denied);
    who->authmethod = "cookie";
    co_return verdict::grant(std::move(*who));
}

bool cookie::applies_to(const transport_facts& facts, std::string_view realm) const
{
    return known(facts, realm).has_value();
}

void register_cookie(module_registry& registry)
{
    registry.add_authenticator("cookie", make);
}

} // namespace junctor::auth
