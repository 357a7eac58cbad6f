// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a program writes, line by line.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace junctor {

/// Cuts octets into lines, whatever they are and however they come. A plain object.
class output_lines {
public:
    /// Takes one line without its end, "\n" or "\r\n". If it `continues`, it was too long, and the next one is more of
    /// it. The text is there for the call only, and need not be UTF-8.
    using taker = std::function<void(std::string_view line, bool continues)>;

    /// The most that is kept: longer lines are cut. More than anybody reads of one line of a log, and what a pipe takes
    /// at once several times over.
    static constexpr std::size_t line_bytes_max = std::size_t{16} * 1024;

    explicit output_lines(taker take) : take_{std::move(take)} {}

    /// Octets that follow those before.
    void add(std::string_view octets);

    /// There are no more: what is left is a line, too.
    void finish();

private:
    void append(std::string_view part);
    void end_line();

    taker take_;
    std::string line_;
};

} // namespace junctor
