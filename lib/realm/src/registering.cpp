// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The dealer's registrations, and who may be called through them.

#include <algorithm>
#include <memory>
#include <utility>

#include <junctor/realm/meta_api.hpp>

#include "dealer_rules.hpp"

namespace junctor {

namespace {

/// Whether the program that the router is part of offers the procedure: nobody takes that over.
bool is_held_by_program(const registration& held)
{
    return std::any_of(held.callees.begin(), held.callees.end(),
                       [](const callee& each) { return each.member->listing == session_listing::unlisted; });
}

/// Forgets what `of` works on and has `slots` for, which are no more.
void forget_unanswered(realm_member& of, const std::shared_ptr<call_slots>& slots)
{
    auto all = of.unanswered.extract_sequence();
    const auto is_of_slots = [&](const auto& left) { return left.second == slots; };
    all.erase(std::remove_if(all.begin(), all.end(), is_of_slots), all.end());
    of.unanswered.adopt_sequence(boost::container::ordered_unique_range, std::move(all));
}

} // namespace

void dealer::on_register(realm_member& from, const register_& m)
{
    const auto match = m.options.match;
    if (const auto flaw = check_uri(m.procedure, options_.uris, match); flaw != uri_flaw::none)
        return from.refuse(m, errc::invalid_uri, to_string(flaw));
    if (m.options.concurrency == 0)
        return from.refuse(m, errc::invalid_argument, "concurrency: at least 1");
    if (is_reserved(m.procedure))
        return from.refuse(m, errc::invalid_uri, "procedures under \"wamp.\" belong to the router");
    // Before anything is looked up: who may not register must not learn what is registered.
    if (!from.permissions->decide(action::register_, m.procedure, match).allowed)
        return from.refuse(m, from.refusal());
    if (built_in_.has(m.procedure))
        return from.refuse(m, errc::procedure_already_exists, "the router answers this procedure itself");

    auto* known = index_.find(m.procedure, match);
    const bool takes_over = known != nullptr && m.options.force_reregister && !is_held_by_program(*known);
    if (known != nullptr && !takes_over) {
        // A session may not have one registration twice: clients in use take the second REGISTERED for a breach.
        if (known->invoke == invocation_policy::single || from.registrations.contains(known->id))
            return from.refuse(m, errc::procedure_already_exists);
        if (known->invoke != m.options.invoke)
            return from.refuse(m, errc::procedure_exists_with_different_invocation_policy);
    }
    if (from.registrations.size() >= from.joined.limits().registrations_max)
        return from.refuse(m, errc::too_many_requests, "the session has too many registrations");
    if (takes_over)
        revoke_from_all(*std::exchange(known, nullptr));
    if (known != nullptr)
        return add_callee(*known, from, m);

    auto made = std::make_unique<registration>();
    made->id = registration_id(++last_registration_);
    made->procedure = m.procedure;
    made->match = match;
    made->invoke = m.options.invoke;
    made->created = clock_.now();
    add_queue(*made);
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
    const bool plain = !m.options.disclose_caller && to.match == match_policy::exact &&
                       !is_callee_with(from, feature::call_reroute) && !m.options.concurrency;
    std::shared_ptr<call_slots> slots;
    if (m.options.concurrency)
        slots = std::make_shared<call_slots>(call_slots{.max = *m.options.concurrency, .of = &to});
    to.callees.push_back({&from, plain, m.options.disclose_caller, m.options.forward_timeout, slots});
    from.registrations.emplace(to.id, &to);
    from.joined.send(registered{m.request, to.id});
    if (events_.hears_router())
        tell_of_callee(from, to);
    offer_waiting(to);
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
void dealer::remove_callee(registration& from, realm_member& gone)
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

void dealer::remove_from_list(registration& from, realm_member& gone)
{
    const auto at =
        std::find_if(from.callees.begin(), from.callees.end(), [&](const callee& c) { return c.member == &gone; });
    const auto position = static_cast<std::size_t>(at - from.callees.begin());
    if (at->slots != nullptr) {
        forget_unanswered(gone, at->slots);
        at->slots->of = nullptr;
    }
    from.callees.erase(at);
    if (from.callees.empty()) {
        fail_waiting(from);
        index_.erase(from.procedure, from.match);
        registrations_.erase(from.id);
        ++registrations_ended_;
        return;
    }
    if (position < from.next)
        --from.next;
    from.next %= from.callees.size();
    offer_waiting(from); // of those that wait, some may have waited for this callee alone
}

} // namespace junctor
