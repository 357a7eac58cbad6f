// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "scram_proof.hpp"

namespace junctor::client {

auth::digest scram_client_proof(const secret& salted_password, std::string_view auth_message)
{
    auto proof = auth::hmac_sha256(salted_password.bytes(), "Client Key");
    const auto stored_key = auth::sha256(proof.bytes());
    const auto signature = auth::hmac_sha256(stored_key.bytes(), auth_message);
    for (std::size_t i = 0; i < auth::digest_bytes; ++i)
        proof[i] ^= signature[i];
    return proof;
}

auth::digest scram_server_signature(const secret& salted_password, std::string_view auth_message)
{
    const auto server_key = auth::hmac_sha256(salted_password.bytes(), "Server Key");
    return auth::hmac_sha256(server_key.bytes(), auth_message);
}

} // namespace junctor::client
