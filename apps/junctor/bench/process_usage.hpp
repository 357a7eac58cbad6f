// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a process has used of the machine.

#include <cstdint>

#include <sys/types.h>

namespace junctor::bench {

/// What a process had used at some moment, or between two moments.
struct process_usage {
    std::uint64_t cpu_ns{0};    ///< User and system together, to the nanosecond.
    std::uint64_t user_ns{0};   ///< To the tick of the kernel, which is 10 ms.
    std::uint64_t system_ns{0}; ///< To the tick of the kernel.
    std::uint64_t rss_bytes{0}; ///< Memory in use, always that of the moment.
};

/// What `pid` has used until now, all its threads together. Throws `failure` if there is no such process.
[[nodiscard]] process_usage usage_of(pid_t pid);

/// What was used from `before` to `after`.
[[nodiscard]] process_usage difference(const process_usage& before, const process_usage& after) noexcept;

} // namespace junctor::bench
