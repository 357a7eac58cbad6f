// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/pending_calls.hpp>

#include <utility>

#include <junctor/base/limits.hpp>
#include <junctor/realm/call_queue.hpp>
#include <junctor/realm/realm_member.hpp>

namespace junctor {

pending_calls::pending_calls(std::uint64_t seed) : seed_{seed} {}

pending_calls::~pending_calls()
{
    by_deadline_.clear();
}

void pending_calls::add_entry()
{
    free_.push_back(&entries_.emplace_back());
}

pending_call& pending_calls::add_waiting(realm_member& caller, request_id call)
{
    if (free_.empty())
        add_entry();
    auto& pending = *free_.back();
    caller.calls.insert(call, pending, seed_);
    free_.pop_back();
    pending.caller = &caller;
    pending.call = call;
    pending.callee = nullptr;
    pending.has_extras = true;
    pending.wants_progress = false;
    pending.being_killed = false;
    return pending;
}

pending_call& pending_calls::add_branch(pending_call& whole, realm_member& callee, request_id invocation)
{
    if (whole.branches == nullptr)
        whole.branches = std::make_unique<call_branches>();
    if (free_.empty())
        add_entry();
    auto& branch = *free_.back();
    callee.invocations.insert(invocation, branch, seed_);
    free_.pop_back();
    branch.caller = whole.caller;
    branch.call = whole.call;
    branch.callee = &callee;
    branch.invocation = invocation;
    branch.has_extras = true;
    branch.wants_progress = true;
    branch.being_killed = false;
    branch.branch_of = &whole;
    whole.branches->open.push_back(branch);
    ++whole.caller->branches;
    ++branches_;
    return branch;
}

/// Takes a branch from its call.
void pending_calls::cut_off(pending_call& branch) noexcept
{
    auto& open = std::exchange(branch.branch_of, nullptr)->branches->open;
    open.erase(pending_call_list::s_iterator_to(branch));
    --branch.caller->branches;
    --branches_;
}

kept_call& pending_calls::keep(pending_call& pending, const call& m, kept_call::arguments which)
{
    pending.kept = std::make_unique<kept_call>(m, which);
    pending.has_extras = true;
    pending.caller->kept_bytes += pending.kept->size();
    return *pending.kept;
}

void pending_calls::drop_kept(pending_call& pending) noexcept
{
    if (pending.kept != nullptr)
        pending.caller->kept_bytes -= pending.kept->size();
    pending.kept = nullptr;
}

void pending_calls::take_slot(pending_call& pending, const std::shared_ptr<call_slots>& slots)
{
    if (slots == nullptr)
        return;
    pending.slots = slots;
    pending.has_extras = true;
    ++slots->taken;
}

void pending_calls::release_slot(pending_call& pending) noexcept
{
    if (const auto slots = std::exchange(pending.slots, nullptr))
        --slots->taken;
}

void pending_calls::leave_slot(pending_call& pending)
{
    auto& left = pending.callee->unanswered;
    // Whoever has given the registration up has no slots any more.
    if (pending.slots != nullptr && pending.slots->of != nullptr && left.size() < limits::unanswered_invocations_max)
        left.emplace(pending.invocation, std::exchange(pending.slots, nullptr));
}

void pending_calls::take_back(pending_call& pending) noexcept
{
    if (pending.callee != nullptr)
        pending.callee->invocations.erase(pending.invocation);
    pending.callee = nullptr;
    release_slot(pending);
    if (pending.by_deadline.is_linked())
        cancel_timeout(pending);
    pending.timeout = {};
}

void pending_calls::hand_over(pending_call& pending, realm_member& callee, request_id invocation)
{
    callee.invocations.insert(invocation, pending, seed_);
    take_back(pending);
    if (pending.queue != nullptr)
        pending.queue->remove(pending);
    pending.callee = &callee;
    pending.invocation = invocation;
}

void pending_calls::restart_timeout(pending_call& pending, time_point now)
{
    if (pending.timeout.count() == 0)
        return;
    if (pending.by_deadline.is_linked())
        cancel_timeout(pending);
    pending.has_extras = true;
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

void pending_calls::cancel_timeout(pending_call& pending) noexcept
{
    by_deadline_.erase(timetable::s_iterator_to(pending));
}

/// Apart, so that the calls without them do not share what this needs.
[[gnu::noinline]] void pending_calls::remove_with_extras(pending_call& pending) noexcept
{
    take_back(pending);
    if (pending.queue != nullptr)
        pending.queue->remove(pending);
    drop_kept(pending);
    pending.has_extras = false;
    pending.branches = nullptr;
    if (pending.branch_of != nullptr)
        cut_off(pending);
    else
        pending.caller->calls.erase(pending.call);
    free_.push_back(&pending);
}

} // namespace junctor
