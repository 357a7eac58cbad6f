// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The command line of the commands that are clients of a router.

#include <functional>

#include "client/options.hpp"

namespace CLI {
class App;
}

namespace junctor {

/// Adds `call`, `publish`, `subscribe`, `register`, `ping` and `meta` to `app`. They fill `what`, which must outlive
/// the parsing; `chosen` is called if one of them is what was asked for.
void add_client_commands(CLI::App& app, cli::options& what, const std::function<void()>& chosen);

} // namespace junctor
