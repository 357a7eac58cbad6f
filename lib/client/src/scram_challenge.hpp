// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A CHALLENGE of SCRAM, as far as a client does what it demands.

#include <string>

#include <junctor/auth/scram_key.hpp>
#include <junctor/client/authmethods.hpp>

namespace junctor::client {

/// How SaltedPassword is to be made.
struct scram_derivation {
    auth::scram_parameters parameters;
    binary salt;

    friend bool operator==(const scram_derivation&, const scram_derivation&) = default;
};

struct scram_challenge {
    std::string nonce; ///< The client's and the router's.
    std::string salt;  ///< As it was sent.
    scram_derivation how;
};

/// Reads the `extra` of CHALLENGE that answers `client_nonce`. Throws `login_failed` if it is malformed, if the nonce
/// does not go on from the client's, or if it demands more or less than `options.limits` allow. Spec: "Salted Challenge
/// Response Authentication", initial server authentication message.
[[nodiscard]] scram_challenge read_scram_challenge(const dict& extra, const std::string& client_nonce,
                                                   const scram_options& options);

} // namespace junctor::client
