// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The dealer's calls that say themselves which callees of a registration they are for. Spec: "Sharded Registration".

#include <algorithm>
#include <utility>

#include <junctor/realm/rendezvous.hpp>

#include "dealer_rules.hpp"

namespace junctor {

[[gnu::noinline]] void dealer::route_by_run_mode(realm_member& caller, const call& m, registration& to,
                                                 permission permitted, time_point now)
{
    if (m.options.runmode() == run_mode::partition)
        route_to_partition(caller, m, to, permitted, now);
    else
        route_to_all(caller, m, to, now);
}

/// Sends INVOCATION to the callee to whom the resource key belongs. If that one is busy the call waits for it, where
/// calls do so: the others do not have what it is about.
void dealer::route_to_partition(realm_member& caller, const call& m, registration& to, permission permitted,
                                time_point now)
{
    const auto key = (*m.options.routing).rkey;
    if (key.empty())
        return caller.refuse(m, errc::invalid_argument, "the runmode \"partition\" needs the option rkey");
    if (key.size() > limits::shard_key_bytes_max)
        return caller.refuse(m, errc::invalid_argument, "the resource key is too long");
    auto& callees = to.callees;
    const auto chosen = rendezvous_choice(rendezvous_digest(key), callees.begin(), callees.end(), shard_digest);
    const auto position = static_cast<std::size_t>(chosen - callees.begin());
    if (offer(caller, m, to, position, permitted, now))
        return;
    if (is_busy(*chosen))
        keep_waiting(caller, m, to, now);
    else
        caller.refuse(m, errc::unavailable);
}

/// Sends INVOCATION to all callees, but for those who take nothing any more. The router keeps the time of the call.
void dealer::route_to_all(realm_member& caller, const call& m, registration& to, time_point now)
{
    if (!may_invoke_all(caller, m, to))
        return;
    auto& whole = pending_.add_waiting(caller, m.request);
    whole.wants_progress = true;
    for (const auto& target : to.callees) {
        const auto outcome = branch_out(whole, m, to, target);
        if (outcome != delivery::queued && outcome != delivery::refused)
            return abandon(whole, error_of(outcome));
    }
    if (whole.branches == nullptr)
        return fail(whole, errc::unavailable);
    whole.timeout = bounded_timeout(m.options.timeout, options_.call_timeout_unit);
    pending_.restart_timeout(whole, now);
}

/// Whether a call to all callees may go to each of them; if not, it was answered.
bool dealer::may_invoke_all(realm_member& caller, const call& m, const registration& to)
{
    const auto refuse = [&](errc code, std::string_view text = {}) {
        caller.refuse(m, code, text);
        return false;
    };
    // All results but the last are progressive ones, which nobody gets unasked.
    if (!m.options.receive_progress)
        return refuse(errc::invalid_argument, "the runmode \"all\" needs the option receive_progress");
    if (m.options.progress)
        return refuse(errc::feature_not_supported, "arguments in parts go to one callee");
    const auto takes_it = [&](const callee& each) {
        return takes_passthru(each.member->joined, session_role::callee, m.options.forwarded);
    };
    if (!std::all_of(to.callees.begin(), to.callees.end(), takes_it))
        return refuse(errc::feature_not_supported, "a callee takes no payload passthru");
    if (any_busy(to))
        return refuse(errc::max_concurrency_reached, "a callee has as many calls as it takes at a time");
    if (caller.calls.size() + caller.branches + to.callees.size() > caller.joined.limits().pending_calls_max)
        return refuse(errc::too_many_requests, "too many callees would work on calls of the session");
    return true;
}

/// Sends INVOCATION to one of the callees of a call to all of them.
delivery dealer::branch_out(pending_call& whole, const call& m, const registration& to, const callee& target)
{
    auto& receiver = target.member->joined;
    const auto out = invocation_for(*whole.caller, m, to, target, decision_on(*whole.caller, m));
    const auto outcome = receiver.send(out);
    if (outcome != delivery::queued)
        return outcome;
    receiver.count_invocation();
    auto& branch = pending_.add_branch(whole, *target.member, out.request);
    pending_calls::take_slot(branch, target.slots);
    return outcome;
}

/// Passes on what one of the callees of a call to all of them has sent. Only the last result of the last callee is the
/// final one.
void dealer::pass_on_branch_result(pending_call& from, const yield& m, time_point now)
{
    auto& whole = *from.branch_of;
    auto& caller = from.caller->joined;
    const auto give_up = [&](errc code) { m.options.progress ? abandon(from, code) : fail(from, code); };
    if (!takes_passthru(caller, session_role::caller, m.options.forwarded))
        return give_up(errc::feature_not_supported);

    const bool is_final = !m.options.progress && whole.branches->open.size() == 1;
    const result out{
        .request = from.call,
        .details = {.progress = !is_final, .forwarded = m.options.forwarded},
        .body = m.body,
    };
    if (const auto outcome = caller.send(out); outcome != delivery::queued)
        return give_up(error_of(outcome));
    if (is_final)
        return end(from);
    pending_.restart_timeout(whole, now);
    if (m.options.progress)
        return;
    const auto freed = from.slots;
    pending_.remove(from);
    offer_waiting(freed);
}

/// Lets go of whoever still works on a call to all callees, and forgets its branches.
void dealer::let_go_of_branches(pending_call& whole, cancel_mode mode, errc reason)
{
    std::shared_ptr<call_slots> freed;
    for (auto& open = whole.branches->open; !open.empty();) {
        auto& branch = open.front();
        let_go(branch, mode, reason);
        if (branch.slots != nullptr && branch.slots->of != nullptr)
            freed = branch.slots;
        pending_.remove(branch);
    }
    offer_waiting(freed);
}

} // namespace junctor
