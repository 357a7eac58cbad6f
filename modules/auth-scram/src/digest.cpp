// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "digest.hpp"

#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <junctor/codec/base64.hpp>

namespace junctor::auth::scram_detail {

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

std::string base64_text(byte_view octets)
{
    byte_buffer text;
    write_base64(octets, text);
    return std::string(as_text(text.view()));
}

} // namespace junctor::auth::scram_detail
