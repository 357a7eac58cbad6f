// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// JSON as people write it.

#include <string>

#include <junctor/base/value.hpp>

namespace junctor {

/// `content` in JSON with a line for each key, indented as our documentation does it. Its texts must be UTF-8.
[[nodiscard]] std::string json_text(const dict& content);

} // namespace junctor
