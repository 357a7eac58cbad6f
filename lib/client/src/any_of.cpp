// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <junctor/client/authmethods.hpp>

#include "challenge_extra.hpp"

namespace junctor::client {

namespace {

struct choice {
    std::unique_ptr<login> part;
    std::vector<std::string> authmethods;
};

bool has(const std::vector<std::string>& authmethods, std::string_view one)
{
    return std::find(authmethods.begin(), authmethods.end(), one) != authmethods.end();
}

/// Adds what a further choice claims to what the others do.
void merge(hello_claims& all, const hello_claims& more)
{
    for (const auto& method : more.authmethods) {
        if (has(all.authmethods, method))
            throw std::invalid_argument(fmt::format("two credentials for the authmethod {}", method));
        all.authmethods.push_back(method);
    }
    if (!more.authid.empty() && !all.authid.empty() && all.authid != more.authid)
        throw std::invalid_argument("credentials with different authids");
    if (all.authid.empty())
        all.authid = more.authid;
    for (const auto& [key, content] : more.authextra) {
        if (const auto* const other = all.authextra.find(key); other != nullptr && !(*other == content))
            throw std::invalid_argument(fmt::format("credentials that claim different things as authextra.{}", key));
        all.authextra.set(key, content);
    }
}

std::string_view authmethod_in(const dict& welcome_details)
{
    const auto* const found = welcome_details.find("authmethod");
    const auto* const text = found != nullptr ? found->get_if<std::string>() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

class any_login final : public login {
public:
    void add(std::unique_ptr<login> part)
    {
        auto claimed = part->claims();
        merge(claims_, claimed);
        choices_.push_back({std::move(part), std::move(claimed.authmethods)});
    }

    [[nodiscard]] bool empty() const noexcept { return choices_.empty(); }

    [[nodiscard]] hello_claims claims() const override { return claims_; }

    [[nodiscard]] awaitable<proof> answer(const received_challenge& challenge) override
    {
        picked_ = find(challenge.method);
        if (picked_ == nullptr)
            throw not_claimed(challenge.method);
        auto given = co_await picked_->answer(challenge);
        co_return given;
    }

    /// The authmethod that has led to WELCOME decides what the router owes: the one of the last CHALLENGE, and without
    /// any the one that WELCOME names. If that was not claimed, the router owes whatever it would owe by the others.
    void check(const dict& welcome_details) override
    {
        if (auto* const decides = picked_ != nullptr ? picked_ : find(authmethod_in(welcome_details)))
            return decides->check(welcome_details);
        for (const auto& one : choices_)
            one.part->check(welcome_details);
    }

private:
    [[nodiscard]] login* find(std::string_view authmethod) const
    {
        const auto at = std::find_if(choices_.begin(), choices_.end(),
                                     [&](const choice& one) { return has(one.authmethods, authmethod); });
        return at != choices_.end() ? at->part.get() : nullptr;
    }

    std::vector<choice> choices_;
    hello_claims claims_;
    login* picked_{nullptr}; ///< What has answered the last CHALLENGE.
};

class any_credentials final : public credentials {
public:
    explicit any_credentials(std::vector<shared_credentials> choices) : choices_{std::move(choices)}
    {
        if (choices_.empty() || has_null())
            throw std::invalid_argument("there must be credentials to choose from");
    }

    [[nodiscard]] std::unique_ptr<login> begin(const transport_facts& transport) const override
    {
        auto all = std::make_unique<any_login>();
        std::exception_ptr unusable;
        for (const auto& one : choices_) {
            try {
                all->add(one->begin(transport));
            } catch (const login_failed&) {
                unusable = std::current_exception();
            }
        }
        if (all->empty())
            std::rethrow_exception(unusable);
        return all;
    }

private:
    [[nodiscard]] bool has_null() const
    {
        return std::find(choices_.begin(), choices_.end(), nullptr) != choices_.end();
    }

    std::vector<shared_credentials> choices_;
};

} // namespace

shared_credentials any_of(std::vector<shared_credentials> choices)
{
    return std::make_shared<any_credentials>(std::move(choices));
}

} // namespace junctor::client
