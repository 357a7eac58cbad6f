// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "login.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <junctor/base/hex.hpp>

#include "failure.hpp"
#include "proofs.hpp"

namespace junctor::bench {
namespace {

/// The value of `key` if it is a `T`.
template <class T>
const T* find(const dict& extra, std::string_view key)
{
    const auto* const found = extra.find(key);
    return found != nullptr ? found->get_if<T>() : nullptr;
}

/// The same, of what cannot be done without.
template <class T>
const T& need(const dict& extra, std::string_view key)
{
    const auto* const found = find<T>(extra, key);
    if (found == nullptr)
        throw failure(fmt::format("the CHALLENGE of the router has no {}", key));
    return *found;
}

dict details_of(const options& what)
{
    dict details{{"authmethods", list{what.authmethod}}};
    if (!what.authid.empty())
        details.set("authid", what.authid);
    return details;
}

/// Nobody is asked for proof.
class anonymous_login final : public login {
public:
    explicit anonymous_login(const options& what) : details_{details_of(what)} {}

    dict hello_details() const override { return details_; }
    login_answer answer(const dict&) override { throw failure("the router challenged an anonymous client"); }

private:
    dict details_;
};

/// The secret itself is the proof.
class ticket_login final : public login {
public:
    ticket_login(const options& what, std::string ticket) : details_{details_of(what)}, ticket_{std::move(ticket)} {}

    dict hello_details() const override { return details_; }
    login_answer answer(const dict&) override { return {ticket_, {}}; }

private:
    dict details_;
    std::string ticket_;
};

/// The challenge is signed with the secret, or with a key derived from it.
class wampcra_login final : public login {
public:
    wampcra_login(const options& what, std::string secret)
        : details_{details_of(what)}, derived_{std::move(secret), proof_key_form::base64}
    {
    }

    dict hello_details() const override { return details_; }

    login_answer answer(const dict& extra) override
    {
        const auto& text = need<std::string>(extra, "challenge");
        const auto* const salt = find<std::string>(extra, "salt");
        const auto& key =
            salt == nullptr
                ? derived_.password()
                : derived_.key({*salt, need<std::int64_t>(extra, "iterations"), need<std::int64_t>(extra, "keylen")});
        return {base64(hmac_sha256(key, text)), {}};
    }

private:
    dict details_;
    derived_key derived_;
};

/// SCRAM as the specification has it, with PBKDF2 and without channel binding. The router's own proof is not looked at.
class scram_login final : public login {
public:
    scram_login(const options& what, std::string password)
        : authid_{what.authid}, details_{details_of(what)}, derived_{std::move(password), proof_key_form::octets}
    {
        details_.set("authextra", dict{{"nonce", nonce}, {"channel_binding", nullptr}});
    }

    dict hello_details() const override { return details_; }

    login_answer answer(const dict& extra) override
    {
        if (need<std::string>(extra, "kdf") != "pbkdf2")
            throw failure("of the key derivation functions of SCRAM a benchmark knows pbkdf2 only");
        const auto& salt = need<std::string>(extra, "salt");
        const auto& both = need<std::string>(extra, "nonce");
        const auto iterations = need<std::int64_t>(extra, "iterations");
        const auto& key = derived_.key({unbase64(salt), iterations, 32});
        const auto message =
            fmt::format("n={},r={},r={},s={},i={},c=biws,r={}", authid_, nonce, both, salt, iterations, both);
        return {base64(scram_proof(key, message)),
                {{"nonce", both}, {"channel_binding", nullptr}, {"cbind_data", nullptr}}};
    }

private:
    /// Need not change from session to session, since nobody has to be kept from anything.
    static constexpr auto nonce = "anVuY3RvciBiZW5jaCBub25jZQ==";

    std::string authid_;
    dict details_;
    derived_key derived_;
};

/// The challenge is signed with a private key of Ed25519.
class cryptosign_login final : public login {
public:
    cryptosign_login(const options& what, const binary& seed) : details_{details_of(what)}, key_{seed}
    {
        details_.set("authextra", dict{{"pubkey", to_hex(key_.public_key())}, {"channel_binding", nullptr}});
    }

    dict hello_details() const override { return details_; }

    login_answer answer(const dict& extra) override
    {
        const auto& digits = need<std::string>(extra, "challenge");
        const auto message = from_hex(digits);
        if (!message)
            throw failure("the challenge of the router is not hexadecimal");
        return {to_hex(key_.sign(*message)) + digits, {}};
    }

private:
    dict details_;
    signing_key key_;
};

/// Without the end of its line. What cannot be read is empty.
std::string read_file(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (content.ends_with('\n'))
        content.pop_back();
    if (content.ends_with('\r'))
        content.pop_back();
    if (content.empty())
        throw bad_options(fmt::format("the file {} is empty or cannot be read", name));
    return content;
}

std::string read_secret(const options& what)
{
    if (!what.secret_file.empty())
        return read_file(what.secret_file);
    const auto* const content = std::getenv(secret_variable);
    if (content == nullptr || *content == '\0')
        throw bad_options(fmt::format("{} needs a secret: name a --secret-file, or set the environment variable {}",
                                      what.authmethod, secret_variable));
    return content;
}

binary read_seed(const options& what)
{
    const auto seed = from_hex(read_secret(what));
    if (!seed || seed->size() != signing_key::seed_bytes)
        throw bad_options("the secret of cryptosign must be 64 hexadecimal digits, the seed of a private key");
    return *seed;
}

} // namespace

std::unique_ptr<login> make_login(const options& what)
{
    if (what.authmethod.empty())
        return nullptr;
    if (what.authmethod == "anonymous")
        return std::make_unique<anonymous_login>(what);
    if (what.authmethod == "ticket")
        return std::make_unique<ticket_login>(what, read_secret(what));
    if (what.authmethod == "wampcra")
        return std::make_unique<wampcra_login>(what, read_secret(what));
    if (what.authmethod == "wamp-scram")
        return std::make_unique<scram_login>(what, read_secret(what));
    if (what.authmethod == "cryptosign")
        return std::make_unique<cryptosign_login>(what, read_seed(what));
    throw bad_options(fmt::format("a benchmark does not know the authmethod {}", what.authmethod));
}

} // namespace junctor::bench
