// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "hmac_sha256.hpp"

#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace junctor::auth {

std::array<std::byte, 32> hmac_sha256(std::string_view key, std::string_view text)
{
    std::array<std::byte, 32> code{};
    const auto* const done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                  reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                  reinterpret_cast<unsigned char*>(code.data()), nullptr);
    if (done == nullptr)
        throw std::runtime_error("an HMAC cannot be computed");
    return code;
}

std::string to_base64(byte_view bytes)
{
    // Not by `write_base64`: its buffer would keep a copy of a key.
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    text.pop_back(); // The NUL that OpenSSL ends it with.
    return text;
}

} // namespace junctor::auth
