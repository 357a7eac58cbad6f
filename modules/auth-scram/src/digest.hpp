// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// SHA-256 and what is made of it, in memory that is wiped.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <junctor/auth/scram_credentials.hpp>
#include <junctor/base/bytes.hpp>

namespace junctor::auth::scram_detail {

/// 32 octets that nobody should see, wiped when they go out of scope.
class digest {
public:
    digest() = default;
    digest(const digest&) = default;
    digest& operator=(const digest&) = default;
    ~digest();

    [[nodiscard]] unsigned char* data() noexcept { return octets_.data(); }
    [[nodiscard]] unsigned char& operator[](std::size_t index) noexcept { return octets_[index]; }
    [[nodiscard]] byte_view bytes() const noexcept { return std::as_bytes(std::span(octets_)); }

private:
    std::array<unsigned char, scram_key_bytes> octets_{};
};

/// HMAC-SHA-256 of `text`. Throws `std::runtime_error` if OpenSSL fails.
[[nodiscard]] digest hmac_sha256(byte_view key, std::string_view text);

[[nodiscard]] digest sha256(byte_view octets);

/// `octets` in base64.
[[nodiscard]] std::string base64_text(byte_view octets);

} // namespace junctor::auth::scram_detail
