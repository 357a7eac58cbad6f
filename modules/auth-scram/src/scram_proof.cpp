// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/scram_proof.hpp>

#include <algorithm>
#include <cstddef>

#include <junctor/auth/digest.hpp>

namespace junctor::auth {

bool scram_proves(const scram_credentials& expected, std::string_view auth_message, byte_view proof)
{
    digest client_key = hmac_sha256(expected.stored_key.bytes(), auth_message);
    const auto size = std::min(proof.size(), scram_key_bytes);
    for (std::size_t i = 0; i < size; ++i)
        client_key[i] ^= std::to_integer<unsigned char>(proof[i]);
    const bool same = equal_constant_time(sha256(client_key.bytes()).bytes(), expected.stored_key.bytes());
    return same && proof.size() == scram_key_bytes;
}

std::string scram_server_signature(const scram_credentials& expected, std::string_view auth_message)
{
    return base64_text(hmac_sha256(expected.server_key.bytes(), auth_message).bytes());
}

} // namespace junctor::auth
