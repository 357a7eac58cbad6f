// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <junctor/auth/channel_binding.hpp>
#include <junctor/auth/ed25519.hpp>
#include <junctor/base/hex.hpp>
#include <junctor/client/authmethods.hpp>

#include "binding_type.hpp"
#include "challenge_extra.hpp"

namespace junctor::client {

namespace {

using auth::message32;

/// What all logins with a key share.
struct cryptosign_key {
    std::string authid;
    auth::ed25519_signer signer;
    cryptosign_options options;
};

/// As many octets as there is room for, from hexadecimal digits.
template <std::size_t Size>
bool take(std::string_view digits, std::array<std::byte, Size>& octets)
{
    const auto taken = digits.size() == Size * 2 ? from_hex(digits) : std::nullopt;
    if (taken)
        std::copy(taken->begin(), taken->end(), octets.begin());
    return taken.has_value();
}

message32 read_challenge(const dict& extra)
{
    message32 challenge{};
    if (!take(need_text(extra, "challenge"), challenge))
        throw login_failed("the challenge of the router is not 64 hexadecimal digits");
    return challenge;
}

message32 new_challenge()
{
    message32 challenge{};
    fill_random(challenge);
    return challenge;
}

message32 channel_id_of(const transport_facts& transport, const std::string& type)
{
    const auto id = auth::cryptosign_channel_id(transport, type);
    if (!id)
        throw login_failed("the channel binding of the connection does not have 32 octets");
    return *id;
}

class cryptosign_login final : public login {
public:
    cryptosign_login(const cryptosign_key& key, const transport_facts& transport)
        : key_{key},
          binding_{binding_type(key.options.binding, transport)},
          channel_{channel_id_of(transport, binding_)}
    {
        if (key.options.router_key)
            for_router_ = new_challenge();
    }

    [[nodiscard]] hello_claims claims() const override
    {
        dict extra{{"pubkey", to_hex(key_.signer.public_key())}, {"channel_binding", binding_claim(binding_)}};
        if (for_router_)
            extra.set("challenge", to_hex(*for_router_));
        return {{"cryptosign"}, key_.authid, std::move(extra)};
    }

    [[nodiscard]] awaitable<proof> answer(const received_challenge& challenge) override
    {
        expect_method(challenge, "cryptosign");
        const auto& extra = challenge.extra;
        if (text_or_none(extra, "channel_binding") != binding_)
            throw login_failed("the router does not bind the login to the connection as it was asked to");
        const auto message = auth::combine(read_challenge(extra), channel_);
        if (for_router_)
            check_router(extra);
        co_return proof{to_hex(key_.signer.sign(message)) + to_hex(message), {}};
    }

    void check(const dict&) override
    {
        if (for_router_ && !router_is_known_)
            throw login_failed("the router did not prove who it is: there was no CHALLENGE");
    }

private:
    /// The signature of the router has the message behind it. Spec: "Router Authentication".
    void check_router(const dict& extra)
    {
        const std::string_view digits = need_text(extra, "signature");
        constexpr auto signature_digits = std::tuple_size_v<auth::ed25519_signature> * 2;
        auth::ed25519_signature signature{};
        const auto expected = auth::combine(*for_router_, channel_);
        router_is_known_ = take(digits.substr(0, signature_digits), signature) &&
                           digits.substr(signature_digits) == to_hex(expected) &&
                           auth::verify_ed25519(*key_.options.router_key, expected, signature);
        if (!router_is_known_)
            throw login_failed("the router did not prove that it has the private key of its own");
    }

    const cryptosign_key& key_;
    std::string binding_; ///< The type; empty for none.
    message32 channel_;
    std::optional<message32> for_router_; ///< What it has to sign.
    bool router_is_known_{false};
};

class cryptosign_credentials final : public credentials {
public:
    explicit cryptosign_credentials(cryptosign_key key) : key_{std::move(key)} {}

    [[nodiscard]] std::unique_ptr<login> begin(const transport_facts& transport) const override
    {
        return std::make_unique<cryptosign_login>(key_, transport);
    }

private:
    cryptosign_key key_;
};

} // namespace

shared_credentials cryptosign(std::string authid, const secret& private_key, const cryptosign_options& options)
{
    return std::make_shared<cryptosign_credentials>(
        cryptosign_key{std::move(authid), auth::ed25519_signer(private_key), options});
}

} // namespace junctor::client
