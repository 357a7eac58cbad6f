// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The cookie by which a transport knows browsers again.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <junctor/auth/cookie_store.hpp>

namespace junctor {

/// From which pages browsers send a cookie. Spec: RFC 6265bis, "SameSite".
enum class same_site : std::uint8_t { strict, lax, none };

/// What is told to browsers about the cookie, and where it is known. A plain value. Spec: RFC 6265.
struct cookie_settings {
    std::string name{"cbtid"};

    /// Of its value, in characters, each of which has six random bits.
    std::size_t length{24};

    /// For how long it is good.
    std::chrono::seconds max_age{86'400};

    /// Whether browsers send it over TLS only. Nothing: if it was set over TLS.
    std::optional<bool> secure;

    /// Whether it is hidden from the scripts of pages.
    bool http_only{true};

    same_site pages{same_site::lax};

    std::shared_ptr<cookie_store> store{std::make_shared<cookie_store>()}; ///< Never null.
};

} // namespace junctor
