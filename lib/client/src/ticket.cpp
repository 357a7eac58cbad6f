// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <stdexcept>
#include <utility>

#include <junctor/client/authmethods.hpp>

#include "challenge_extra.hpp"

namespace junctor::client {

namespace {

using ticket_source = std::function<awaitable<secret>()>;

class ticket_login final : public login {
public:
    ticket_login(const hello_claims& claimed, const ticket_source& fetch) : claims_{claimed}, fetch_{fetch} {}

    [[nodiscard]] hello_claims claims() const override { return claims_; }

    [[nodiscard]] awaitable<proof> answer(const received_challenge& challenge) override
    {
        expect_method(challenge, "ticket");
        const auto fetched = co_await fetch_();
        co_return proof{std::string(fetched.view()), {}};
    }

private:
    const hello_claims& claims_;
    const ticket_source& fetch_;
};

class ticket_credentials final : public credentials {
public:
    ticket_credentials(std::string authid, ticket_source fetch)
        : claims_{{"ticket"}, std::move(authid), {}}, fetch_{std::move(fetch)}
    {
    }

    [[nodiscard]] std::unique_ptr<login> begin(const transport_facts&) const override
    {
        return std::make_unique<ticket_login>(claims_, fetch_);
    }

private:
    hello_claims claims_;
    ticket_source fetch_;
};

awaitable<secret> at_once(secret known)
{
    co_return known;
}

} // namespace

shared_credentials ticket(std::string authid, secret ticket)
{
    return client::ticket(std::move(authid), [known = std::move(ticket)] { return at_once(known); });
}

shared_credentials ticket(std::string authid, std::function<awaitable<secret>()> fetch)
{
    if (!fetch)
        throw std::invalid_argument("there is nobody to ask for a ticket");
    return std::make_shared<ticket_credentials>(std::move(authid), std::move(fetch));
}

} // namespace junctor::client
