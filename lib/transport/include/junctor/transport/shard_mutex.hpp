// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A mutex that costs nothing where there is one thread only.

#include <cstdint>
#include <mutex>

namespace junctor {

/// Whether objects of a router are used by one thread, or by several.
enum class sharing : std::uint8_t { one_thread, several_threads };

/// Locks if there are several threads. For `std::lock_guard` and its like.
class shard_mutex {
public:
    explicit shard_mutex(sharing mode) noexcept : mode_{mode} {}
    shard_mutex(const shard_mutex&) = delete;
    shard_mutex& operator=(const shard_mutex&) = delete;

    void lock()
    {
        if (mode_ == sharing::several_threads)
            mutex_.lock();
    }

    void unlock() noexcept
    {
        if (mode_ == sharing::several_threads)
            mutex_.unlock();
    }

private:
    std::mutex mutex_;
    sharing mode_;
};

} // namespace junctor
