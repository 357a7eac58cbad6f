// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Calls in the reference: finding them, ending them, and what becomes free by that.

#include <algorithm>

#include "reference_model.hpp"

namespace junctor::simulation {

/// The call that `caller` made by this request; zero if it waits for no answer.
std::uint64_t reference_model::find_call(session_number caller, const value& request) const
{
    for (const auto& [number, call] : calls_) {
        if (call.caller == caller && call.call[1] == request)
            return number;
    }
    return 0;
}

/// The call on which `callee` works by this invocation, or zero.
std::uint64_t reference_model::find_invocation(session_number callee, std::uint64_t invocation) const
{
    for (const auto& [number, call] : calls_) {
        const auto work = call.working.find(callee);
        if (work != call.working.end() && work->second == invocation)
            return number;
    }
    return 0;
}

/// The calls that wait for callees of the registration of that name, in the order in which they began to wait.
std::vector<std::uint64_t> reference_model::waiting_for(const std::string& registration) const
{
    std::vector<std::uint64_t> waiting;
    for (const auto& [number, call] : calls_) {
        if (call.queued != 0 && call.registration == registration)
            waiting.push_back(number);
    }
    std::sort(waiting.begin(), waiting.end(),
              [&](auto a, auto b) { return calls_.at(a).queued < calls_.at(b).queued; });
    return waiting;
}

/// Offers the calls that wait, as long as there is a callee that has time.
void reference_model::offer_waiting(const std::string& registration, milliseconds now)
{
    for (const auto number : waiting_for(registration)) {
        const auto& r = registrations_.at(calls_.at(number).to);
        if (std::all_of(r.callees.begin(), r.callees.end(), [&](const callee& each) { return is_busy(r, each); }))
            return;
        place(number, now);
    }
}

/// A callee is done with what it was invoked for.
void reference_model::free_slot(session_number callee, std::uint64_t invocation, milliseconds now)
{
    const auto slot = slots_.find({callee, invocation});
    if (slot == slots_.end())
        return;
    const auto registration = slot->second;
    slots_.erase(slot);
    offer_waiting(registration, now);
}

/// Tells a callee that nobody waits for its answer, if `mode` and the callee let that be; it is free then.
void reference_model::let_go(session_number callee, std::uint64_t invocation, const std::string& mode,
                             const std::string& reason)
{
    if (mode == "skip" || !sessions_.at(callee).takes_interrupt)
        return;
    send(callee, {69, invocation, dict{{"mode", mode}, {"reason", reason}}});
    slots_.erase({callee, invocation});
}

/// Ends a call of which its caller knows; whoever still works on it is let go.
void reference_model::end(std::uint64_t number, const std::string& mode, const std::string& reason, milliseconds now)
{
    const auto call = calls_.at(number);
    calls_.erase(number);
    const auto slots = slots_.size();
    for (const auto& [callee, invocation] : call.working)
        let_go(callee, invocation, mode, reason);
    if (slots_.size() != slots)
        offer_waiting(call.registration, now);
}

/// Ends a call because of what one of its callees, who is done with it, has said or done.
void reference_model::end_by(std::uint64_t number, session_number callee, milliseconds now)
{
    auto& call = calls_.at(number);
    const auto registration = call.registration;
    const bool freed = slots_.erase({callee, call.working.at(callee)}) != 0;
    call.working.erase(callee);
    end(number, call.killed ? "skip" : "killnowait", "wamp.error.canceled", now);
    if (freed)
        offer_waiting(registration, now);
}

/// Ends a call of which a result got lost that was not the last one of its callee.
void reference_model::break_off(std::uint64_t number, session_number callee, milliseconds now)
{
    auto& call = calls_.at(number);
    const auto registration = call.registration;
    const auto slots = slots_.size();
    let_go(callee, call.working.at(callee), "killnowait", "wamp.error.unavailable");
    const bool freed = slots_.size() != slots;
    call.working.erase(callee);
    end(number, call.killed ? "skip" : "killnowait", "wamp.error.canceled", now);
    if (freed)
        offer_waiting(registration, now);
}

/// Answers a call with ERROR and ends it.
void reference_model::give_up(std::uint64_t number, const std::string& uri, const std::string& mode, milliseconds now)
{
    error(calls_.at(number).caller, 48, calls_.at(number).call[1], uri);
    end(number, mode, uri, now);
}

/// Ends what somebody who leaves was invoked for, and what it has called.
void reference_model::end_calls_of(session_number gone, milliseconds now)
{
    std::map<std::uint64_t, std::uint64_t> invocations; // and their calls
    for (const auto& [number, call] : calls_) {
        if (call.working.contains(gone))
            invocations[call.working.at(gone)] = number;
    }
    for (const auto& [invocation, number] : invocations) {
        error(calls_.at(number).caller, 48, calls_.at(number).call[1], "wamp.error.canceled");
        end_by(number, gone, now);
    }
    std::vector<std::uint64_t> made;
    for (const auto& [number, call] : calls_) {
        if (call.caller == gone)
            made.push_back(number);
    }
    for (const auto number : made)
        give_up(number, "wamp.error.canceled", "killnowait", now);
}

} // namespace junctor::simulation
