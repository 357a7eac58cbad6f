// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// How the commands that are clients end: exit codes by WAMP error, and what people are told.

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "command_line.hpp"

namespace junctor::cli {

/// Thrown when the command line, or what it refers to, makes no sense: exit code 2.
class bad_usage : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Thrown when nobody reads what is printed any more.
class output_closed : public std::exception {};

/// Thrown when a signal or the end of a time limit has broken a command off.
class interrupted : public std::exception {
public:
    explicit interrupted(exit_code how) noexcept : how_{how} {}

    [[nodiscard]] exit_code how() const noexcept { return how_; }

private:
    exit_code how_;
};

/// Whether errors are told as text or as one line of JSON.
enum class error_form : bool { text, json };

/// The exit code that stands for ERROR with `uri`.
[[nodiscard]] exit_code exit_code_of(std::string_view uri) noexcept;

/// Tells on standard error, in one line, what went wrong, and returns what to exit with.
[[nodiscard]] exit_code tell(const std::exception_ptr& failure, error_form form);

} // namespace junctor::cli
