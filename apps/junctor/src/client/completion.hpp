// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Completion of command lines in shells.

#include <string>

namespace CLI {
class App;
}

namespace junctor {

/// Which shell.
enum class shell { bash, zsh };

/// A script for `of` that completes the commands of `app` and their options, and file names everywhere else.
[[nodiscard]] std::string completion_script(const CLI::App& app, shell of);

} // namespace junctor
