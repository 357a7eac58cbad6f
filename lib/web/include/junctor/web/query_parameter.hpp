// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The parameters behind the "?" of a URL.

#include <optional>
#include <string>
#include <string_view>

namespace junctor {

/// The value of the first parameter `name` in `query`, decoded; nothing if there is none. Spec: URL Standard,
/// "application/x-www-form-urlencoded".
[[nodiscard]] std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

} // namespace junctor
