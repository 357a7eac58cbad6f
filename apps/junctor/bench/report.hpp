// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a benchmark prints.

#include <string>

#include "measurement.hpp"
#include "options.hpp"

namespace junctor::bench {

/// The report of `measured` in lines for people, or as one line of JSON if `what` wants that.
[[nodiscard]] std::string report(const options& what, const outcome& measured);

} // namespace junctor::bench
