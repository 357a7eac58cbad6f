// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/pending_calls.hpp>

#include <junctor/realm/realm_member.hpp>

namespace junctor {

pending_calls::pending_calls(std::uint64_t seed) : seed_{seed} {}

pending_calls::~pending_calls()
{
    by_deadline_.clear();
}

pending_call& pending_calls::add(realm_member& caller, request_id call, realm_member& callee, request_id invocation)
{
    if (free_.empty())
        free_.push_back(&entries_.emplace_back());
    auto& pending = *free_.back();
    caller.call_requests.insert(call, pending, seed_);
    try {
        callee.invocation_requests.insert(invocation, pending, seed_);
    } catch (...) {
        caller.call_requests.erase(call);
        throw;
    }
    free_.pop_back();

    pending.caller = &caller;
    pending.call = call;
    pending.callee = &callee;
    pending.invocation = invocation;
    pending.wants_progress = false;
    pending.being_killed = false;
    pending.timeout = {};
    caller.calls.push_back(pending);
    callee.invocations.push_back(pending);
    return pending;
}

pending_call* pending_calls::find_call(const realm_member& caller, request_id call) noexcept
{
    return caller.call_requests.find(call);
}

pending_call* pending_calls::find_invocation(const realm_member& callee, request_id invocation) noexcept
{
    return callee.invocation_requests.find(invocation);
}

void pending_calls::restart_timeout(pending_call& pending, time_point now)
{
    if (pending.timeout.count() == 0)
        return;
    cancel_timeout(pending);
    pending.deadline = now + pending.timeout;
    by_deadline_.insert(pending);
}

pending_call* pending_calls::next_to_expire() noexcept
{
    return by_deadline_.empty() ? nullptr : &*by_deadline_.begin();
}

std::optional<pending_calls::time_point> pending_calls::next_deadline() const noexcept
{
    return by_deadline_.empty() ? std::nullopt : std::optional(by_deadline_.begin()->deadline);
}

void pending_calls::remove(pending_call& pending)
{
    cancel_timeout(pending);
    pending.caller->call_requests.erase(pending.call);
    pending.callee->invocation_requests.erase(pending.invocation);
    pending.caller->calls.erase(calls_of_caller::s_iterator_to(pending));
    pending.callee->invocations.erase(calls_of_callee::s_iterator_to(pending));
    free_.push_back(&pending);
}

void pending_calls::cancel_timeout(pending_call& pending) noexcept
{
    if (pending.by_deadline.is_linked())
        by_deadline_.erase(timetable::s_iterator_to(pending));
}

} // namespace junctor
