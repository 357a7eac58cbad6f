// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/digest.hpp>

#include <stdexcept>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace junctor::auth {

namespace {

const unsigned char* octets_of(byte_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

} // namespace

digest::~digest()
{
    OPENSSL_cleanse(octets_.data(), octets_.size());
}

digest hmac_sha256(byte_view key, std::string_view text)
{
    digest code;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets_of(as_bytes(text)), text.size(),
             code.data(), nullptr) == nullptr)
        throw std::runtime_error("HMAC-SHA-256 cannot be computed");
    return code;
}

digest sha256(byte_view octets)
{
    digest code;
    SHA256(octets_of(octets), octets.size(), code.data());
    return code;
}

secret pbkdf2_sha256(std::string_view password, byte_view salt, std::int64_t iterations, std::size_t size)
{
    std::vector<unsigned char> key(size);
    const auto done = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets_of(salt),
                                        static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                                        static_cast<int>(size), key.data());
    secret derived(std::as_bytes(std::span(key)));
    OPENSSL_cleanse(key.data(), key.size());
    if (done != 1)
        throw std::runtime_error("PBKDF2 cannot be computed");
    return derived;
}

std::string base64_text(byte_view octets)
{
    // Not by `write_base64`: its buffer would keep a copy.
    std::string text((octets.size() + 2) / 3 * 4 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets_of(octets), static_cast<int>(octets.size()));
    text.pop_back(); // The NUL that OpenSSL ends it with.
    return text;
}

} // namespace junctor::auth
