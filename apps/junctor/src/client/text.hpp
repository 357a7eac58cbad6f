// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Arguments, results and events as lines of text.

#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/arguments.hpp>
#include <junctor/base/value.hpp>

namespace junctor::cli {

/// `content` as JSON in one line.
[[nodiscard]] std::string to_json(const value& content);

/// `text` with a space in place of each control character: nobody shall write to the terminal what looks like something
/// else.
[[nodiscard]] std::string in_one_line(std::string_view text);

/// Arguments for people: nothing if there are none, one text as it is, any other one as JSON, several as a list in
/// JSON, and keyword arguments as a dict behind them.
[[nodiscard]] std::string to_text(const arguments& content);

/// Arguments for programs: a dict with `args` and `kwargs`.
[[nodiscard]] dict to_dict(const arguments& content);

/// Rows below their heads, in columns that are as wide as they must be. Every line has its end.
[[nodiscard]] std::string to_table(const std::vector<std::string>& heads,
                                   const std::vector<std::vector<std::string>>& rows);

/// Writes `line` and its end to standard output at once. Throws `output_closed` if nobody reads it, and
/// `std::system_error` if it cannot be written otherwise.
void print_line(std::string_view line);

/// Writes `text` likewise, as it is.
void print_text(std::string_view text);

} // namespace junctor::cli
