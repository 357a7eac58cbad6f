// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/ed25519.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <junctor/base/hex.hpp>

namespace junctor::auth {

namespace {

using key_handle = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using context_handle = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* octets_of(byte_view octets)
{
    return reinterpret_cast<const unsigned char*>(octets.data());
}

context_handle new_context()
{
    context_handle context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!context)
        throw std::bad_alloc();
    return context;
}

} // namespace

ed25519_key_pair make_ed25519_key_pair()
{
    std::array<std::byte, ed25519_seed_bytes> octets{};
    fill_random(octets);
    ed25519_key_pair pair{secret(byte_view(octets)), {}};
    OPENSSL_cleanse(octets.data(), octets.size());
    pair.public_key = public_key_of(pair.seed);
    return pair;
}

ed25519_signer::ed25519_signer(const secret& seed)
{
    if (seed.size() != ed25519_seed_bytes)
        throw std::invalid_argument("the seed of a private key has 32 octets");
    key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets_of(seed.bytes()), seed.size()));
    if (!key_)
        throw std::bad_alloc();
}

ed25519_public_key ed25519_signer::public_key() const
{
    ed25519_public_key octets{};
    auto size = octets.size();
    if (EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(octets.data()), &size) != 1)
        throw std::runtime_error("OpenSSL gives no public key");
    return octets;
}

ed25519_signature ed25519_signer::sign(byte_view message) const
{
    const auto context = new_context();
    ed25519_signature signature{};
    auto size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets_of(message),
                       message.size()) != 1)
        throw std::runtime_error("OpenSSL does not sign");
    return signature;
}

void ed25519_signer::freed::operator()(evp_pkey_st* key) const noexcept
{
    EVP_PKEY_free(key);
}

ed25519_public_key public_key_of(const secret& seed)
{
    return ed25519_signer(seed).public_key();
}

ed25519_signature sign_ed25519(const secret& seed, byte_view message)
{
    return ed25519_signer(seed).sign(message);
}

bool is_weak(const ed25519_public_key& key)
{
    // The y of all points whose order divides 8, and those of them that can be written as y + p as well.
    static constexpr std::string_view small_orders[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    };
    auto without_sign = key;
    without_sign.back() &= std::byte{0x7f};
    return std::find(std::begin(small_orders), std::end(small_orders), to_hex(without_sign)) != std::end(small_orders);
}

bool verify_ed25519(const ed25519_public_key& key, byte_view message, const ed25519_signature& signature)
{
    const key_handle handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets_of(key), key.size()),
                            &EVP_PKEY_free);
    const auto context = new_context();
    const bool verified =
        handle && !is_weak(key) && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
        EVP_DigestVerify(context.get(), octets_of(signature), signature.size(), octets_of(message), message.size()) ==
            1;
    if (!verified)
        ERR_clear_error(); // Whoever uses OpenSSL next in this thread shall not find our refusal there.
    return verified;
}

} // namespace junctor::auth
