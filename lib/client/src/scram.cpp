// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include <junctor/auth/channel_binding.hpp>
#include <junctor/auth/digest.hpp>
#include <junctor/auth/scram_message.hpp>
#include <junctor/client/authmethods.hpp>
#include <junctor/codec/base64.hpp>

#include "binding_type.hpp"
#include "challenge_extra.hpp"
#include "last_key.hpp"
#include "scram_challenge.hpp"
#include "scram_proof.hpp"

namespace junctor::client {

namespace {

using auth::scram_dialect;

constexpr std::size_t client_nonce_bytes = 16; // What is recommended.

/// What all logins of a user share.
struct scram_user {
    std::string authid;
    secret password;
    scram_options options;
    last_key<scram_derivation> last;
};

std::string new_nonce()
{
    std::array<std::byte, client_nonce_bytes> octets{};
    fill_random(octets);
    return auth::base64_text(octets);
}

channel_binding binding_of(const scram_options& options)
{
    return options.dialect == scram_dialect::spec ? options.binding : channel_binding::never;
}

/// The octets of the router's signature in WELCOME, as long as they are found; empty otherwise.
binary signature_in(const dict& welcome_details, std::string_view key)
{
    const auto* const found = welcome_details.find("authextra");
    const auto* const extra = found != nullptr ? found->get_if<dict>() : nullptr;
    const auto* const content = extra != nullptr ? extra->find(key) : nullptr;
    const auto* const text = content != nullptr ? content->get_if<std::string>() : nullptr;
    if (text == nullptr)
        return {};
    // The example of the specification has the attribute's name of RFC 5802 before it, its text has not.
    const std::string_view octets(*text);
    return read_base64(octets.starts_with("v=") ? octets.substr(2) : octets).value_or(binary());
}

class scram_login final : public login {
public:
    scram_login(const scram_user& who, const transport_facts& transport) : who_{who}
    {
        said_.authid = who.authid;
        said_.client_nonce = new_nonce();
        said_.channel_binding = binding_type(binding_of(who.options), transport);
        said_.channel_id = auth::channel_binding_data(transport, said_.channel_binding);
    }

    [[nodiscard]] hello_claims claims() const override
    {
        return {{std::string(authmethod())},
                who_.authid,
                dict{{"nonce", said_.client_nonce}, {"channel_binding", binding_claim(said_.channel_binding)}}};
    }

    [[nodiscard]] awaitable<proof> answer(const received_challenge& challenge) override
    {
        expect_method(challenge, authmethod());
        const auto demanded = read_scram_challenge(challenge.extra, said_.client_nonce, who_.options);
        said_.nonce = demanded.nonce;
        said_.salt = demanded.salt;
        said_.iterations = demanded.how.parameters.iterations;
        const auto key = who_.last.get(demanded.how, [&] { return salted_password(demanded.how); });
        const auto message = auth::scram_auth_message(said_, who_.options.dialect);
        expected_ = scram_server_signature(key, message);
        co_return proof{auth::base64_text(scram_client_proof(key, message).bytes()), extra()};
    }

    void check(const dict& welcome_details) override
    {
        const auto* const key = by_spec() ? "verifier" : "scram_server_signature";
        if (!expected_)
            throw login_failed("the router did not prove that it knows the client: there was no CHALLENGE");
        if (!equal_constant_time(byte_view(signature_in(welcome_details, key)), expected_->bytes()))
            throw login_failed("the router did not prove that it knows the client");
    }

private:
    [[nodiscard]] bool by_spec() const noexcept { return who_.options.dialect == scram_dialect::spec; }
    [[nodiscard]] std::string_view authmethod() const noexcept { return by_spec() ? "wamp-scram" : "scram"; }

    [[nodiscard]] secret salted_password(const scram_derivation& how) const
    {
        return auth::scram_salted_password(who_.password, how.parameters, how.salt, who_.options.dialect);
    }

    /// Of AUTHENTICATE. In Crossbar.io's dialect there is nothing in it.
    [[nodiscard]] dict extra() const
    {
        if (!by_spec())
            return {};
        const bool bound = !said_.channel_binding.empty();
        return {{"nonce", said_.nonce},
                {"channel_binding", binding_claim(said_.channel_binding)},
                {"cbind_data", bound ? value(auth::base64_text(said_.channel_id)) : value()}};
    }

    const scram_user& who_;
    auth::scram_conversation said_;
    std::optional<auth::digest> expected_; ///< ServerSignature, from the answer to CHALLENGE on.
};

class scram_credentials final : public credentials {
public:
    scram_credentials(std::string authid, secret password, const scram_options& options)
        : user_{std::move(authid), std::move(password), options, {}}
    {
        if (user_.authid.empty() || user_.password.empty())
            throw std::invalid_argument("SCRAM needs an authid and a password");
        if (options.binding == channel_binding::required && options.dialect != scram_dialect::spec)
            throw std::invalid_argument("there is no channel binding in Crossbar.io's dialect of SCRAM");
    }

    [[nodiscard]] std::unique_ptr<login> begin(const transport_facts& transport) const override
    {
        return std::make_unique<scram_login>(user_, transport);
    }

private:
    scram_user user_;
};

} // namespace

shared_credentials scram(std::string authid, secret password, const scram_options& options)
{
    return std::make_shared<scram_credentials>(std::move(authid), std::move(password), options);
}

} // namespace junctor::client
