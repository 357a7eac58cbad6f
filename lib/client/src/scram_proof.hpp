// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The proofs of SCRAM as the client computes them. RFC 5802, section 3.

#include <string_view>

#include <junctor/auth/digest.hpp>
#include <junctor/auth/secret.hpp>

namespace junctor::client {

/// ClientProof.
[[nodiscard]] auth::digest scram_client_proof(const secret& salted_password, std::string_view auth_message);

/// ServerSignature, which the router has to send.
[[nodiscard]] auth::digest scram_server_signature(const secret& salted_password, std::string_view auth_message);

} // namespace junctor::client
