// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// How long programs that end again and again are left alone.

#include <chrono>

namespace junctor {

/// The time between the end of a program and its next start: it doubles each time. A plain object.
class restart_delays {
public:
    using duration = std::chrono::milliseconds;

    /// From `first`, which must not be zero, up to `longest`, which must not be shorter.
    restart_delays(duration first, duration longest) : first_{first}, longest_{longest}, next_{first} {}

    /// The delay after a program has run for `lived`. One that has lived for `longest` is taken for well, and begins
    /// with `first` again.
    [[nodiscard]] duration after(std::chrono::steady_clock::duration lived);

private:
    duration first_;
    duration longest_;
    duration next_;
};

} // namespace junctor
