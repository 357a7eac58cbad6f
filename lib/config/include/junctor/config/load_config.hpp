// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// From the text of a node configuration to checked options, with all problems at once.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/auth/module_registry.hpp>
#include <junctor/config/config_problem.hpp>
#include <junctor/config/environment.hpp>
#include <junctor/config/fixed_settings.hpp>
#include <junctor/config/node_config.hpp>

namespace junctor {

/// What a configuration refers to without containing it.
struct config_context {
    std::string source_name;              ///< For problems: the name of the text, such as that of the file.
    std::filesystem::path base_directory; ///< What relative paths within the configuration are relative to.
    environment_lookup environment;       ///< Must not be empty.
    const module_registry* modules{};     ///< The authmethods that there are. Must not be null.

    /// Loads the module in a file, whose path is absolute, and adds what it has to `modules`; throws `module_error`. A
    /// configuration then names code that will run: it must be trusted as the program is. If this is empty,
    /// configurations that load modules are refused.
    std::function<void(const std::filesystem::path& file)> load_module{};
    std::filesystem::path modules_directory{}; ///< Where modules are if the configuration does not say; may be empty.
};

/// A configuration as far as it could be read, and all that is wrong with it.
struct config_result {
    node_config config;                   ///< To be used only if `usable()`.
    fixed_settings fixed;                 ///< What of it takes effect at the start of a node only.
    std::vector<config_problem> problems; ///< In the order of the text.

    /// Whether there are no errors; there may be warnings.
    [[nodiscard]] bool usable() const noexcept;
};

/// Reads `text`, a node configuration as JSON in the form of Crossbar.io (docs/configuration.md). Looks at the files
/// that it names, but opens no socket. Does not throw for whatever `text` holds.
[[nodiscard]] config_result load_node_config(std::string_view text, const config_context& context);

/// The configuration that holds if there is none: realm `realm1` where role `anonymous` may do everything; RawSocket on
/// 127.0.0.1, TCP port 8081, and on the Unix domain socket `junctor.sock` in $XDG_RUNTIME_DIR, or in /tmp without it.
[[nodiscard]] std::string_view default_node_config() noexcept;

} // namespace junctor
