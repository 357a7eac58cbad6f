// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The load that measures the client library: a session that calls, and one that answers.

#include "measurement.hpp"
#include "options.hpp"

namespace junctor::bench {

/// Lets a session of `junctor::client` call a procedure of another one, `depth` calls at a time, each of which a
/// coroutine awaits. The result of each must be its argument. Both sessions are on this thread, so what the process
/// uses is what both ends of a call cost. Throws `failure`.
[[nodiscard]] outcome measure_client(const options& what);

} // namespace junctor::bench
