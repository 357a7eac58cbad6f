// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/ticket.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <utility>

namespace junctor::auth {

namespace {

secret_digest digest_of_nothing_known()
{
    std::array<std::byte, 32> octets{};
    fill_random(octets);
    return secret_digest(as_text(octets));
}

std::unique_ptr<authenticator> make(module_options& options)
{
    return std::make_unique<ticket>(options);
}

} // namespace

ticket_credentials ticket_credentials::read(module_options& options)
{
    return {secret_digest(options.secret_text("ticket").view())};
}

ticket::ticket() : decoy_{digest_of_nothing_known()} {}

ticket::ticket(module_options& options) : principals_{options, "principals"}, decoy_{digest_of_nothing_known()} {}

void ticket::add(std::string authid, std::string_view shown, std::string authrole, std::string realm)
{
    if (shown.empty())
        throw std::invalid_argument("empty ticket of " + authid);
    principals_.add(
        {std::move(authid), std::move(authrole), std::move(realm), {}, ticket_credentials{secret_digest(shown)}});
}

awaitable<verdict> ticket::authenticate(auth_exchange& exchange)
{
    // The challenge comes first: whoever does not answer costs no search in a database.
    const auto answer = co_await exchange.challenge();
    dict shown;
    if (principals_.has_source())
        shown.set("ticket", answer.signature);
    const auto one = co_await principals_.find(exchange, std::move(shown));
    const auto& expected = one != nullptr ? one->credentials.ticket : decoy_;
    const bool matches = expected.matches(answer.signature);
    if (one != nullptr && one->verified)
        co_return principals_.grant(*one, exchange);
    if (one == nullptr)
        co_return verdict::deny(errc::authentication_denied).because("no such principal");
    if (!matches)
        co_return verdict::deny(errc::authentication_denied).because("wrong ticket");
    co_return principals_.grant(*one, exchange);
}

bool ticket::recognises(const auth_exchange& exchange) const
{
    return principals_.may_know(exchange.hello().authid);
}

void register_ticket(module_registry& registry)
{
    registry.add_authenticator("ticket", make);
}

} // namespace junctor::auth
