// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The proofs of SCRAM as the router computes them: whether the client has signed, and its own signature.

#include <string>
#include <string_view>

#include <junctor/auth/scram_credentials.hpp>
#include <junctor/auth/scram_message.hpp>
#include <junctor/base/bytes.hpp>

namespace junctor::auth {

/// Whether `proof` is the ClientProof of whoever has the password of `expected`, for `auth_message`. Takes a time that
/// depends on the sizes only, and the same for a proof of a wrong size.
[[nodiscard]] bool scram_proves(const scram_credentials& expected, std::string_view auth_message, byte_view proof);

/// ServerSignature in base64, which tells the client that the router knows `expected`.
[[nodiscard]] std::string scram_server_signature(const scram_credentials& expected, std::string_view auth_message);

} // namespace junctor::auth
