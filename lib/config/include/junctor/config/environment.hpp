// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Environment variables as a configuration refers to them.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace junctor {

/// Gives the value of the environment variable `name`, or nothing if it is not set.
using environment_lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// A text with its variables replaced, and the names of those that are not set.
struct expansion {
    std::string text;
    std::vector<std::string> unset;
};

/// Replaces `$NAME`, `${NAME}` and `${NAME:-default}` within `text`. As in a shell, the default also stands in for a
/// variable that is set but empty; it is taken as it is, up to the first '}'. A variable that is not set and has no
/// default stays in the text as it was written.
[[nodiscard]] expansion expand_variables(std::string_view text, const environment_lookup& environment);

/// NAME if all of `text` is `$NAME` or `${NAME}`; nothing otherwise.
[[nodiscard]] std::optional<std::string> variable_name(std::string_view text);

} // namespace junctor
