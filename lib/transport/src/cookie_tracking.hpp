// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Cookies in the heads of HTTP.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <junctor/transport/cookie_settings.hpp>

namespace junctor {

/// The cookie of a client.
struct found_cookie {
    std::shared_ptr<const tracked_cookie> cookie;
    std::string line; ///< What the answer tells the browser, as a line of its head; empty if it knows the cookie.
};

/// Whether a connection is protected by TLS.
enum class protection : std::uint8_t { none, tls };

/// The cookie that a client presents in `fields`, the values of its fields Cookie, or a new one if it presents none
/// that is known. Throws `std::runtime_error` if there is no randomness to be had.
[[nodiscard]] found_cookie find_cookie(const cookie_settings& settings, std::span<const std::string_view> fields,
                                       protection by);

} // namespace junctor
