// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Running another program: what it is given and what it says.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>

namespace junctor::cli {

/// How much of the output of a program is kept.
struct output_limits {
    std::size_t output_bytes_max{std::size_t{16} * 1024 *
                                 1024}; ///< No message is larger. Beyond it the program is killed.
    std::size_t error_bytes_max{4096};  ///< For people. What is beyond is passed over.
};

/// What a program has come to.
struct program_result {
    int exit_code{0};         ///< -N if signal N has ended it.
    std::string output;       ///< All that it wrote to standard output.
    std::string error_output; ///< The beginning of what it wrote to standard error.
    bool has_flooded{false};  ///< It was killed for writing too much.

    [[nodiscard]] bool succeeded() const noexcept { return exit_code == 0 && !has_flooded; }
};

/// The path of the program that `name` means to a shell; nothing if there is none that can be executed.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name);

/// Runs `command`, whose first element is the path of the program, in a process group of its own, with `input` as its
/// standard input, and completes when it has ended and closed its output. It inherits no other open file. Throws
/// `std::system_error` if it cannot be run.
///
/// Cancellation: it is killed together with all that it has started and that has stayed in its process group.
[[nodiscard]] awaitable<program_result> run_program(boost::asio::io_context& io, std::vector<std::string> command,
                                                    std::string input, output_limits limits);

} // namespace junctor::cli
