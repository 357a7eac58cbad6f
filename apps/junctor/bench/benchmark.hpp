// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A benchmark from its options to its report.

#include <string>

#include "options.hpp"

namespace junctor::bench {

/// Does what `what` says and returns the report. Throws `failure`.
[[nodiscard]] std::string run_benchmark(const options& what);

} // namespace junctor::bench
