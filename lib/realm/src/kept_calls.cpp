// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The dealer's calls that are more than a CALL and its answer: those whose arguments come in parts, and those that
/// are offered to another callee when one declines them.

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <junctor/realm/rendezvous.hpp>

#include "dealer_rules.hpp"

namespace junctor {

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

// Re-routing ----------------------------------------------------------------------------------------------------------

/// Whether with `m` a callee leaves its call to others. A call that its caller has canceled is not offered again.
bool dealer::declines(const pending_call& of, const error& m)
{
    return of.kept != nullptr && of.kept->may_be_rerouted && !of.being_killed && m.uri == uri_of(errc::unavailable) &&
           is_callee_with(*of.callee, feature::call_reroute);
}

/// Offers a call that its callee has declined to the others.
void dealer::reroute(pending_call& pending, time_point now)
{
    pending.kept->declined_by.insert(pending.callee->joined.id());
    const auto freed = pending.slots;
    pending_.take_back(pending);
    place(pending, now);
    offer_waiting(freed);
}

/// Offers a call that no callee works on to those who have not declined it, as if the others did not exist. If they are
/// busy it waits, or goes on waiting, where calls do so.
void dealer::place(pending_call& pending, time_point now)
{
    auto& kept = *pending.kept;
    const auto timeout = bounded_timeout(kept.message().options.timeout, options_.call_timeout_unit);
    if (timeout.count() != 0 && kept.first_offered + timeout <= now)
        return fail(pending, errc::timeout);
    const auto at = registrations_.find(kept.invocation.registration);
    if (at == registrations_.end())
        return fail(pending, errc::no_available_callee);
    auto& to = *at->second;
    const auto positions = others(to, kept);
    for (const auto position : positions) {
        if (offer_again(pending, to, position, now))
            return;
    }
    if (std::none_of(positions.begin(), positions.end(), [&](auto each) { return is_busy(to.callees[each]); }))
        return fail(pending, errc::no_available_callee);
    if (pending.queue != nullptr)
        return;
    if (!has_room(to, kept.message()))
        return fail(pending, errc::max_concurrency_reached);
    append_waiting(pending, to);
}

/// The positions of those who have not declined a call, in the order in which it is to be offered to them: of a
/// partition call, the one to whom its resource key belongs among these.
std::vector<std::size_t> dealer::others(const registration& among, const kept_call& of)
{
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i != among.callees.size(); ++i) {
        if (!of.declined_by.contains(among.callees[i].member->joined.id()))
            positions.push_back(i);
    }
    if (of.message().options.runmode() == run_mode::partition) {
        const auto digest_of = [&](std::size_t position) { return shard_digest(among.callees[position]); };
        const auto key = rendezvous_digest((*of.message().options.routing).rkey);
        const auto chosen = rendezvous_choice(key, positions.begin(), positions.end(), digest_of);
        return {chosen, chosen == positions.end() ? chosen : std::next(chosen)};
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

/// Sends the INVOCATION of a call that was declined, or has waited, to the callee at `position`. Whether the call is
/// dealt with: false if the callee is busy or takes nothing any more.
bool dealer::offer_again(pending_call& pending, registration& to, std::size_t position, time_point now)
{
    const auto& target = to.callees[position];
    if (is_busy(target))
        return false;
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
    hand_over(pending, target, out);
    return true;
}

/// Notes that a callee, who was sent the INVOCATION `sent`, works on a call that none has worked on.
void dealer::hand_over(pending_call& pending, const callee& target, const invocation& sent)
{
    auto& kept = *pending.kept;
    const auto& m = kept.message();
    pending_.hand_over(pending, *target.member, sent.request);
    pending_calls::take_slot(pending, target.slots);
    if (!keeps_time(target)) {
        pending.timeout = bounded_timeout(m.options.timeout, options_.call_timeout_unit);
        pending_.restart_timeout(pending, kept.first_offered);
    }
    if (!m.options.progress && !is_callee_with(*target.member, feature::call_reroute))
        return pending_calls::drop_kept(pending);
    kept.invocation = sent;
    kept.invocation.body = {};
}

} // namespace junctor
