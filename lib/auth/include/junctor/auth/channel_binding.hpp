// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What ties a proof to the TLS connection that it is sent through.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/value.hpp>

namespace junctor::auth {

/// \name The types of channel bindings
/// @{
inline constexpr std::string_view tls_unique = "tls-unique";     ///< RFC 5929, TLS 1.2.
inline constexpr std::string_view tls_exporter = "tls-exporter"; ///< RFC 9266, TLS 1.3.
/// @}

/// The octets of the channel binding `type` that both ends of the connection know; empty if it has none of that type.
[[nodiscard]] binary channel_binding_data(const transport_facts& facts, std::string_view type);

/// What challenges, messages that are signed, and channel ids are in cryptosign.
using message32 = std::array<std::byte, 32>;

/// The channel id that cryptosign has for the channel binding `type`; nothing if the connection has none. Zeros if
/// `type` is empty, which stands for no binding. Spec: "Cryptosign-based Authentication", "TLS Channel Binding".
[[nodiscard]] std::optional<message32> cryptosign_channel_id(const transport_facts& facts, std::string_view type);

/// `a` XOR `b`, octet by octet.
[[nodiscard]] message32 combine(const message32& a, const message32& b) noexcept;

} // namespace junctor::auth
