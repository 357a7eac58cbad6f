// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "message_inbox.hpp"

namespace junctor {

awaitable<close_reason> message_inbox::refill()
{
    const auto read = co_await link_.read_batch();
    unread_ = read.messages();
    end_cause_ = read.error();
    co_return read.reason();
}

} // namespace junctor
