// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Events of the log as text. Whatever the fields hold, an event stays on its line.

#include <span>
#include <string>
#include <string_view>

#include <junctor/base/log.hpp>

namespace junctor {

/// How lines of the log look.
enum class log_format {
    text, ///< `session joined session=7132 authrole=anonymous`
    json, ///< `"event":"session joined","session":7132,"authrole":"anonymous"`, the inside of a JSON object
};

/// One event in that form, without time and level.
[[nodiscard]] std::string format_event(log_format format, std::string_view event, std::span<const log_field> fields);

/// `text` as a JSON string with its quotes. Control characters and line separators are escaped; what is not UTF-8 is
/// replaced by U+FFFD.
[[nodiscard]] std::string quoted_json(std::string_view text);

} // namespace junctor
