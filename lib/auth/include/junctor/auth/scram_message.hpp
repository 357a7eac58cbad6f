// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What both sides of SCRAM sign.

#include <cstdint>
#include <string>

#include <junctor/auth/scram_key.hpp>
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

} // namespace junctor::auth
