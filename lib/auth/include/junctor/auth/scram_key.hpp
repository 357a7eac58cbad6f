// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// How SCRAM turns a password into a key.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <junctor/auth/digest.hpp>
#include <junctor/auth/secret.hpp>
#include <junctor/base/bytes.hpp>

namespace junctor::auth {

/// How a client turns a password into a key. Spec: "Salted Challenge Response Authentication", key derivation
/// functions.
enum class scram_kdf {
    pbkdf2,     ///< With HMAC-SHA-256, RFC 8018.
    argon2id13, ///< Argon2id, version 1.3, one lane, RFC 9106.
};

/// Whose SCRAM a client speaks. The two are not compatible.
enum class scram_dialect {
    spec,     ///< WAMP's.
    crossbar, ///< That of Crossbar.io and Autobahn|Python, which is a draft of WAMP's.
};

/// The name of `kdf` in CHALLENGE, which is also the one in Crossbar.io's configuration for that dialect.
[[nodiscard]] std::string_view scram_kdf_name(scram_kdf kdf, scram_dialect dialect) noexcept;

/// What the key derivation costs. Everybody is told, before there is any proof.
struct scram_parameters {
    scram_kdf kdf{scram_kdf::argon2id13};
    std::int64_t iterations{3};
    std::int64_t memory{65'536}; ///< KiB that Argon2 fills; 0 for PBKDF2.

    friend auto operator<=>(const scram_parameters&, const scram_parameters&) = default;
};

/// \name The limits of the parameters
/// @{
inline constexpr std::int64_t scram_iterations_max = 2'147'483'647; ///< As many as OpenSSL's PBKDF2 can count.
inline constexpr std::int64_t scram_memory_min = 8;                 ///< KiB; Argon2's own limit for one lane.
inline constexpr std::int64_t scram_memory_max = 4'194'304;         ///< KiB: 4 GiB, more than clients can spare.
inline constexpr std::size_t scram_salt_bytes = 16;                 ///< What is recommended.
inline constexpr std::size_t scram_salt_bytes_min = 8;              ///< Argon2's own limit.
inline constexpr std::size_t scram_salt_bytes_max = 64;
/// @}

/// The size of SaltedPassword, StoredKey, ServerKey, proofs and signatures: that of SHA-256.
inline constexpr std::size_t scram_key_bytes = digest_bytes;

/// SaltedPassword, which takes as long as the parameters demand. Thread-safe.
///
/// In Crossbar.io's dialect Argon2 makes another one than in the spec's; PBKDF2 gives the same in both. The octets of
/// the password are taken as they are: what is not ASCII has to be prepared by SASLprep (RFC 4013) before.
///
/// Throws `std::invalid_argument` if the password is empty, or a parameter or the size of the salt is out of its
/// limits; `std::runtime_error` if the computation fails, such as for lack of memory.
[[nodiscard]] secret scram_salted_password(const secret& password, const scram_parameters& parameters, byte_view salt,
                                           scram_dialect dialect);

} // namespace junctor::auth
