// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// When a benchmark counts and when it is over, and what was counted.

#include <cstdint>
#include <optional>

#include "histogram.hpp"
#include "network.hpp"
#include "options.hpp"
#include "process_usage.hpp"

namespace junctor::bench {

/// The memory of a router that holds idle sessions.
struct memory_use {
    std::uint64_t before{0};      ///< RSS before the first of them.
    std::uint64_t joined{0};      ///< RSS with all of them.
    std::uint64_t after_burst{0}; ///< RSS after each of them got as many events as were asked for.
};

/// What came out of a benchmark.
struct outcome {
    std::uint64_t messages{0}; ///< Calls, deliveries or sessions.
    double seconds{0};         ///< That they took.
    histogram latencies;       ///< In nanoseconds.
    std::optional<process_usage> router;
    process_usage client;
    memory_use memory; ///< Of the load idle only.
};

/// A number of messages, all of which count; or a time to warm up and a time that counts. Messages that are under way
/// when the time is over are waited for, but not counted.
class measurement {
public:
    explicit measurement(const options& what);

    /// Everything is set up: the first message is about to be sent.
    void begin(nanoseconds now);

    /// Whether one more message may be sent. It is counted as sent then.
    [[nodiscard]] bool take() noexcept;

    /// Tells the time, at least once in a turn.
    void advance(nanoseconds now);

    /// A message has arrived.
    void arrived() noexcept
    {
        if (now_ == phase::counting)
            ++outcome_.messages;
    }

    /// Something has ended that began at that time, and its duration is what is measured.
    void took(nanoseconds now, nanoseconds began) noexcept
    {
        if (now_ == phase::counting)
            outcome_.latencies.record(now - began);
    }

    /// All that was sent has arrived.
    void end(nanoseconds now);

    [[nodiscard]] const outcome& result() const noexcept { return outcome_; }

private:
    enum class phase : std::uint8_t { warming_up, counting, over };

    void start_counting(nanoseconds now);
    void stop_counting(nanoseconds now);

    std::optional<std::uint64_t> left_; ///< Messages that may still be sent.
    nanoseconds warmup_;
    nanoseconds duration_;
    std::optional<pid_t> pid_;
    phase now_{phase::warming_up};
    nanoseconds phase_began_{0};
    std::optional<process_usage> router_before_;
    process_usage client_before_;
    outcome outcome_;
};

} // namespace junctor::bench
