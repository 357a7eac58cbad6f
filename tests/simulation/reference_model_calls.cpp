// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Calls in the reference: from the CALL to the final answer.

#include <algorithm>

#include "elements.hpp"
#include "reference_model.hpp"
#include "uris.hpp"

namespace junctor::simulation {

namespace {

milliseconds timeout_of(const list& call)
{
    return milliseconds(number(call, 2, "timeout", 0));
}

} // namespace

void reference_model::on_call(session_number from, const list& m, milliseconds now)
{
    auto& caller = sessions_.at(from);
    const auto refuse = [&](const char* why) { error(from, 48, m[1], why); };
    if (caller.unfinished.contains(number(m[1])))
        return on_further_part(from, m, now);
    if (find_call(from, m[1]) != 0)
        return abort(from);
    if (flag(m, 2, "progress")) {
        if (options_.strict_requests && !caller.sends_parts)
            return abort(from);
        caller.unfinished.insert(number(m[1]));
    }
    const auto uri = text(m[3]);
    if (!valid(uri, "exact"))
        return refuse("wamp.error.invalid_uri");
    if (!permitted(from, uri))
        return refuse("wamp.error.not_authorized");
    if (flag(m, 2, "disclose_me") && !options_.disclosure_allowed)
        return refuse("wamp.error.option_disallowed.disclose_me");
    if (on_meta_call(from, m))
        return;
    const auto* const p = find_procedure(uri);
    if (p == nullptr)
        return refuse("wamp.error.no_such_procedure");
    const auto is_mine = [&](const auto& call) { return call.second.caller == from; };
    if (static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), is_mine)) >= options_.pending_calls_max)
        return refuse("wamp.error.too_many_requests");

    const auto mode = text(m, 2, "runmode", "");
    if (mode == "all")
        return call_all(from, m, *p, now);
    if (mode == "partition" && text(m, 2, "rkey", "").empty())
        return refuse("wamp.error.invalid_argument");
    const auto call = ++calls_made_;
    calls_[call] = pending{.caller = from, .call = m, .to = *p, .registration = registrations_.at(*p).name};
    calls_[call].first_offered = now;
    place(call, now);
}

/// Offers a call that nobody works on to the callees, one after the other. If they are busy it waits, where calls do.
void reference_model::place(std::uint64_t number, milliseconds now)
{
    auto& call = calls_.at(number);
    const bool is_new = call.declined.empty() && call.queued == 0;
    const auto timeout = timeout_of(call.call);
    if (timeout.count() != 0 && call.first_offered + timeout <= now)
        return give_up(number, "wamp.error.timeout", "skip", now);
    const auto at = registrations_.find(call.to);
    if (at == registrations_.end() || at->second.name != call.registration)
        return give_up(number, "wamp.error.no_available_callee", "skip", now);
    auto& r = at->second;
    const auto row = order(r, call, now);
    for (const auto choice : row) {
        if (invoke(number, r, choice, now))
            return;
    }
    if (std::none_of(row.begin(), row.end(), [&](auto each) { return is_busy(r, r.callees[each]); }))
        return give_up(number, is_new ? "wamp.error.unavailable" : "wamp.error.no_available_callee", "skip", now);
    if (call.queued != 0)
        return;
    if (flag(call.call, 2, "progress") || waiting_for(r.name).size() >= queue_length(call.to.second))
        return give_up(number, "crossbar.error.max_concurrency_reached", "skip", now);
    call.queued = ++queued_;
    set_timeout(call, timeout, call.first_offered);
}

/// How many calls may wait for the callees of a registration, by its URI.
std::size_t reference_model::queue_length(const std::string& uri) const
{
    const queued_procedure* best = nullptr;
    for (const auto& rule : options_.queues) {
        if (matches(rule.match, rule.uri, uri) && (best == nullptr || rule.match == "exact"))
            best = &rule;
    }
    return best != nullptr ? best->calls_max : 0;
}

/// In which order the callees get a call offered, but for those who have declined it.
std::vector<std::size_t> reference_model::order(const procedure& r, const pending& call, milliseconds now) const
{
    std::vector<std::size_t> row;
    for (std::size_t i = 0; i < r.callees.size(); ++i) {
        if (!call.declined.contains(r.callees[i].id))
            row.push_back(i);
    }
    if (text(call.call, 2, "runmode", "") == "partition" && !row.empty()) {
        std::set<session_number> ids;
        for (const auto i : row)
            ids.insert(r.callees[i].id);
        const auto owner = options_.choose_callee(text(call.call, 2, "rkey", ""), ids);
        std::erase_if(row, [&](std::size_t i) { return r.callees[i].id != owner; });
        return row;
    }
    if (r.policy == "last")
        std::reverse(row.begin(), row.end());
    if (r.policy != "roundrobin" && r.policy != "random")
        return row;
    // If nobody was invoked at random, it was a callee that does not take the call at all, if one has time for it.
    const auto was_invoked = [&](std::size_t i) {
        const auto& callee = r.callees[i];
        return options_.was_sent(callee.id, with_part(invocation_for(call, r, callee, now), call.call));
    };
    const auto starts = [&](std::size_t i) { return r.policy == "roundrobin" ? i >= r.turn : was_invoked(i); };
    auto first = std::find_if(row.begin(), row.end(), starts);
    if (first == row.end() && r.policy == "random")
        first = std::find_if(row.begin(), row.end(), [&](std::size_t i) {
            return !is_busy(r, r.callees[i]) && !takes_call(r.callees[i], call.call);
        });
    if (first == row.end())
        first = row.begin();
    std::rotate(row.begin(), first, row.end());
    return row;
}

/// Whether what the CALL `m` needs is supported by a callee.
bool reference_model::takes_call(const callee& who, const list& m) const
{
    const auto& s = sessions_.at(who.id);
    return !flag(m, 2, "progress") || (s.takes_parts && s.takes_interrupt);
}

bool reference_model::is_busy(const procedure& r, const callee& who) const
{
    const auto taken = std::count_if(slots_.begin(), slots_.end(), [&](const auto& slot) {
        return slot.first.first == who.id && slot.second == r.name;
    });
    return who.concurrency != 0 && static_cast<std::size_t>(taken) >= who.concurrency;
}

bool reference_model::keeps_time(const callee& who) const
{
    return who.wants_timeout && sessions_.at(who.id).keeps_time;
}

/// The INVOCATION that a callee gets for a call, without payload.
list reference_model::invocation_for(const pending& call, const procedure& r, const callee& target,
                                     milliseconds now) const
{
    const auto& m = call.call;
    const auto& callee = sessions_.at(target.id);
    auto details = custom(m[2]);
    if (options_.disclosure_allowed && (flag(m, 2, "disclose_me") || target.wants_caller)) {
        details.set("caller", call.caller);
        details.set("caller_authid", sessions_.at(call.caller).authid);
        details.set("caller_authrole", sessions_.at(call.caller).authrole);
    }
    if (call.to.first != "exact")
        details.set("procedure", m[3]);
    const bool told = callee.takes_progress && (callee.takes_interrupt || !options_.strict_progress);
    if (flag(m, 2, "receive_progress") && told)
        details.set("receive_progress", true);
    if (const auto timeout = timeout_of(m); timeout.count() != 0 && keeps_time(target))
        details.set("timeout", (timeout - (now - call.first_offered)).count());
    return {68, callee.invocations + 1, r.name, details};
}

/// The INVOCATION `frozen` with what the CALL `m` says about progress, and its payload.
list reference_model::with_part(list frozen, const list& m)
{
    if (flag(m, 2, "progress"))
        frozen[3].get_if<dict>()->set("progress", true);
    append_from(frozen, m, 4);
    return frozen;
}

/// Sends INVOCATION to one callee. Whether the call is dealt with: if not, the callee is busy or its queue is full.
bool reference_model::invoke(std::uint64_t number, procedure& r, std::size_t choice, milliseconds now)
{
    auto& call = calls_.at(number);
    const auto& target = r.callees[choice];
    if (is_busy(r, target))
        return false;
    if (!takes_call(target, call.call)) {
        give_up(number, "wamp.error.feature_not_supported", "skip", now);
        return true;
    }
    const auto frozen = invocation_for(call, r, target, now);
    if (!send(target.id, with_part(frozen, call.call)))
        return false;
    r.turn = (choice + 1) % r.callees.size();
    call.frozen = frozen;
    call.queued = 0;
    start_work(call, r, target);
    set_timeout(call, keeps_time(target) ? milliseconds(0) : timeout_of(call.call), call.first_offered);
    return true;
}

/// Notes that a callee has been sent the next INVOCATION for a call.
void reference_model::start_work(pending& call, const procedure& r, const callee& target)
{
    const auto invocation = ++sessions_.at(target.id).invocations;
    call.working[target.id] = invocation;
    if (target.concurrency != 0)
        slots_[{target.id, invocation}] = r.name;
}

void reference_model::call_all(session_number from, const list& m, const pattern& p, milliseconds now)
{
    auto& r = registrations_.at(p);
    std::size_t working = 0;
    for (const auto& [number, call] : calls_)
        working += call.caller == from ? 1 + (call.to_all ? call.working.size() : 0) : 0;
    const auto busy = [&](const callee& each) { return is_busy(r, each); };
    if (!flag(m, 2, "receive_progress"))
        return error(from, 48, m[1], "wamp.error.invalid_argument");
    if (flag(m, 2, "progress"))
        return error(from, 48, m[1], "wamp.error.feature_not_supported");
    if (std::any_of(r.callees.begin(), r.callees.end(), busy))
        return error(from, 48, m[1], "crossbar.error.max_concurrency_reached");
    if (working + r.callees.size() > options_.pending_calls_max)
        return error(from, 48, m[1], "wamp.error.too_many_requests");
    pending call{.caller = from, .call = m, .to = p, .registration = r.name, .to_all = true, .first_offered = now};
    for (const auto& target : r.callees) {
        if (send(target.id, with_part(invocation_for(call, r, target, now), m)))
            start_work(call, r, target);
    }
    if (call.working.empty())
        return error(from, 48, m[1], "wamp.error.unavailable");
    set_timeout(call, timeout_of(m), now);
    calls_[++calls_made_] = call;
}

void reference_model::set_timeout(pending& call, milliseconds timeout, milliseconds from)
{
    call.timeout = timeout;
    call.deadline = from + timeout;
    call.timeout_set = ++timeouts_set_;
}

void reference_model::on_further_part(session_number from, const list& m, milliseconds now)
{
    if (!flag(m, 2, "progress"))
        sessions_.at(from).unfinished.erase(number(m[1]));
    const auto found = find_call(from, m[1]);
    if (found == 0 || calls_.at(found).killed)
        return;
    auto& call = calls_.at(found);
    if (call.call[3] != m[3])
        return abort(from);
    call.may_be_rerouted = false;
    if (!send(call.working.begin()->first, with_part(call.frozen, m)))
        give_up(found, "wamp.error.unavailable", "killnowait", now);
}

void reference_model::on_cancel(session_number from, const list& m, milliseconds now)
{
    const auto found = find_call(from, m[1]);
    if (found == 0 || calls_.at(found).killed)
        return;
    auto& call = calls_.at(found);
    const auto understands = [&](const auto& work) { return sessions_.at(work.first).takes_interrupt; };
    const auto mode = text(m, 2, "mode", "killnowait");
    const bool is_answered =
        !call.working.empty() && std::all_of(call.working.begin(), call.working.end(), understands);
    if (mode != "kill" || !is_answered)
        return give_up(found, "wamp.error.canceled", mode == "skip" ? "skip" : "killnowait", now);
    call.killed = true;
    for (const auto& [callee, invocation] : call.working)
        send(callee, {69, invocation, dict{{"mode", "kill"}, {"reason", "wamp.error.canceled"}}});
}

void reference_model::on_yield(session_number from, const list& m, milliseconds now)
{
    if (number(m[1]) > sessions_.at(from).invocations)
        return abort(from);
    const bool progress = flag(m, 2, "progress");
    const auto found = find_invocation(from, number(m[1]));
    if (found == 0)
        return progress ? void() : free_slot(from, number(m[1]), now);
    auto& call = calls_.at(found);
    if (progress && !flag(call.call, 2, "receive_progress"))
        return;
    const bool is_final = !progress && call.working.size() == 1;
    auto details = custom(m[2]);
    if (!is_final)
        details.set("progress", true);
    list result{50, call.call[1], details};
    append_from(result, m, 3);
    const bool sent = send(call.caller, result);
    if (sent && !is_final)
        set_timeout(call, call.timeout, now);
    if (progress && sent) {
        call.may_be_rerouted = false;
        return;
    }
    if (is_final)
        return end_by(found, from, now);
    if (!sent && progress)
        return break_off(found, from, now);
    if (!sent)
        return end_by(found, from, now);
    call.working.erase(from);
    free_slot(from, number(m[1]), now);
}

void reference_model::on_error(session_number from, const list& m, milliseconds now)
{
    if (m[1] != value(68))
        return abort(from);
    if (number(m[2]) > sessions_.at(from).invocations)
        return abort(from);
    const auto found = find_invocation(from, number(m[2]));
    if (found == 0)
        return free_slot(from, number(m[2]), now);
    auto& call = calls_.at(found);
    const bool may_decline = sessions_.at(from).may_decline && !call.killed && call.may_be_rerouted && !call.to_all;
    if (m[4] == value("wamp.error.unavailable") && may_decline)
        return reroute(found, from, now);
    list out{8, 48, call.call[1], custom(m[3]), m[4]};
    append_from(out, m, 5);
    send(call.caller, out);
    end_by(found, from, now);
}

void reference_model::reroute(std::uint64_t number, session_number declining, milliseconds now)
{
    auto& call = calls_.at(number);
    const auto registration = call.registration;
    call.declined.insert(declining);
    const bool freed = slots_.erase({declining, call.working.at(declining)}) != 0;
    call.working.clear();
    call.timeout = {};
    place(number, now);
    if (freed)
        offer_waiting(registration, now);
}

} // namespace junctor::simulation
