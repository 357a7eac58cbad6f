// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The names of attributes among options that the router forwards without understanding them.

#include <algorithm>
#include <array>
#include <string_view>

namespace junctor {

/// Whether `key` names a custom attribute, `_name` or `x_name`. Spec: basic profile, "Extensibility".
[[nodiscard]] inline bool is_custom_attribute(std::string_view key) noexcept
{
    return (key.size() > 1 && key[0] == '_') || (key.size() > 2 && key.starts_with("x_"));
}

/// Without this one, payload passthru is not in use. Spec: advanced profile, "Payload Passthru Mode".
inline constexpr std::string_view passthru_scheme = "ppt_scheme";

/// The attributes of payload passthru mode. Their values are texts.
inline constexpr std::array<std::string_view, 4> passthru_keys{passthru_scheme, "ppt_serializer", "ppt_cipher",
                                                               "ppt_keyid"};

/// Whether `key` names an attribute of payload passthru mode.
[[nodiscard]] inline bool is_passthru_attribute(std::string_view key) noexcept
{
    return std::find(passthru_keys.begin(), passthru_keys.end(), key) != passthru_keys.end();
}

} // namespace junctor
