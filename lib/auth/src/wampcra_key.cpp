// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/wampcra_key.hpp>

#include <stdexcept>

#include <openssl/crypto.h>

#include <junctor/auth/digest.hpp>

namespace junctor::auth {

bool wampcra_derivation::valid() const noexcept
{
    return !salt.empty() && iterations >= 1 && iterations <= iterations_max && keylen >= 1 && keylen <= keylen_max;
}

secret derive_wampcra_key(std::string_view password, const wampcra_derivation& how)
{
    if (!how.valid())
        throw std::invalid_argument("unusable derivation of a key");
    const auto key = pbkdf2_sha256(password, as_bytes(how.salt), how.iterations, static_cast<std::size_t>(how.keylen));
    auto text = base64_text(key.bytes());
    secret derived(text);
    OPENSSL_cleanse(text.data(), text.size());
    return derived;
}

std::string wampcra_signature(std::string_view key, std::string_view challenge)
{
    return base64_text(hmac_sha256(as_bytes(key), challenge).bytes());
}

} // namespace junctor::auth
