// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// SHA-256 and what authmethods make of it, in memory that is wiped.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <junctor/auth/secret.hpp>
#include <junctor/base/bytes.hpp>

namespace junctor::auth {

inline constexpr std::size_t digest_bytes = 32;

/// 32 octets that nobody should see, wiped when they go out of scope.
class digest {
public:
    digest() = default;
    digest(const digest&) = default;
    digest& operator=(const digest&) = default;
    ~digest();

    [[nodiscard]] unsigned char* data() noexcept { return octets_.data(); }
    [[nodiscard]] unsigned char& operator[](std::size_t index) noexcept { return octets_[index]; }
    [[nodiscard]] unsigned char operator[](std::size_t index) const noexcept { return octets_[index]; }
    [[nodiscard]] byte_view bytes() const noexcept { return std::as_bytes(std::span(octets_)); }

private:
    std::array<unsigned char, digest_bytes> octets_{};
};

/// HMAC-SHA-256 of `text`. Throws `std::runtime_error` if OpenSSL fails. May be called by any thread, as all functions
/// of this file.
[[nodiscard]] digest hmac_sha256(byte_view key, std::string_view text);

[[nodiscard]] digest sha256(byte_view octets);

/// `size` octets that PBKDF2 makes of `password` with HMAC-SHA-256, which takes as long as `iterations` demand: from 1
/// to 2^31 - 1 for each 32 octets. Throws `std::runtime_error` if OpenSSL fails. RFC 8018.
[[nodiscard]] secret pbkdf2_sha256(std::string_view password, byte_view salt, std::int64_t iterations,
                                   std::size_t size);

/// `octets` in base64 with padding. No copy of them is left behind: they may be secret.
[[nodiscard]] std::string base64_text(byte_view octets);

} // namespace junctor::auth
