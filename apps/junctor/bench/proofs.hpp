// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What clients compute to prove who they are, without the router's own code for that.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/base/value.hpp>

struct evp_pkey_st;

namespace junctor::bench {

using digest = std::array<std::byte, 32>;

/// HMAC-SHA-256 of `text`. Throws `failure`, as all of these do if OpenSSL fails.
[[nodiscard]] digest hmac_sha256(std::string_view key, std::string_view text);

/// ClientProof of SCRAM, for the `salted_password` and AuthMessage. RFC 5802, section 3.
[[nodiscard]] digest scram_proof(std::string_view salted_password, std::string_view auth_message);

[[nodiscard]] std::string base64(byte_view octets);

/// The octets that `text` stands for. Throws `failure` if it is not base64.
[[nodiscard]] std::string unbase64(std::string_view text);

/// How PBKDF2 makes a key of a password.
struct derivation {
    std::string salt;
    std::int64_t iterations{0};
    std::int64_t bytes{0};

    bool operator==(const derivation&) const = default;
};

/// In what form a derived key is used.
enum class proof_key_form : std::uint8_t { octets, base64 };

/// A key that is derived from a password, and only once as long as the derivation does not change: a client that goes
/// on with the same user knows it.
class derived_key {
public:
    derived_key(std::string password, proof_key_form form) : password_{std::move(password)}, form_{form} {}

    [[nodiscard]] const std::string& password() const noexcept { return password_; }

    /// Valid until the next call.
    [[nodiscard]] const std::string& key(const derivation& how);

private:
    std::string password_;
    proof_key_form form_;
    derivation how_;
    std::string key_;
};

/// A private key of Ed25519.
class signing_key {
public:
    static constexpr std::size_t seed_bytes = 32;

    /// `seed` has `seed_bytes`.
    explicit signing_key(byte_view seed);

    [[nodiscard]] std::array<std::byte, 32> public_key() const;
    [[nodiscard]] std::array<std::byte, 64> sign(byte_view message) const;

private:
    struct freed {
        void operator()(evp_pkey_st* key) const noexcept;
    };

    std::unique_ptr<evp_pkey_st, freed> key_;
};

} // namespace junctor::bench
