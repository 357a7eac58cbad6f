// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "proofs.hpp"

#include <climits>
#include <utility>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <junctor/codec/base64.hpp>

#include "failure.hpp"

namespace junctor::bench {
namespace {

const unsigned char* octets_of(byte_view octets)
{
    return reinterpret_cast<const unsigned char*>(octets.data());
}

template <std::size_t Size>
unsigned char* octets_of(std::array<std::byte, Size>& octets)
{
    return reinterpret_cast<unsigned char*>(octets.data());
}

failure broken()
{
    return failure("OpenSSL failed at a proof");
}

} // namespace

digest hmac_sha256(std::string_view key, std::string_view text)
{
    digest code{};
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets_of(as_bytes(text)), text.size(),
             octets_of(code), nullptr) == nullptr)
        throw broken();
    return code;
}

digest scram_proof(std::string_view salted_password, std::string_view auth_message)
{
    auto proof = hmac_sha256(salted_password, "Client Key");
    digest stored_key{};
    SHA256(octets_of(byte_view(proof)), proof.size(), octets_of(stored_key));
    const auto signature = hmac_sha256(as_text(stored_key), auth_message);
    for (std::size_t i = 0; i < proof.size(); ++i)
        proof[i] ^= signature[i];
    return proof;
}

std::string base64(byte_view octets)
{
    byte_buffer text;
    write_base64(octets, text);
    return std::string(as_text(text.view()));
}

std::string unbase64(std::string_view text)
{
    const auto octets = read_base64(text);
    if (!octets)
        throw failure("what the router sent is not base64");
    return std::string(as_text(*octets));
}

const std::string& derived_key::key(const derivation& how)
{
    if (how == how_)
        return key_;
    constexpr std::int64_t bytes_max = 1024;
    if (how.iterations < 1 || how.iterations > INT_MAX || how.bytes < 1 || how.bytes > bytes_max)
        throw failure("the router demands a key that cannot be derived");
    std::string made(static_cast<std::size_t>(how.bytes), '\0');
    if (PKCS5_PBKDF2_HMAC(password_.data(), static_cast<int>(password_.size()), octets_of(as_bytes(how.salt)),
                          static_cast<int>(how.salt.size()), static_cast<int>(how.iterations), EVP_sha256(),
                          static_cast<int>(made.size()), reinterpret_cast<unsigned char*>(made.data())) != 1)
        throw broken();
    key_ = form_ == proof_key_form::base64 ? base64(as_bytes(made)) : std::move(made);
    how_ = how;
    return key_;
}

signing_key::signing_key(byte_view seed)
    : key_{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets_of(seed), seed.size())}
{
    if (!key_)
        throw broken();
}

std::array<std::byte, 32> signing_key::public_key() const
{
    std::array<std::byte, 32> octets{};
    auto size = octets.size();
    if (EVP_PKEY_get_raw_public_key(key_.get(), octets_of(octets), &size) != 1)
        throw broken();
    return octets;
}

std::array<std::byte, 64> signing_key::sign(byte_view message) const
{
    std::array<std::byte, 64> signature{};
    auto size = signature.size();
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), octets_of(signature), &size, octets_of(message), message.size()) != 1)
        throw broken();
    return signature;
}

void signing_key::freed::operator()(evp_pkey_st* key) const noexcept
{
    EVP_PKEY_free(key);
}

} // namespace junctor::bench
