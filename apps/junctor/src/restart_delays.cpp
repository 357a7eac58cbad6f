// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "restart_delays.hpp"

#include <algorithm>
#include <utility>

namespace junctor {

restart_delays::duration restart_delays::after(std::chrono::steady_clock::duration lived)
{
    if (lived >= longest_)
        next_ = first_;
    return std::exchange(next_, std::min(next_ * 2, longest_));
}

} // namespace junctor
