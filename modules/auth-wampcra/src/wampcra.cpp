// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/wampcra.hpp>

#include <stdexcept>
#include <utility>

#include "wampcra_challenge.hpp"
#include "wampcra_decoy.hpp"

namespace junctor::auth {

namespace {

/// The value of `mock-secret`; nothing if it is left out.
secret read_mock_secret(module_options& options)
{
    return options.has("mock-secret") ? options.secret_text("mock-secret") : secret();
}

std::unique_ptr<authenticator> make(module_options& options)
{
    return std::make_unique<wampcra>(options);
}

} // namespace

wampcra::wampcra() : decoy_{std::make_unique<wampcra_decoy>(secret())} {}

wampcra::wampcra(module_options& options)
    : principals_{options, "users"}, decoy_{std::make_unique<wampcra_decoy>(read_mock_secret(options))}
{
    for (const auto& [authid, one] : principals_.listed())
        decoy_->resemble(one);
}

wampcra::~wampcra() = default;

void wampcra::add(std::string authid, wampcra_credentials credentials, std::string authrole, std::string realm)
{
    if (credentials.key.empty())
        throw std::invalid_argument("empty secret of " + authid);
    if (credentials.derivation && !credentials.derivation->valid())
        throw std::invalid_argument("unusable derivation of the key of " + authid);
    principal<wampcra_credentials> one{
        std::move(authid), std::move(authrole), std::move(realm), {}, std::move(credentials)};
    principals_.add(one);
    decoy_->resemble(one);
}

awaitable<verdict> wampcra::authenticate(auth_exchange& exchange)
{
    const auto one = co_await principals_.find(exchange);
    if (one != nullptr && principals_.has_source())
        decoy_->resemble_first(*one);
    // Also made where nobody needs it: a known authid must not be answered sooner than an unknown one.
    const auto decoy = decoy_->of(exchange.hello().authid);
    const auto& asked = one != nullptr ? *one : decoy;
    const auto challenge = new_challenge(asked, principals_.provider(), exchange.session_number());
    auto extra = challenge_extra(challenge, asked.credentials);
    const auto answer = co_await exchange.challenge(std::move(extra));
    const auto expected = wampcra_signature(asked.credentials.key.view(), challenge);
    const bool matches = equal_constant_time(answer.signature, expected);
    if (one == nullptr)
        co_return verdict::deny(errc::authentication_denied).because("no such principal");
    if (!matches)
        co_return verdict::deny(errc::authentication_denied).because("wrong signature");
    co_return principals_.grant(*one, exchange);
}

bool wampcra::recognises(const auth_exchange& exchange) const
{
    return principals_.may_know(exchange.hello().authid);
}

void register_wampcra(module_registry& registry)
{
    registry.add_authenticator("wampcra", make);
}

} // namespace junctor::auth
