// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Points in time as HTTP writes them.

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace junctor {

/// `when`, in seconds since 1970, such as "Sun, 06 Nov 1994 08:49:37 GMT". Spec: RFC 9110, section 5.6.7.
[[nodiscard]] std::string http_date(std::time_t when);

/// The point in time that `text` names, in any of the three forms that HTTP has had; nothing if it is none.
[[nodiscard]] std::optional<std::time_t> read_http_date(std::string_view text);

} // namespace junctor
