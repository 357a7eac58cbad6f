// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The challenges of wampcra.

#include <cstdint>
#include <string>
#include <string_view>

#include <junctor/auth/principals.hpp>
#include <junctor/auth/wampcra_credentials.hpp>

namespace junctor::auth {

/// The text that the peer who says it is `one` has to sign: JSON, another one every time. Spec: "Challenge Response
/// Authentication".
[[nodiscard]] std::string new_challenge(const principal<wampcra_credentials>& one, std::string_view authprovider,
                                        std::uint64_t session);

/// What CHALLENGE carries: `challenge`, and how the key is derived.
[[nodiscard]] dict challenge_extra(std::string challenge, const wampcra_credentials& credentials);

} // namespace junctor::auth
