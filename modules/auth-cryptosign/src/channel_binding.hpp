// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What ties a signed challenge to the TLS connection that it came through.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <junctor/auth/transport_facts.hpp>

namespace junctor::auth {

/// What challenges, messages that are signed, and channel ids are.
using message32 = std::array<std::byte, 32>;

inline constexpr std::string_view tls_unique = "tls-unique";
inline constexpr std::string_view tls_exporter = "tls-exporter";

/// The channel id of that `type` that the connection has; nothing if it has none. Zeros if `type` is empty, which
/// stands for no binding. Spec: advanced profile, "Cryptosign-based Authentication", "TLS Channel Binding".
[[nodiscard]] std::optional<message32> channel_id(const transport_facts& facts, std::string_view type);

/// `a` XOR `b`, octet by octet.
[[nodiscard]] message32 combine(const message32& a, const message32& b) noexcept;

} // namespace junctor::auth
