// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The commands of the program. Each returns what to exit with.

#include <junctor/auth/module_registry.hpp>

#include "command_line.hpp"

namespace junctor {

/// Runs the router until SIGINT or SIGTERM, and reloads its configuration at SIGHUP.
[[nodiscard]] exit_code start(const command_line& line);

/// Prints all problems of the configuration.
[[nodiscard]] exit_code check(const command_line& line);

/// Prints versions of the program, its compiler and its libraries.
[[nodiscard]] exit_code print_version();

/// Measures a router and prints the report.
[[nodiscard]] exit_code run_bench(const command_line& line);

/// Makes credentials and prints what the configuration needs of them.
[[nodiscard]] exit_code run_keygen(const command_line& line);

/// Joins a router and does what one of the commands says that are clients.
[[nodiscard]] exit_code run_client(const command_line& line);

/// The modules that the program is built with. Its source is generated from the list of modules.
[[nodiscard]] module_registry built_in_modules();

} // namespace junctor
