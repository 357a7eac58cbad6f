// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The computations of SCRAM: what both sides sign, and whether they have.

#include <cstdint>
#include <string>
#include <string_view>

#include <junctor/auth/scram_credentials.hpp>
#include <junctor/base/bytes.hpp>
#include <junctor/base/value.hpp>

namespace junctor::auth {

/// What HELLO, CHALLENGE and AUTHENTICATE say that goes into AuthMessage, as it stands in them.
struct scram_conversation {
    std::string authid;
    std::string client_nonce;
    std::string nonce; ///< The client's and the router's.
    std::string salt;  ///< In base64.
    std::int64_t iterations{0};
    std::string channel_binding; ///< The type, such as "tls-exporter"; empty without one.
    binary channel_id;           ///< The data of that type; empty without one.
};

/// AuthMessage. Spec: "Salted Challenge Response Authentication", AuthMessage; RFC 5802, section 3. Crossbar.io's
/// dialect has no header of the channel binding in it and escapes nothing.
[[nodiscard]] std::string scram_auth_message(const scram_conversation& said, scram_dialect dialect);

/// Whether `proof` is the ClientProof of whoever has the password of `expected`, for `auth_message`. Takes a time that
/// depends on the sizes only, and the same for a proof of a wrong size.
[[nodiscard]] bool scram_proves(const scram_credentials& expected, std::string_view auth_message, byte_view proof);

/// ServerSignature in base64, which tells the client that the router knows `expected`.
[[nodiscard]] std::string scram_server_signature(const scram_credentials& expected, std::string_view auth_message);

} // namespace junctor::auth
