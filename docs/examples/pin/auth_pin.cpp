// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// The authmethod "pin" as a module: whoever answers the challenge with the PIN of the authid may join.

#include <junctor/module.hpp>

namespace {

/// What proves who a principal is: the value of its key `pin`.
struct pin {
    junctor::secret_digest digest;

    static pin read(junctor::module_options& options)
    {
        return {junctor::secret_digest(options.secret_text("pin").view())};
    }
};

class pin_authenticator final : public junctor::authenticator {
public:
    explicit pin_authenticator(junctor::module_options& options) : known_(options, "principals") {}

    junctor::awaitable<junctor::verdict> authenticate(junctor::auth_exchange& exchange) override
    {
        const auto who = co_await known_.find(exchange);
        const auto answer = co_await exchange.challenge();
        const auto expected = who ? who->credentials.digest : junctor::secret_digest(); // The latter matches nothing.
        if (!expected.matches(answer.signature))
            co_return junctor::verdict::deny(junctor::errc::authentication_denied)
                .because(who ? "wrong PIN" : "no such principal");
        co_return known_.grant(*who, exchange);
    }

    bool recognises(const junctor::auth_exchange& exchange) const override
    {
        return known_.may_know(exchange.hello().authid);
    }

private:
    junctor::principals<pin> known_;
};

void register_pin(junctor::module_registry& registry)
{
    registry.add_authenticator(
        "pin", [](junctor::module_options& options) { return std::make_unique<pin_authenticator>(options); });
}

} // namespace

JUNCTOR_MODULE(register_pin)
