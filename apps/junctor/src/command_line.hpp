// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The command line: what is to be done, and how.

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include <junctor/base/log.hpp>

#include "bench/options.hpp"
#include "client/options.hpp"
#include "keygen_options.hpp"
#include "log_format.hpp"

namespace junctor {

/// What the process exits with. Part of the interface: see the ends of `junctor --help` and `junctor call --help`.
enum exit_code : int {
    exit_ok = 0,
    exit_bad_config = 1,       ///< The configuration has errors, or cannot be read.
    exit_bad_usage = 2,        ///< The command line is wrong.
    exit_not_started = 3,      ///< A transport cannot listen, or the router failed.
    exit_bench_failed = 4,     ///< A benchmark could not reach the router, or not all went well.
    exit_no_key = 5,           ///< Credentials could not be made: a bad password, or a file that is no good.
    exit_component_failed = 6, ///< There were containers only, all have ended, and a component had failed.

    // Commands that are clients of a router.
    exit_request_failed = 10,    ///< The answer was an ERROR other than those below.
    exit_no_such_procedure = 11, ///< Nobody answers such a call.
    exit_not_authorized = 12,
    exit_timeout = 13,
    exit_canceled = 14,
    exit_not_joined = 15,     ///< There is no connection, or the router refuses the client.
    exit_session_lost = 16,   ///< The session ended before the command was done.
    exit_interrupted = 130,   ///< SIGINT broke the command off. This one and the next are what shells expect.
    exit_output_closed = 141, ///< Nobody reads standard output any more.
    exit_terminated = 143,    ///< SIGTERM broke the command off.
};

/// What to do.
enum class command { start, check, version, bench, keygen, client, completion };

struct command_line {
    command what{command::start};
    std::optional<std::filesystem::path> config_file;
    std::optional<std::filesystem::path> config_directory;
    std::optional<log_level> level{log_level::info}; ///< Absent: no log at all.
    log_format format{log_format::text};
    bench::options benchmark; ///< Of the command `bench`.
    keygen_options keys;      ///< Of the command `keygen`.
    cli::options client;      ///< Of the commands that are clients of a router.
    std::string script;       ///< Of the command `completion`: what it prints.
};

/// The command line; or, after help or an error was printed, what to exit with.
[[nodiscard]] std::variant<command_line, exit_code> parse_command_line(int argc, const char* const* argv);

} // namespace junctor
