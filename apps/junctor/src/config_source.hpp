// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The configuration that the command line asks for.

#include <filesystem>
#include <optional>
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

/// A configuration as it was read, and the modules that it was the first to load.
struct loaded_config {
    config_result result;
    std::vector<loaded_module> modules; ///< In the order in which it names them.
};

/// Where the configuration comes from; it can be read as often as it may have changed. Used on one thread.
class config_source {
public:
    /// Finds it as `line` says. `modules` are those that there are without it; what it loads is added to them.
    config_source(const command_line& line, module_registry modules);

    /// The path of the file, or "built-in configuration".
    [[nodiscard]] std::string name() const;

    /// Whether it is the built-in one, which never changes.
    [[nodiscard]] bool built_in() const noexcept { return !file_; }

    /// Reads and checks it. Modules that have been loaded before stay as they are, and are not loaded again. Throws
    /// `config_unreadable`.
    [[nodiscard]] loaded_config load();

private:
    std::optional<std::filesystem::path> file_;
    std::filesystem::path base_directory_;
    module_registry modules_;
    std::vector<std::filesystem::path> module_files_; ///< Those that have been loaded.
};

/// Prints every problem to standard error, one per line.
void print_problems(const config_result& result);

} // namespace junctor
