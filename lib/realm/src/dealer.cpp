// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/dealer.hpp>

#include <utility>

#include "dealer_rules.hpp"

namespace junctor {

dealer::dealer(const realm_options& options, random_numbers& random, std::uint64_t seed, const realm_clock& clock,
               broker& events, built_in_procedures& built_in)
    : options_{options},
      random_{random},
      clock_{clock},
      events_{events},
      built_in_{built_in},
      queue_rules_(seed),
      index_(seed),
      pending_(seed)
{
    for (const auto& rule : options.call_queues)
        queue_rules_.insert(rule.procedures.uri, rule.procedures.match, rule);
}

// Calling -------------------------------------------------------------------------------------------------------------

// What every call takes is one piece of code each way: calls would cost more than what they do.
[[gnu::flatten]] void dealer::on_call(realm_member& from, const call& m, time_point now)
{
    auto* target = find_exact(from, m.procedure);
    permission permitted;
    if (!admit(from, m, target, permitted))
        return;
    if (target == nullptr) {
        if (may_be_built_in(m.procedure) && built_in_.on_call(from, m))
            return;
        if (!is_reserved(m.procedure))
            target = index_.best_match(m.procedure);
        if (target == nullptr)
            return from.refuse(m, errc::no_such_procedure);
    }
    if (from.calls.size() >= from.joined.limits().pending_calls_max)
        return from.refuse(m, errc::too_many_requests, "too many calls of the session wait for an answer");
    route(from, m, *target, permitted, now);
}

/// What is registered under the very name `procedure`, or null.
registration* dealer::find_exact(realm_member& caller, std::string_view procedure) const
{
    auto*& last = caller.called_last;
    if (last != nullptr && caller.registrations_ended == registrations_ended_ && same_uri(last->procedure, procedure))
        return last;
    auto* const found = index_.find(procedure, match_policy::exact);
    if (found != nullptr) {
        last = found;
        caller.registrations_ended = registrations_ended_;
    }
    return found;
}

/// Whether a call may go on, and then what is `permitted`; if not, it was answered or the session closed. `exact` is
/// what is registered under the very name, if anything.
bool dealer::admit(realm_member& from, const call& m, registration* exact, permission& permitted)
{
    if (breaks_passthru_rule(from.joined, session_role::caller, m.options.forwarded))
        return false;
    if (pending_.find_call(from, m.request) != nullptr) {
        from.joined.abort(errc::protocol_violation, request_in_use);
        return false;
    }
    const auto refuse = [&](errc code, std::string_view text = {}) {
        from.refuse(m, code, text);
        return false;
    };
    if (m.options.progress && !begins_in_parts(from, m))
        return false;
    // What is registered under its own name has been checked already.
    if (exact == nullptr) {
        if (const auto flaw = check_uri(m.procedure, options_.uris); flaw != uri_flaw::none)
            return refuse(errc::invalid_uri, to_string(flaw));
    }
    permitted = exact != nullptr ? exact->callers.decide(*from.permissions, action::call, m.procedure)
                                 : from.permissions->decide(action::call, m.procedure);
    if (!permitted.allowed)
        return refuse(from.refusal());
    if (m.options.disclose_me && options_.disclosure == disclosure::forbidden)
        return refuse(errc::option_disallowed_disclose_me);
    return true;
}

/// Sends INVOCATION to the callee that the policy picks; one that is busy, or takes nothing any more, is passed over
/// for the next.
void dealer::route(realm_member& caller, const call& m, registration& to, permission permitted, time_point now)
{
    if (m.options.runmode() != run_mode::by_policy) [[unlikely]]
        return route_by_run_mode(caller, m, to, permitted, now);
    const auto first = first_choice(to);
    if (!offer(caller, m, to, first, permitted, now))
        offer_to_others(caller, m, to, first, permitted, now);
}

/// Offers a call to those who come after the `first` callee, which has refused it.
[[gnu::noinline]] void dealer::offer_to_others(realm_member& caller, const call& m, registration& to, std::size_t first,
                                               permission permitted, time_point now)
{
    const auto count = to.callees.size();
    for (std::size_t attempt = 1; attempt < count; ++attempt) {
        const auto step = to.invoke == invocation_policy::last ? count - attempt : attempt;
        if (offer(caller, m, to, (first + step) % count, permitted, now))
            return;
    }
    keep_waiting(caller, m, to, now);
}

/// Sends INVOCATION to the callee at `position`. Whether the call is dealt with: false if the callee is busy or takes
/// nothing any more.
bool dealer::offer(realm_member& caller, const call& m, registration& to, std::size_t position, permission permitted,
                   time_point now)
{
    const auto& target = to.callees[position];
    auto& receiver = target.member->joined;
    if (!takes_passthru(receiver, session_role::callee, m.options.forwarded)) {
        caller.refuse(m, errc::feature_not_supported, "the callee takes no payload passthru");
        return true;
    }
    const bool plain = target.plain && !permitted.disclose && is_plain(m.options);
    if (!plain && is_busy(target))
        return false;
    if (!plain && m.options.progress && !takes_arguments_in_parts(*target.member)) {
        caller.refuse(m, errc::feature_not_supported, "the callee takes no arguments in parts");
        return true;
    }
    if (!plain && m.options.progress && !fits(caller, m, kept_call::arguments::dropped)) {
        caller.refuse(m, errc::too_many_requests, kept_calls_too_large);
        return true;
    }
    const auto request = receiver.next_invocation();
    const auto outcome = receiver.send(plain ? plain_invocation(m, to, target)
                                             : invocation_for(caller, m, to, target, decision_on(caller, m)));
    if (outcome == delivery::refused)
        return false;
    if (outcome != delivery::queued) {
        caller.refuse(m, error_of(outcome));
        return true;
    }
    receiver.count_invocation();
    if (to.invoke == invocation_policy::roundrobin)
        to.next = position + 1 == to.callees.size() ? 0 : position + 1;
    auto& pending = pending_.add(caller, m.request, *target.member, request);
    pending.wants_progress = m.options.receive_progress;
    if (!plain)
        remember_extras(pending, m, to, target, now);
    return true;
}

std::size_t dealer::first_choice(const registration& from)
{
    if (from.callees.size() == 1)
        return 0;
    switch (from.invoke) {
    case invocation_policy::single:
    case invocation_policy::first: return 0;
    case invocation_policy::last: return from.callees.size() - 1;
    case invocation_policy::roundrobin: return from.next;
    case invocation_policy::random: return random_.below(from.callees.size());
    }
    return 0;
}

/// The INVOCATION that brings nothing but what every one brings.
invocation dealer::plain_invocation(const call& m, const registration& to, const callee& target) const
{
    invocation out(target.member->joined.next_invocation(), to.id, m.options.forwarded, m.body);
    out.details.receive_progress = m.options.receive_progress && takes_progress(*target.member, options_.progress);
    return out;
}

/// The INVOCATION with what callees are told only if somebody asks for it.
[[gnu::noinline]] invocation dealer::invocation_for(const realm_member& caller, const call& m, const registration& to,
                                                    const callee& target, const authorization_decision& decided) const
{
    auto out = plain_invocation(m, to, target);
    auto& told = out.details.rare.emplace();
    told.progress = m.options.progress;
    if (decided.trust_level >= 0)
        told.trustlevel = static_cast<std::uint64_t>(decided.trust_level);
    const bool discloses = m.options.disclose_me || decided.disclose || target.disclose_caller;
    if (discloses && options_.disclosure == disclosure::allowed) {
        const auto& who = caller.joined.who();
        told.caller = caller.joined.id();
        told.caller_authid = who.authid;
        told.caller_authrole = who.authrole;
    }
    if (to.match != match_policy::exact)
        told.procedure = m.procedure;
    if (keeps_time(target))
        told.timeout = m.options.timeout;
    return out;
}

/// Remembers of a call what most calls do not have.
[[gnu::noinline]] void dealer::remember_extras(pending_call& pending, const call& m, const registration& to,
                                               const callee& target, time_point now)
{
    pending_calls::take_slot(pending, target.slots);
    const bool may_decline = is_callee_with(*target.member, feature::call_reroute);
    if (m.options.progress || may_decline)
        keep(pending, m, to, target, decision_on(*pending.caller, m), now);
    if (m.options.timeout == 0 || keeps_time(target))
        return;
    pending.timeout = bounded_timeout(m.options.timeout, options_.call_timeout_unit);
    pending_.restart_timeout(pending, now);
}

void dealer::on_cancel(realm_member& from, const cancel& m)
{
    auto* const pending = pending_.find_call(from, m.request);
    if (pending == nullptr || pending->being_killed)
        return;
    if (options_.respected.autobahn_js_forgets_canceled_calls && m.options.mode != cancel_mode::kill &&
        looks_like_autobahn_js(from.joined))
        return forget(*pending, m.options.mode);
    if (m.options.mode == cancel_mode::kill && can_be_killed(*pending))
        return kill(*pending);
    abandon(*pending, errc::canceled, m.options.mode);
}

/// Interrupts whoever works on a call, all of whom take that, and goes on waiting for the answers.
void dealer::kill(pending_call& pending)
{
    pending.being_killed = true;
    if (pending.branches == nullptr)
        return interrupt_callee(pending, cancel_mode::kill, errc::canceled);
    for (const auto& branch : pending.branches->open)
        interrupt_callee(branch, cancel_mode::kill, errc::canceled);
}

/// Tells the callee, if the call has one yet, as far as `mode` and the callee allow it, that nobody waits for its
/// answer. It need not answer then, so its slot is free at once; one that is not told works on, and keeps it until it
/// has answered.
void dealer::let_go(pending_call& pending, cancel_mode mode, errc reason)
{
    if (pending.branches != nullptr)
        return let_go_of_branches(pending, mode, reason);
    if (pending.callee == nullptr)
        return;
    if (mode != cancel_mode::skip && takes_interrupt(*pending.callee))
        interrupt_callee(pending, cancel_mode::killnowait, reason);
    else
        pending_calls::leave_slot(pending);
}

/// Ends a call of which its caller wants to hear no more.
void dealer::forget(pending_call& pending, cancel_mode mode)
{
    let_go(pending, mode, errc::canceled);
    end(pending);
}

// Answering -----------------------------------------------------------------------------------------------------------

[[gnu::flatten]] void dealer::on_yield(realm_member& from, const yield& m, time_point now)
{
    if (breaks_passthru_rule(from.joined, session_role::callee, m.options.forwarded))
        return;
    if (auto* const pending = pending_.find_invocation(from, m.request))
        return pass_on_result(*pending, m, now);
    if (!from.joined.was_invoked(m.request))
        from.joined.abort(errc::protocol_violation, "YIELD: there was no such INVOCATION");
    else if (!m.options.progress)
        release_slot(from, m.request);
}

void dealer::pass_on_result(pending_call& to, const yield& m, time_point now)
{
    if (to.has_extras && to.branch_of != nullptr)
        return pass_on_branch_result(to, m, now);
    if (m.options.progress && !to.wants_progress)
        return; // the caller would not know what to do with it

    auto& caller = to.caller->joined;
    if (!takes_passthru(caller, session_role::caller, m.options.forwarded))
        return m.options.progress ? abandon(to, errc::feature_not_supported) : fail(to, errc::feature_not_supported);

    const result out{
        .request = to.call,
        .details = {.progress = m.options.progress, .forwarded = m.options.forwarded},
        .body = m.body,
    };
    const auto outcome = caller.send(out);
    if (m.options.progress) {
        if (to.kept != nullptr)
            to.kept->may_be_rerouted = false;
        // A row of results must not have a hole in it, so the call ends here.
        if (outcome == delivery::queued)
            pending_.restart_timeout(to, now);
        else
            abandon(to, error_of(outcome));
        return;
    }
    if (outcome == delivery::queued)
        end(to);
    else
        fail(to, error_of(outcome));
}

void dealer::on_error(realm_member& from, const error& m, time_point now)
{
    if (m.request_type != message_type::invocation)
        return from.joined.abort(errc::protocol_violation, "ERROR: a client may answer nothing but INVOCATION");
    if (breaks_passthru_rule(from.joined, session_role::callee, m.details.forwarded))
        return;
    if (!from.joined.was_invoked(m.request))
        return from.joined.abort(errc::protocol_violation, "ERROR: there was no such INVOCATION");
    auto* const pending = pending_.find_invocation(from, m.request);
    if (pending == nullptr)
        return release_slot(from, m.request);
    if (declines(*pending, m))
        return reroute(*pending, now);
    auto& caller = pending->caller->joined;
    if (!takes_passthru(caller, session_role::caller, m.details.forwarded))
        return fail(*pending, errc::feature_not_supported);

    error out = m;
    out.request_type = message_type::call;
    out.request = pending->call;
    // Callers in use drop their connection over an error URI that is none.
    if (check_uri(m.uri, uri_check::loose) != uri_flaw::none)
        out.uri = uri_of(errc::invalid_uri);
    if (const auto outcome = caller.send(out); outcome == delivery::queued)
        end(*pending);
    else
        fail(*pending, error_of(outcome));
}

/// Frees the slot that a callee still had for a call that had ended before it was `answered`.
[[gnu::noinline]] void dealer::release_slot(realm_member& of, request_id answered)
{
    const auto at = of.unanswered.find(answered);
    if (at == of.unanswered.end())
        return;
    const auto freed = std::move(at->second);
    of.unanswered.erase(at);
    --freed->taken;
    offer_waiting(freed);
}

/// Sends INTERRUPT to a callee who takes it.
void dealer::interrupt_callee(const pending_call& of, cancel_mode mode, errc reason)
{
    interrupt out;
    out.request = of.invocation;
    out.options.mode = mode;
    out.options.reason = uri_of(reason);
    of.callee->joined.send(out);
}

/// Ends a call with ERROR whose callee has answered, or has gone.
[[gnu::noinline]] void dealer::fail(pending_call& pending, errc code, std::string_view text)
{
    pending.caller->joined.send_error(message_type::call, pending.call, code, text);
    end(pending);
}

/// Ends a call with ERROR whose callee works on it; whatever the callee still sends is passed over.
[[gnu::noinline]] void dealer::abandon(pending_call& pending, errc code, cancel_mode mode)
{
    pending.caller->joined.send_error(message_type::call, pending.call, code);
    let_go(pending, mode, code);
    end(pending);
}

/// Takes out a call that has been answered, with all its branches, or the call that this is a branch of. If its callee
/// has time for another one, one that waits is offered.
void dealer::end(pending_call& pending)
{
    if (pending.has_extras)
        end_with_extras(pending);
    else
        pending_.remove(pending);
}

[[gnu::noinline]] void dealer::end_with_extras(pending_call& pending)
{
    const auto freed = pending.slots;
    auto* const whole = pending.branch_of;
    pending_.remove(pending);
    if (whole != nullptr) {
        // Who is being killed has been told, and will answer.
        let_go(*whole, whole->being_killed ? cancel_mode::skip : cancel_mode::killnowait, errc::canceled);
        pending_.remove(*whole);
    }
    offer_waiting(freed);
}

// Time and leaving ----------------------------------------------------------------------------------------------------

void dealer::expire(time_point now)
{
    for (auto* due = pending_.next_to_expire(); due != nullptr && due->deadline <= now; due = pending_.next_to_expire())
        abandon(*due, errc::timeout);
}

void dealer::leave(realm_member& gone)
{
    drop_waiting(gone);
    const auto registered = std::exchange(gone.registrations, {});
    for (const auto& [id, ended] : registered)
        remove_callee(*ended, gone);
    // Each ends itself, and with it at most branches of other callees; a call of its own that it answers itself has
    // ended with the invocations.
    for (auto* const pending : gone.invocations.all())
        fail(*pending, errc::canceled, "the callee has left");
    for (auto* const pending : gone.calls.all())
        abandon(*pending, errc::canceled);
}

} // namespace junctor
