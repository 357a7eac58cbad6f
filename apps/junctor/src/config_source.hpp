// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The configuration that the command line asks for.

#include <stdexcept>
#include <string>
#include <vector>

#include <junctor/auth/load_module.hpp>
#include <junctor/config/load_config.hpp>

#include "command_line.hpp"

namespace junctor {

/// Thrown if there is no configuration to be read where the command line says. The text is for people.
class config_unreadable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A configuration and where it comes from.
struct loaded_config {
    std::string source; ///< The path of the file, or "built-in configuration".
    config_result result;
    std::vector<loaded_module> modules; ///< In the order in which it names them.
};

/// Finds, reads and checks the configuration. What the modules that it loads have is added to `modules`. Throws
/// `config_unreadable`.
[[nodiscard]] loaded_config load_config(const command_line& line, module_registry& modules);

/// Prints every problem to standard error, one per line.
void print_problems(const config_result& result);

} // namespace junctor
