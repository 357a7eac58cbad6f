// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Arguments from the command line and from standard input.

#include <string>

#include <junctor/base/arguments.hpp>
#include <junctor/base/value.hpp>

#include "client/options.hpp"

namespace junctor::cli {

/// What somebody means by `text`: what it is in JSON or, if it is none, itself.
[[nodiscard]] value meant_by(const std::string& text);

/// The same, or just the text. Throws `bad_usage` if it is not UTF-8.
[[nodiscard]] value read_argument(const std::string& text, bool as_string);

/// The arguments that `what` describes. Throws `bad_usage` if any of them cannot be meant, such as a keyword argument
/// without "=", or one that is no UTF-8. May read standard input to its end.
[[nodiscard]] arguments read_content(const content_options& what);

} // namespace junctor::cli
