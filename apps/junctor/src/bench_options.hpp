// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The command line of `junctor bench`.

#include <functional>

#include "bench/options.hpp"

namespace CLI {
class App;
}

namespace junctor {

/// Adds the command `bench` with its loads to `app`. They fill `what`, which must outlive the parsing; `chosen` is
/// called if the command is what was asked for.
void add_bench_command(CLI::App& app, bench::options& what, std::function<void()> chosen);

} // namespace junctor
