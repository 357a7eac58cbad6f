// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/dealer.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <junctor/base/limits.hpp>
#include <junctor/realm/meta_api.hpp>
#include <junctor/realm/realm.hpp>

namespace junctor {

namespace {

/// A longer timeout than a year is taken for a year: the clock must not overflow, and nobody will see the difference.
constexpr std::chrono::milliseconds call_timeout_max = std::chrono::hours(24 * 365);

std::chrono::milliseconds bounded_timeout(std::uint64_t count, std::chrono::milliseconds unit)
{
    const auto most = static_cast<std::uint64_t>(call_timeout_max / unit);
    return static_cast<std::int64_t>(std::min(count, most)) * unit;
}

constexpr std::string_view request_in_use = "CALL: the request is in use for a call that waits for its answer";

bool is_callee_with(const realm_member& member, feature f)
{
    return member.joined.features().has(session_role::callee, f);
}

/// Callees in use drop their connection over an INTERRUPT that they do not know.
bool takes_interrupt(const realm_member& member)
{
    return is_callee_with(member, feature::call_canceling);
}

bool takes_progress(const realm_member& member, progress_gate gate)
{
    return is_callee_with(member, feature::progressive_call_results) &&
           (gate == progress_gate::results_announced || takes_interrupt(member));
}

/// Without call canceling a callee does not support calls whose arguments come in parts.
bool takes_arguments_in_parts(const realm_member& member)
{
    return is_callee_with(member, feature::progressive_call_invocations) && takes_interrupt(member);
}

/// Whether the callee ends a call that takes too long itself.
bool keeps_time(const callee& target)
{
    return target.forward_timeout && is_callee_with(*target.member, feature::call_timeout);
}

/// Whether the caller asks for nothing of which more than the payload must be told or remembered.
bool is_plain(const call_options& options)
{
    return options.timeout == 0 && !options.progress && !options.disclose_me;
}

/// What was decided in full about `m`, which `caller` is permitted to call.
authorization_decision decision_on(const realm_member& caller, const call& m)
{
    return caller.authorized != nullptr ? caller.authorized->decided()
                                        : caller.permissions->decide_in_full(action::call, m.procedure);
}

/// Whether a session announces what Autobahn for JavaScript does, and nothing else, as caller and as callee.
bool looks_like_autobahn_js(const session& s)
{
    constexpr auto of_caller =
        std::to_array({feature::caller_identification, feature::call_canceling, feature::progressive_call_results});
    constexpr auto of_callee = std::to_array({feature::caller_identification, feature::pattern_based_registration,
                                              feature::shared_registration, feature::progressive_call_results,
                                              feature::registration_revocation});
    return s.features().has_exactly(session_role::caller, of_caller) &&
           s.features().has_exactly(session_role::callee, of_callee);
}

/// Whether there is room to keep `m` until it is answered.
bool fits(const realm_member& caller, const call& m, kept_call::arguments which)
{
    return caller.kept_bytes + kept_call::size_of(m, which) <= limits::kept_call_bytes_max;
}

/// The error that tells a caller why a message did not reach its receiver.
errc error_of(delivery outcome)
{
    switch (outcome) {
    case delivery::too_large: return errc::payload_size_exceeded;
    case delivery::not_expressible: return errc::not_expressible;
    case delivery::refused: return errc::unavailable;
    case delivery::queued: break;
    }
    return errc{};
}

} // namespace

dealer::dealer(const realm_options& options, random_numbers& random, std::uint64_t seed, const realm_clock& clock,
               broker& events, built_in_procedures& built_in)
    : options_{options},
      random_{random},
      clock_{clock},
      events_{events},
      built_in_{built_in},
      index_(seed),
      pending_(seed)
{
}

// Registering ---------------------------------------------------------------------------------------------------------

void dealer::on_register(realm_member& from, const register_& m)
{
    const auto match = m.options.match;
    if (const auto flaw = check_uri(m.procedure, options_.uris, match); flaw != uri_flaw::none)
        return from.refuse(m, errc::invalid_uri, to_string(flaw));
    if (is_reserved(m.procedure))
        return from.refuse(m, errc::invalid_uri, "procedures under \"wamp.\" belong to the router");
    // Before anything is looked up: who may not register must not learn what is registered.
    if (!from.permissions->decide(action::register_, m.procedure, match).allowed)
        return from.refuse(m, from.refusal());
    if (built_in_.has(m.procedure))
        return from.refuse(m, errc::procedure_already_exists, "the router answers this procedure itself");

    auto* known = index_.find(m.procedure, match);
    if (known != nullptr && !m.options.force_reregister) {
        // A session may not have one registration twice: clients in use take the second REGISTERED for a breach.
        if (known->invoke == invocation_policy::single || from.registrations.contains(known->id))
            return from.refuse(m, errc::procedure_already_exists);
        if (known->invoke != m.options.invoke)
            return from.refuse(m, errc::procedure_exists_with_different_invocation_policy);
    }
    if (from.registrations.size() >= from.joined.limits().registrations_max)
        return from.refuse(m, errc::too_many_requests, "the session has too many registrations");
    if (known != nullptr && m.options.force_reregister)
        revoke_from_all(*std::exchange(known, nullptr));
    if (known != nullptr)
        return add_callee(*known, from, m);

    auto made = std::make_unique<registration>();
    made->id = registration_id(++last_registration_);
    made->procedure = m.procedure;
    made->match = match;
    made->invoke = m.options.invoke;
    made->created = clock_.now();
    index_.insert(made->procedure, match, *made);
    add_callee(*registrations_.emplace(made->id, std::move(made)).first->second, from, m);
}

void dealer::on_unregister(realm_member& from, const unregister& m)
{
    const auto at = from.registrations.find(m.registration);
    if (at == from.registrations.end())
        return from.refuse(m, errc::no_such_registration);
    auto& ended = *at->second;
    from.registrations.erase(at);
    from.joined.send(unregistered{m.request, {}});
    remove_callee(ended, from);
}

bool dealer::revoke(registration_id which, realm_member& from, std::string_view reason)
{
    const auto at = from.registrations.find(which);
    if (at == from.registrations.end())
        return false;
    auto& ended = *at->second;
    from.registrations.erase(at);
    remove_callee(ended, from);
    // Callees in use drop their connection over an UNREGISTERED that they did not ask for.
    if (is_callee_with(from, feature::registration_revocation))
        from.joined.send(unregistered{{}, {which, reason}});
    return true;
}

/// Revokes a registration from all that hold it, so that it ends.
void dealer::revoke_from_all(registration& ended)
{
    const auto which = ended.id;
    const auto holders = ended.callees; // a copy, as each of them is taken out
    for (const auto& each : holders)
        revoke(which, *each.member, "another callee has taken the procedure");
}

void dealer::add_callee(registration& to, realm_member& from, const register_& m)
{
    const bool plain =
        !m.options.disclose_caller && to.match == match_policy::exact && !is_callee_with(from, feature::call_reroute);
    to.callees.push_back({&from, plain, m.options.disclose_caller, m.options.forward_timeout});
    from.registrations.emplace(to.id, &to);
    from.joined.send(registered{m.request, to.id});
    if (events_.hears_router())
        tell_of_callee(from, to);
}

/// Tells those who want to know of a registration's new callee.
[[gnu::noinline]] void dealer::tell_of_callee(const realm_member& added, const registration& to)
{
    const auto who = added.joined.id().number();
    if (to.callees.size() == 1)
        events_.publish_own("wamp.registration.on_create", {who, details_of(to, clock_)});
    events_.publish_own("wamp.registration.on_register", {who, to.id.number()});
}

/// Removes a callee, and with the last one the registration. Those who want to know are told.
void dealer::remove_callee(registration& from, const realm_member& gone)
{
    const auto id = from.id.number();
    const bool ends = from.callees.size() == 1;
    remove_from_list(from, gone);
    if (!events_.hears_router())
        return;
    const auto who = gone.joined.id().number();
    events_.publish_own("wamp.registration.on_unregister", {who, id});
    if (ends)
        events_.publish_own("wamp.registration.on_delete", {who, id});
}

void dealer::remove_from_list(registration& from, const realm_member& gone)
{
    const auto at =
        std::find_if(from.callees.begin(), from.callees.end(), [&](const callee& c) { return c.member == &gone; });
    const auto position = static_cast<std::size_t>(at - from.callees.begin());
    from.callees.erase(at);
    if (from.callees.empty()) {
        index_.erase(from.procedure, from.match);
        registrations_.erase(from.id);
        ++registrations_ended_;
        return;
    }
    if (position < from.next)
        --from.next;
    from.next %= from.callees.size();
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

/// Sends INVOCATION to the callee that the policy picks; one that takes nothing any more is passed over for the next.
void dealer::route(realm_member& caller, const call& m, registration& to, permission permitted, time_point now)
{
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
    caller.refuse(m, errc::unavailable);
}

/// Sends INVOCATION to the callee at `position`. Whether the call is dealt with: false if the callee takes nothing any
/// more.
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
    if (!plain && m.options.progress && !takes_arguments_in_parts(*target.member)) {
        caller.refuse(m, errc::feature_not_supported, "the callee takes no arguments in parts");
        return true;
    }
    if (!plain && m.options.progress && !fits(caller, m, kept_call::arguments::dropped)) {
        caller.refuse(m, errc::too_many_requests, "the calls of the session that wait for an answer are too large");
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
    const bool may_decline = is_callee_with(*target.member, feature::call_reroute);
    if (m.options.progress || may_decline)
        keep(pending, m, to, target, decision_on(*pending.caller, m), now);
    if (m.options.timeout == 0 || keeps_time(target))
        return;
    pending.timeout = bounded_timeout(m.options.timeout, options_.call_timeout_unit);
    pending_.restart_timeout(pending, now);
}

/// Keeps the CALL of `pending` as far as it will be needed.
void dealer::keep(pending_call& pending, const call& m, const registration& to, const callee& target,
                  const authorization_decision& decided, time_point now)
{
    auto& caller = *pending.caller;
    // Where there is nobody else, there is nobody who would be sent the arguments again.
    const auto which =
        to.invoke == invocation_policy::single ? kept_call::arguments::dropped : kept_call::arguments::kept;
    const bool has_room = fits(caller, m, which);
    if (!has_room && !m.options.progress)
        return;
    auto& kept = pending_calls::keep(pending, m, has_room ? which : kept_call::arguments::dropped);
    kept.may_be_rerouted = has_room && is_callee_with(*target.member, feature::call_reroute);
    kept.decided = decided;
    kept.first_offered = now;
    kept.invocation = invocation_for(caller, kept.message(), to, target, decided);
    kept.invocation.request = pending.invocation;
    kept.invocation.body = {};
}

// Arguments in parts --------------------------------------------------------------------------------------------------

/// Whether a session may send the arguments of a call in parts, of which `m` is the first; if not, it was closed.
[[gnu::noinline]] bool dealer::begins_in_parts(realm_member& from, const call& m)
{
    const bool announced = from.joined.features().has(session_role::caller, feature::progressive_call_invocations);
    // Clients in use do it unannounced.
    if (!announced && from.joined.requests().check() == request_id_check::strict) {
        from.joined.abort(errc::protocol_violation, "CALL: progress is in use but was not announced");
        return false;
    }
    expect_further_parts(from, m.request);
    return true;
}

bool dealer::is_unfinished(const realm_member& from, request_id request) noexcept
{
    return from.unfinished_calls.contains(request);
}

void dealer::expect_further_parts(realm_member& from, request_id request)
{
    auto& unfinished = from.unfinished_calls;
    constexpr auto kept = limits::answered_unfinished_calls_max;
    if (unfinished.size() >= from.calls.size() + 2 * kept)
        forget_answered(from, kept);
    unfinished.insert(request);
}

/// Forgets the oldest of the calls that were answered before their last part came: `surplus` of them.
void dealer::forget_answered(realm_member& of, std::size_t surplus)
{
    auto requests = of.unfinished_calls.extract_sequence();
    auto kept = requests.begin();
    for (const auto request : requests) {
        if (surplus != 0 && pending_calls::find_call(of, request) == nullptr)
            --surplus;
        else
            *kept++ = request;
    }
    requests.erase(kept, requests.end());
    of.unfinished_calls.adopt_sequence(boost::container::ordered_unique_range, std::move(requests));
}

void dealer::on_further_part(realm_member& from, const call& m)
{
    if (!m.options.progress)
        from.unfinished_calls.erase(m.request);
    auto* const pending = pending_.find_call(from, m.request);
    if (pending == nullptr || pending->being_killed)
        return;
    auto& kept = *pending->kept;
    if (m.procedure != kept.message().procedure)
        return from.joined.abort(errc::protocol_violation, "CALL: a further part names another procedure");

    (*kept.invocation.details.rare).progress = m.options.progress;
    kept.may_be_rerouted = false;
    kept.invocation.body = m.body;
    const auto outcome = pending->callee->joined.send(kept.invocation);
    kept.invocation.body = {};
    // A row of arguments must not have a hole in it, so the call ends here.
    if (outcome != delivery::queued)
        abandon(*pending, error_of(outcome));
}

bool dealer::on_unsound_call(realm_member& from, request_id request, bool progress)
{
    const bool is_further = is_unfinished(from, request);
    if (progress)
        expect_further_parts(from, request);
    else
        from.unfinished_calls.erase(request);
    auto* const pending = pending_.find_call(from, request);
    if (!is_further && pending != nullptr)
        from.joined.abort(errc::protocol_violation, request_in_use);
    else if (pending != nullptr && !pending->being_killed)
        abandon(*pending, errc::invalid_argument);
    return is_further || pending != nullptr;
}

void dealer::on_cancel(realm_member& from, const cancel& m)
{
    auto* const pending = pending_.find_call(from, m.request);
    if (pending == nullptr || pending->being_killed)
        return;
    if (options_.respected.autobahn_js_forgets_canceled_calls && m.options.mode != cancel_mode::kill &&
        looks_like_autobahn_js(from.joined))
        return forget(*pending, m.options.mode);
    const auto mode = takes_interrupt(*pending->callee) ? m.options.mode : cancel_mode::skip;
    if (mode == cancel_mode::kill) {
        pending->being_killed = true;
        interrupt_callee(*pending, mode, errc::canceled);
    } else if (mode == cancel_mode::killnowait) {
        abandon(*pending, errc::canceled);
    } else {
        fail(*pending, errc::canceled);
    }
}

/// Ends a call of which its caller wants to hear no more.
void dealer::forget(pending_call& pending, cancel_mode mode)
{
    if (mode == cancel_mode::killnowait)
        interrupt_callee(pending, mode, errc::canceled);
    pending_.remove(pending);
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
}

void dealer::pass_on_result(pending_call& to, const yield& m, time_point now)
{
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
        pending_.remove(to);
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
        return;
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
        pending_.remove(*pending);
    else
        fail(*pending, error_of(outcome));
}

/// Whether with `m` a callee leaves its call to others. A call that its caller has canceled is not offered again.
bool dealer::declines(const pending_call& of, const error& m)
{
    return of.kept != nullptr && of.kept->may_be_rerouted && !of.being_killed && m.uri == uri_of(errc::unavailable) &&
           is_callee_with(*of.callee, feature::call_reroute);
}

/// Offers a call to those who have not declined it, as if the others did not exist.
void dealer::reroute(pending_call& pending, time_point now)
{
    auto& kept = *pending.kept;
    kept.declined_by.insert(pending.callee->joined.id());
    const auto timeout = bounded_timeout(kept.message().options.timeout, options_.call_timeout_unit);
    if (timeout.count() != 0 && kept.first_offered + timeout <= now)
        return fail(pending, errc::timeout);
    const auto at = registrations_.find(kept.invocation.registration);
    if (at == registrations_.end())
        return fail(pending, errc::no_available_callee);
    auto& to = *at->second;
    for (const auto position : others(to, kept)) {
        if (offer_again(pending, to, position, now))
            return;
    }
    fail(pending, errc::no_available_callee);
}

/// The positions of those who have not declined a call, in the order in which it is to be offered to them.
std::vector<std::size_t> dealer::others(const registration& among, const kept_call& of)
{
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i != among.callees.size(); ++i) {
        if (!of.declined_by.contains(among.callees[i].member->joined.id()))
            positions.push_back(i);
    }
    auto first = positions.begin();
    if (among.invoke == invocation_policy::last)
        std::reverse(positions.begin(), positions.end());
    else if (among.invoke == invocation_policy::roundrobin)
        first = std::lower_bound(positions.begin(), positions.end(), among.next);
    else if (among.invoke == invocation_policy::random && !positions.empty())
        first += static_cast<std::ptrdiff_t>(random_.below(positions.size()));
    std::rotate(positions.begin(), first, positions.end());
    return positions;
}

/// Sends the INVOCATION of a call that was declined to the callee at `position`. Whether the call is dealt with: false
/// if the callee takes nothing any more.
bool dealer::offer_again(pending_call& pending, registration& to, std::size_t position, time_point now)
{
    const auto& target = to.callees[position];
    auto& receiver = target.member->joined;
    auto& kept = *pending.kept;
    const auto& m = kept.message();
    const bool in_parts = m.options.progress && !takes_arguments_in_parts(*target.member);
    if (in_parts || !takes_passthru(receiver, session_role::callee, m.options.forwarded)) {
        fail(pending, errc::feature_not_supported);
        return true;
    }
    auto out = invocation_for(*pending.caller, m, to, target, kept.decided);
    if (auto& told = *out.details.rare; told.timeout != 0)
        told.timeout -= static_cast<std::uint64_t>((now - kept.first_offered) / options_.call_timeout_unit);
    const auto outcome = receiver.send(out);
    if (outcome == delivery::refused)
        return false;
    if (outcome != delivery::queued) {
        fail(pending, error_of(outcome));
        return true;
    }
    receiver.count_invocation();
    if (to.invoke == invocation_policy::roundrobin)
        to.next = (position + 1) % to.callees.size();
    pending_.hand_over(pending, *target.member, out.request);
    kept.invocation = out;
    kept.invocation.body = {};
    if (!keeps_time(target)) {
        pending.timeout = bounded_timeout(m.options.timeout, options_.call_timeout_unit);
        pending_.restart_timeout(pending, kept.first_offered);
    }
    return true;
}

void dealer::interrupt_callee(const pending_call& of, cancel_mode mode, errc reason)
{
    if (!takes_interrupt(*of.callee))
        return;
    interrupt out;
    out.request = of.invocation;
    out.options.mode = mode;
    out.options.reason = uri_of(reason);
    of.callee->joined.send(out);
}

/// Ends a call with ERROR; whatever the callee still sends is passed over.
[[gnu::noinline]] void dealer::fail(pending_call& pending, errc code, std::string_view text)
{
    pending.caller->joined.send_error(message_type::call, pending.call, code, text);
    pending_.remove(pending);
}

/// Ends a call with ERROR, and tells the callee that nobody waits for it any more.
[[gnu::noinline]] void dealer::abandon(pending_call& pending, errc code)
{
    pending.caller->joined.send_error(message_type::call, pending.call, code);
    interrupt_callee(pending, cancel_mode::killnowait, code);
    pending_.remove(pending);
}

// Time and leaving ----------------------------------------------------------------------------------------------------

void dealer::expire(time_point now)
{
    for (auto* due = pending_.next_to_expire(); due != nullptr && due->deadline <= now; due = pending_.next_to_expire())
        abandon(*due, errc::timeout);
}

void dealer::leave(realm_member& gone)
{
    const auto registered = std::exchange(gone.registrations, {});
    for (const auto& [id, ended] : registered)
        remove_callee(*ended, gone);
    // Each ends itself and no other; a call of its own that it answers itself has ended with the invocations.
    for (auto* const pending : gone.invocations.all())
        fail(*pending, errc::canceled, "the callee has left");
    for (auto* const pending : gone.calls.all())
        abandon(*pending, errc::canceled);
}

} // namespace junctor
