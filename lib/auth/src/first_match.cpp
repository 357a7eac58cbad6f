// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/first_match.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace junctor {

first_match::first_match(std::vector<std::unique_ptr<authenticator>> all) : all_{std::move(all)}
{
    if (all_.empty())
        throw std::invalid_argument("first_match: no authenticators");
}

awaitable<verdict> first_match::authenticate(auth_exchange& exchange)
{
    auto chosen = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one->recognises(exchange); });
    if (chosen == all_.end())
        --chosen;
    auto decided = co_await (*chosen)->authenticate(exchange);
    co_return decided;
}

bool first_match::recognises(const auth_exchange& exchange) const
{
    return std::any_of(all_.begin(), all_.end(), [&](const auto& one) { return one->recognises(exchange); });
}

bool first_match::applies_to(const transport_facts& facts, std::string_view realm) const
{
    return std::any_of(all_.begin(), all_.end(), [&](const auto& one) { return one->applies_to(facts, realm); });
}

} // namespace junctor
