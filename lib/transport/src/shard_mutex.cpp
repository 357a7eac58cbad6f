// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/shard_mutex.hpp>

namespace junctor {

/// Takes the mutex once it is free. It stays marked as awaited, for there may be others that wait.
void shard_mutex::wait() noexcept
{
    while (state_.exchange(awaited, std::memory_order_acquire) != free)
        state_.wait(awaited, std::memory_order_relaxed);
}

} // namespace junctor
