// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <utility>

#include <fmt/format.h>

#include <junctor/auth/wampcra_key.hpp>
#include <junctor/client/authmethods.hpp>

#include "challenge_extra.hpp"
#include "last_key.hpp"

namespace junctor::client {

namespace {

using auth::wampcra_derivation;

/// What challenges are signed with.
class wampcra_keys {
public:
    wampcra_keys(secret password, const derivation_limits& limits) : password_{std::move(password)}, limits_{limits} {}

    /// The key that the router demands by the `extra` of CHALLENGE.
    [[nodiscard]] secret demanded_by(const dict& extra) const
    {
        wampcra_derivation how;
        how.salt = text_or_none(extra, "salt");
        if (how.salt.empty())
            return password_;
        how.iterations = integer_in(extra, "iterations", how.iterations);
        how.keylen = integer_in(extra, "keylen", how.keylen);
        check(how);
        return last_.get(how, [&] { return auth::derive_wampcra_key(password_.view(), how); });
    }

private:
    void check(const wampcra_derivation& how) const
    {
        const auto blocks = (how.keylen + 31) / 32;
        if (!how.valid() || how.iterations > limits_.pbkdf2_iterations_max / blocks)
            throw login_failed(fmt::format("the router demands {} iterations for a key of {} octets, which is too much",
                                           how.iterations, how.keylen));
    }

    secret password_;
    derivation_limits limits_;
    last_key<wampcra_derivation> last_;
};

class wampcra_login final : public login {
public:
    wampcra_login(const hello_claims& claimed, const wampcra_keys& keys) : claims_{claimed}, keys_{keys} {}

    [[nodiscard]] hello_claims claims() const override { return claims_; }

    [[nodiscard]] awaitable<proof> answer(const received_challenge& challenge) override
    {
        expect_method(challenge, "wampcra");
        const auto& text = need_text(challenge.extra, "challenge");
        const auto key = keys_.demanded_by(challenge.extra);
        co_return proof{auth::wampcra_signature(key.view(), text), {}};
    }

private:
    const hello_claims& claims_;
    const wampcra_keys& keys_;
};

class wampcra_credentials final : public credentials {
public:
    wampcra_credentials(std::string authid, secret password, const derivation_limits& limits)
        : claims_{{"wampcra"}, std::move(authid), {}}, keys_{std::move(password), limits}
    {
    }

    [[nodiscard]] std::unique_ptr<login> begin(const transport_facts&) const override
    {
        return std::make_unique<wampcra_login>(claims_, keys_);
    }

private:
    hello_claims claims_;
    wampcra_keys keys_;
};

} // namespace

shared_credentials wampcra(std::string authid, secret password, const derivation_limits& limits)
{
    return std::make_shared<wampcra_credentials>(std::move(authid), std::move(password), limits);
}

} // namespace junctor::client
