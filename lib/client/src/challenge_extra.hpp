// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What is in the extra of a CHALLENGE, or a `login_failed` that says what is not.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <junctor/base/value.hpp>
#include <junctor/client/credentials.hpp>

namespace junctor::client {

/// What is thrown when the router challenges by an authmethod that was not claimed.
[[nodiscard]] login_failed not_claimed(std::string_view authmethod);

/// Throws unless the router challenges by `authmethod`, the one that was claimed.
void expect_method(const received_challenge& challenge, std::string_view authmethod);

/// The text under `key`. Throws if there is none.
[[nodiscard]] const std::string& need_text(const dict& extra, std::string_view key);

/// The text under `key`; empty if there is none or null. Throws if it is something else.
[[nodiscard]] std::string text_or_none(const dict& extra, std::string_view key);

/// The integer under `key`, or `otherwise` if there is none or null. Throws if it is something else, or greater than an
/// int64_t can be, or if there is none and no `otherwise`.
[[nodiscard]] std::int64_t integer_in(const dict& extra, std::string_view key,
                                      std::optional<std::int64_t> otherwise = {});

} // namespace junctor::client
