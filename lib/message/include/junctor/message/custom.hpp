// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Custom attributes among options, which the router forwards without knowing them.

#include <string_view>

namespace junctor {

/// Whether `key` names a custom attribute, `_name` or `x_name`. Spec: basic profile, "Extensibility".
[[nodiscard]] inline bool is_custom_attribute(std::string_view key) noexcept
{
    return (key.size() > 1 && key[0] == '_') || (key.size() > 2 && key.starts_with("x_"));
}

} // namespace junctor
