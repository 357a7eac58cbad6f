// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What both ends compute for the authmethod "wampcra".

#include <cstdint>
#include <string>
#include <string_view>

#include <junctor/auth/secret.hpp>

namespace junctor::auth {

/// How a client makes a key of its password: by PBKDF2 with HMAC-SHA256. Spec: "Password Salting".
struct wampcra_derivation {
    static constexpr std::int64_t iterations_max = 10'000'000;
    static constexpr std::int64_t keylen_max = 256; ///< The most that is a default of any client.

    std::string salt;
    std::int64_t iterations{1'000};
    std::int64_t keylen{32}; ///< Of the key in octets, before it is written in base64.

    /// Whether clients can use it: there is a salt, and the numbers are from 1 to their maxima.
    [[nodiscard]] bool valid() const noexcept;

    friend bool operator==(const wampcra_derivation&, const wampcra_derivation&) = default;
};

/// The key that `how` makes of `password`: the base64 of what PBKDF2 gives, since clients sign with that text. Takes
/// as long as the iterations demand. Throws `std::invalid_argument` if `how` is not valid.
[[nodiscard]] secret derive_wampcra_key(std::string_view password, const wampcra_derivation& how);

/// The signature of `challenge`: base64 of its HMAC-SHA256 with `key`.
[[nodiscard]] std::string wampcra_signature(std::string_view key, std::string_view challenge);

} // namespace junctor::auth
