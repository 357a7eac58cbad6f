// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The dealer's calls that wait until a callee has time for them.

#include "dealer_rules.hpp"

namespace junctor {

/// Gives a registration that is being made a queue, if its calls are to wait.
void dealer::add_queue(registration& to) const
{
    if (const auto* const rule = queue_rules_.best_match(to.procedure))
        to.waiting = std::make_unique<call_queue>(*rule);
}

/// Answers a call that no callee has taken, or lets it wait.
void dealer::keep_waiting(realm_member& caller, const call& m, registration& to, time_point now)
{
    if (!any_busy(to))
        return caller.refuse(m, errc::unavailable);
    if (!has_room(to, m))
        return caller.refuse(m, errc::max_concurrency_reached);
    if (!fits(caller, m, kept_call::arguments::kept))
        return caller.refuse(m, errc::too_many_requests, kept_calls_too_large);

    auto& pending = pending_.add_waiting(caller, m.request);
    pending.wants_progress = m.options.receive_progress;
    auto& kept = pending_calls::keep(pending, m, kept_call::arguments::kept);
    kept.may_be_rerouted = true;
    kept.decided = decision_on(caller, m);
    kept.first_offered = now;
    kept.invocation.registration = to.id;
    append_waiting(pending, to);
}

/// Whether `m` may wait for a callee of `to`. Arguments that come in parts do not: their parts would have to wait, too.
bool dealer::has_room(const registration& to, const call& m)
{
    return to.waiting != nullptr && !m.options.progress &&
           to.waiting->has_room(kept_call::size_of(m, kept_call::arguments::kept));
}

/// Lets a call that no callee works on wait. The router keeps its time as long as it waits.
void dealer::append_waiting(pending_call& pending, registration& to)
{
    to.waiting->append(pending);
    pending.timeout = bounded_timeout(pending.kept->message().options.timeout, options_.call_timeout_unit);
    pending_.restart_timeout(pending, pending.kept->first_offered);
}

/// Offers the calls that wait, the oldest first, as long as there is a callee that has time.
void dealer::offer_waiting(registration& to)
{
    if (to.waiting == nullptr)
        return;
    for (auto at = to.waiting->begin(); at != to.waiting->end() && !all_busy(to);)
        place(*at++, clock_.now()); // which takes out no other than this one
}

/// The same, if a slot has become free that `to` had given.
void dealer::offer_waiting(const std::shared_ptr<call_slots>& freed)
{
    if (freed != nullptr && freed->of != nullptr)
        offer_waiting(*freed->of);
}

/// Answers the calls that wait for a callee of `ended`, which has none any more.
void dealer::fail_waiting(registration& ended)
{
    if (ended.waiting == nullptr)
        return;
    while (!ended.waiting->empty())
        fail(*ended.waiting->begin(), errc::no_such_procedure);
}

/// Ends the calls of `gone` that wait, before anything becomes free that could be given to them.
void dealer::drop_waiting(realm_member& gone)
{
    for (auto* const pending : gone.calls.all()) {
        if (pending->queue != nullptr)
            abandon(*pending, errc::canceled);
    }
}

} // namespace junctor
