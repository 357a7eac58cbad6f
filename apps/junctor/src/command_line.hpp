// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The command line: what is to be done, and how.

#include <filesystem>
#include <optional>
#include <variant>

#include <junctor/base/log.hpp>

#include "bench/options.hpp"
#include "keygen_options.hpp"
#include "log_format.hpp"

namespace junctor {

/// What the process exits with. Part of the interface: see the end of `junctor --help`.
enum exit_code : int {
    exit_ok = 0,
    exit_bad_config = 1,   ///< The configuration has errors, or cannot be read.
    exit_bad_usage = 2,    ///< The command line is wrong.
    exit_not_started = 3,  ///< A transport cannot listen, or the router failed.
    exit_bench_failed = 4, ///< A benchmark could not reach the router, or not all went well.
    exit_no_key = 5,       ///< Credentials could not be made: a bad password, or a file that is no good.
};

/// What to do.
enum class command { start, check, version, bench, keygen };

struct command_line {
    command what{command::start};
    std::optional<std::filesystem::path> config_file;
    std::optional<std::filesystem::path> config_directory;
    std::optional<log_level> level{log_level::info}; ///< Absent: no log at all.
    log_format format{log_format::text};
    bench::options benchmark; ///< Of the command `bench`.
    keygen_options keys;      ///< Of the command `keygen`.
};

/// The command line; or, after help or an error was printed, what to exit with.
[[nodiscard]] std::variant<command_line, exit_code> parse_command_line(int argc, const char* const* argv);

} // namespace junctor
