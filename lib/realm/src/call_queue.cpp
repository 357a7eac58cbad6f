// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/call_queue.hpp>

namespace junctor {

void call_queue::append(pending_call& last) noexcept
{
    waiting_.push_back(last);
    last.queue = this;
    last.has_extras = true;
    bytes_ += last.kept->size();
}

void call_queue::remove(pending_call& taken) noexcept
{
    waiting_.erase(calls::s_iterator_to(taken));
    taken.queue = nullptr;
    bytes_ -= taken.kept->size();
}

} // namespace junctor
