// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What is wrong with a configuration, and where.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace junctor {

/// A place in a text. Lines and columns count from 1; columns count characters, not bytes.
struct text_position {
    std::size_t line{1};
    std::size_t column{1};

    friend bool operator==(const text_position&, const text_position&) = default;
};

/// An error keeps the configuration from being used; a warning tells of something that has no effect or another one
/// than its author may think.
enum class problem_severity : std::uint8_t { error, warning };

/// "error" or "warning".
[[nodiscard]] std::string_view to_string(problem_severity severity) noexcept;

/// One thing that is wrong with a configuration.
struct config_problem {
    problem_severity severity{problem_severity::error};
    std::string source;  ///< The name of the text, such as that of the file.
    text_position where; ///< Where in it the value or key stands.
    std::string path;    ///< Such as "workers[0].realms[1].name"; empty if it is about the text as a whole.
    std::string text;    ///< What is wrong, without a full stop.
    std::string hint;    ///< How it can be mended; may be empty.
};

/// `problem` as one line for people, in the form that compilers have:
/// "config.json:12:9: error: workers[0].type: unknown worker type 'ruter' (hint: did you mean 'router'?)".
[[nodiscard]] std::string to_string(const config_problem& problem);

} // namespace junctor
