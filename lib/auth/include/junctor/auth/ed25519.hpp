// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Keys and signatures of Ed25519, by OpenSSL.

#include <array>
#include <cstddef>
#include <memory>

#include <junctor/auth/secret.hpp>
#include <junctor/base/bytes.hpp>

struct evp_pkey_st; // OpenSSL's key.

namespace junctor::auth {

inline constexpr std::size_t ed25519_seed_bytes = 32;

using ed25519_public_key = std::array<std::byte, 32>;
using ed25519_signature = std::array<std::byte, 64>;

/// A private key, in the form of the seed that it is computed from, and its public key. RFC 8032, 5.1.5.
struct ed25519_key_pair {
    secret seed; ///< 32 octets, as they are: not in hexadecimal digits.
    ed25519_public_key public_key{};
};

/// A new key pair, from the system's source of random numbers. Throws `std::runtime_error` if that cannot be had. May
/// be called by any thread, as all functions of this file.
[[nodiscard]] ed25519_key_pair make_ed25519_key_pair();

/// The public key that belongs to the private key with that seed. Throws `std::invalid_argument` if `seed` does not
/// have 32 octets.
[[nodiscard]] ed25519_public_key public_key_of(const secret& seed);

/// A private key that is ready to sign: whoever signs often saves half of the work. A value that can be moved; may be
/// used by any number of threads at the same time.
class ed25519_signer {
public:
    /// Throws `std::invalid_argument` if `seed` does not have 32 octets.
    explicit ed25519_signer(const secret& seed);

    [[nodiscard]] ed25519_public_key public_key() const;

    /// The same message gets the same signature each time.
    [[nodiscard]] ed25519_signature sign(byte_view message) const;

private:
    struct freed {
        void operator()(evp_pkey_st* key) const noexcept;
    };

    std::unique_ptr<evp_pkey_st, freed> key_;
};

/// Signs `message` with the private key that has that seed. The same message gets the same signature each time. Throws
/// `std::invalid_argument` if `seed` does not have 32 octets.
[[nodiscard]] ed25519_signature sign_ed25519(const secret& seed, byte_view message);

/// Whether `key` is a point of small order, such as 32 zeros: nobody's key, with signatures that anybody can make up.
[[nodiscard]] bool is_weak(const ed25519_public_key& key);

/// Whether `signature` is one of `message`, made with the private key of `key`. Any octets may be given: those that are
/// no public key, or a weak one, verify nothing.
[[nodiscard]] bool verify_ed25519(const ed25519_public_key& key, byte_view message, const ed25519_signature& signature);

} // namespace junctor::auth
