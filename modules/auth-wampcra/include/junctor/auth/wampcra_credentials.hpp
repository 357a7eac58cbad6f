// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What proves a principal of the authmethod "wampcra", and what clients compute from it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <junctor/auth/module_options.hpp>
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
};

/// The key that `how` makes of `password`: the base64 of what PBKDF2 gives, since clients sign with that text. Takes
/// as long as the iterations demand. Throws `std::invalid_argument` if `how` is not valid.
[[nodiscard]] secret derive_wampcra_key(std::string_view password, const wampcra_derivation& how);

/// The signature of `challenge`: base64 of its HMAC-SHA256 with `key`.
[[nodiscard]] std::string wampcra_signature(std::string_view key, std::string_view challenge);

/// The credentials of one principal.
struct wampcra_credentials {
    /// What challenges are signed with: the secret that client and router share, or what is derived from it.
    secret key;

    /// How the client derives the key; nothing if the key is the secret itself.
    std::optional<wampcra_derivation> derivation{};

    /// Takes `secret`, `salt`, `iterations`, `keylen` and `secret_is_derived` from `options`. With
    /// `secret_is_derived` false, which only a configuration may say, this derives the key.
    [[nodiscard]] static wampcra_credentials read(module_options& options);
};

} // namespace junctor::auth
