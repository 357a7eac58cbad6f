// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A module that has an authmethod and a source of principals.

#include <junctor/module.hpp>

namespace {

/// Lets in whoever answers "good morning" with "good morning".
class greeting final : public junctor::authenticator {
public:
    junctor::awaitable<junctor::verdict> authenticate(junctor::auth_exchange& exchange) override
    {
        junctor::dict extra{{"text", "good morning"}};
        const auto answer = co_await exchange.challenge(std::move(extra));
        if (answer.signature != "good morning")
            co_return junctor::verdict::deny(junctor::errc::authentication_denied);
        co_return junctor::verdict::grant(exchange.hello().authid, "guest");
    }
};

void register_greeting(junctor::module_registry& registry)
{
    registry.add_authenticator("greeting", [](junctor::module_options& options) {
        if (options.has("language"))
            throw junctor::config_error("language", "is always English");
        return std::make_unique<greeting>();
    });
    registry.add_principal_source("guest list", [](junctor::module_options&) { return nullptr; });
}

} // namespace

JUNCTOR_MODULE(register_greeting)
