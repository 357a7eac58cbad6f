// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The two operations that wampcra is made of.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>

namespace junctor::auth {

/// Throws `std::runtime_error` if OpenSSL fails, for lack of memory.
[[nodiscard]] std::array<std::byte, 32> hmac_sha256(std::string_view key, std::string_view text);

/// `bytes` in base64 with padding.
[[nodiscard]] std::string to_base64(byte_view bytes);

} // namespace junctor::auth
