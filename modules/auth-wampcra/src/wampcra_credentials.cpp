// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/wampcra_credentials.hpp>

#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <junctor/codec/base64.hpp>

#include "hmac_sha256.hpp"

namespace junctor::auth {

namespace {

/// Whether `key` is the base64 of `keylen` octets.
bool is_derived_key(const secret& key, std::int64_t keylen)
{
    auto octets = read_base64(key.view());
    if (!octets)
        return false;
    OPENSSL_cleanse(octets->data(), octets->size());
    return std::cmp_equal(octets->size(), keylen);
}

void warn_of_options_for_salt(module_options& options)
{
    for (const auto* const key : {"iterations", "keylen", "secret_is_derived"}) {
        if (options.has(key))
            options.warning(key, "has no effect without 'salt'");
    }
}

wampcra_derivation read_derivation(module_options& options)
{
    wampcra_derivation how;
    how.salt = options.text("salt");
    how.iterations = options.integer("iterations", 1, wampcra_derivation::iterations_max, how.iterations);
    how.keylen = options.integer("keylen", 1, wampcra_derivation::keylen_max, how.keylen);
    return how;
}

/// Derivation takes long, on purpose: once when the router starts it may, but not whenever somebody knocks.
bool may_derive(const module_options& options)
{
    return static_cast<bool>(options.context().environment);
}

} // namespace

bool wampcra_derivation::valid() const noexcept
{
    return !salt.empty() && iterations >= 1 && iterations <= iterations_max && keylen >= 1 && keylen <= keylen_max;
}

secret derive_wampcra_key(std::string_view password, const wampcra_derivation& how)
{
    if (!how.valid())
        throw std::invalid_argument("unusable derivation of a key");
    std::vector<unsigned char> key(static_cast<std::size_t>(how.keylen));
    if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(how.salt.data()), static_cast<int>(how.salt.size()),
                          static_cast<int>(how.iterations), EVP_sha256(), static_cast<int>(key.size()),
                          key.data()) != 1)
        throw std::runtime_error("a key cannot be derived");
    auto text = to_base64(std::as_bytes(std::span(key)));
    OPENSSL_cleanse(key.data(), key.size());
    secret derived(text);
    OPENSSL_cleanse(text.data(), text.size());
    return derived;
}

std::string wampcra_signature(std::string_view key, std::string_view challenge)
{
    return to_base64(hmac_sha256(key, challenge));
}

wampcra_credentials wampcra_credentials::read(module_options& options)
{
    wampcra_credentials made{options.secret_text("secret")};
    if (!options.has("salt")) {
        warn_of_options_for_salt(options);
        return made;
    }
    made.derivation = read_derivation(options);
    const auto& how = *made.derivation;
    const bool derived = options.boolean("secret_is_derived", true);
    if (made.key.empty() || !how.valid())
        return made; // Which has been reported.
    if (derived && !is_derived_key(made.key, how.keylen))
        options.error("secret", fmt::format("must be the base64 of {} octets, as derived with 'salt'", how.keylen),
                      "say \"secret_is_derived\": false if it is the password");
    else if (!derived && !may_derive(options))
        options.error("secret_is_derived", "must be true where principals come from a source");
    else if (!derived)
        made.key = derive_wampcra_key(made.key.view(), how);
    return made;
}

} // namespace junctor::auth
