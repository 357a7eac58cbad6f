// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a router keeps instead of a password for SCRAM, and how it is made of the password.

#include <junctor/auth/module_options.hpp>
#include <junctor/auth/scram_key.hpp>
#include <junctor/auth/secret.hpp>
#include <junctor/base/value.hpp>

namespace junctor::auth {

/// What a router knows about one user. A password cannot be computed from it, but guesses can be checked.
struct scram_credentials {
    scram_parameters parameters;
    binary salt;
    secret stored_key; ///< SHA-256 of the key that the client proves to have.
    secret server_key; ///< With which the router proves to the client that it knows the user.

    /// Reads Crossbar.io's keys `kdf`, `iterations`, `memory`, `salt`, `stored-key` and `server-key`. The KDF may be
    /// called by its name in either dialect.
    [[nodiscard]] static scram_credentials read(module_options& options);
};

/// Computes the credentials of a user with `password`, which takes as long as the parameters demand; `salt` should be
/// random and the user's own. Thread-safe.
///
/// A client of Crossbar.io's dialect makes other keys of a password by Argon2 than one of the spec's, so that `dialect`
/// has to be that of the user's clients. PBKDF2 gives the same keys in both. The octets of the password are taken as
/// they are: what is not ASCII has to be prepared by SASLprep (RFC 4013) before, as the clients do.
///
/// Throws `std::invalid_argument` if the password is empty, or a parameter or the size of the salt is out of its
/// limits; `std::runtime_error` if the computation fails, such as for lack of memory.
[[nodiscard]] scram_credentials make_scram_credentials(const secret& password, const scram_parameters& parameters,
                                                       binary salt, scram_dialect dialect = scram_dialect::spec);

} // namespace junctor::auth
