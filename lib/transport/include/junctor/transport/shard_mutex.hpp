// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A mutex that costs nothing where there is one thread only.

#include <atomic>
#include <cstdint>

namespace junctor {

/// Whether objects of a router are used by one thread, or by several.
enum class sharing : std::uint8_t { one_thread, several_threads };

/// Locks if there are several threads. For `std::lock_guard` and its like. Every connection has one, and takes it for
/// every message: it is smaller than a `std::mutex`, and inline as long as nobody has to wait.
class shard_mutex {
public:
    explicit shard_mutex(sharing mode) noexcept : mode_{mode} {}
    shard_mutex(const shard_mutex&) = delete;
    shard_mutex& operator=(const shard_mutex&) = delete;

    void lock() noexcept
    {
        if (mode_ == sharing::one_thread)
            return;
        auto expected = free;
        if (!state_.compare_exchange_strong(expected, taken, std::memory_order_acquire, std::memory_order_relaxed))
            wait();
    }

    void unlock() noexcept
    {
        if (mode_ == sharing::several_threads && state_.exchange(free, std::memory_order_release) == awaited)
            state_.notify_one();
    }

private:
    void wait() noexcept;

    static constexpr int free = 0;
    static constexpr int taken = 1;
    static constexpr int awaited = 2; ///< Taken, and somebody may be waiting.

    std::atomic<int> state_{free};
    const sharing mode_;
};

} // namespace junctor
