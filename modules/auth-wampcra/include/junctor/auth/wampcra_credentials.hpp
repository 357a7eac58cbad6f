// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What proves a principal of the authmethod "wampcra".

#include <optional>

#include <junctor/auth/module_options.hpp>
#include <junctor/auth/secret.hpp>
#include <junctor/auth/wampcra_key.hpp>

namespace junctor::auth {

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
