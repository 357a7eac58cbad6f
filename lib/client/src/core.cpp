// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/core.hpp>

#include <algorithm>
#include <utility>
#include <variant>

#include <junctor/base/limits.hpp>
#include <junctor/session/session.hpp>

namespace junctor::client {

namespace {

/// What is registered under `key`, taken out of `table`; null if nothing is.
template <class Table>
typename Table::mapped_type extract(Table& table, std::uint64_t key)
{
    const auto at = table.find(key);
    if (at == table.end())
        return {};
    auto found = std::move(at->second);
    table.erase(at);
    return found;
}

/// Tells whoever waits that what is wanted is so already.
template <class Answer>
void confirm(const std::unique_ptr<answer_taker>& to)
{
    if (to != nullptr)
        to->on_answer(message(Answer()));
}

void lose(const std::unique_ptr<answer_taker>& taker)
{
    if (taker != nullptr)
        taker->on_lost();
}

/// How a session ends that the router leaves with `uri` as its reason.
close_reason reason_of(std::string_view uri)
{
    for (const auto reason : {close_reason::system_shutdown, close_reason::realm_closed}) {
        if (uri == uri_of(reason))
            return reason;
    }
    return close_reason::killed;
}

} // namespace

// Requests ------------------------------------------------------------------------------------------------------------

/// Sends `m` with the next request identifier, which counts only if it is queued: the router may look for gaps.
template <class Message>
delivery core::send_numbered(Message& m)
{
    m.request = request_id(requests_ + 1);
    const auto outcome = open() ? send_to(out_, m) : delivery::refused;
    if (outcome == delivery::queued)
        ++requests_;
    return outcome;
}

core::sent core::send(call m, std::unique_ptr<answer_taker> taker)
{
    const auto outcome = send_numbered(m);
    if (outcome == delivery::queued)
        here_.answers.emplace(m.request.number(), std::move(taker));
    return {m.request, outcome};
}

delivery core::send_further_part(call m)
{
    return open() && here_.answers.contains(m.request.number()) ? send_to(out_, m) : delivery::refused;
}

void core::cancel(request_id of, cancel_mode mode, canceled_call then)
{
    if (!open() || !here_.answers.contains(of.number()))
        return;
    junctor::cancel m;
    m.request = of;
    m.options.mode = mode;
    send_to(out_, m);
    if (then == canceled_call::passed_over)
        forget(of);
}

void core::forget(request_id of)
{
    here_.answers.erase(of.number());
}

core::sent core::send(publish m, std::unique_ptr<answer_taker> taker)
{
    const auto outcome = send_numbered(m);
    if (outcome == delivery::queued && taker != nullptr)
        here_.answers.emplace(m.request.number(), std::move(taker));
    return {m.request, outcome};
}

core::sent core::send(subscribe m, std::shared_ptr<event_taker> taker)
{
    const auto outcome = send_numbered(m);
    if (outcome == delivery::queued)
        here_.subscribing.emplace(m.request.number(), std::move(taker));
    return {m.request, outcome};
}

void core::unsubscribe(subscription_id of, const event_taker& taker, std::unique_ptr<answer_taker> done)
{
    const auto at = here_.subscriptions.find(of.number());
    const bool was_last = at != here_.subscriptions.end() &&
                          std::erase_if(at->second, [&](const auto& each) { return each.get() == &taker; }) != 0 &&
                          at->second.empty();
    if (!was_last) {
        confirm<unsubscribed>(done);
    } else if (here_.subscribing.empty()) {
        send_unsubscribe(of, std::move(done));
    } else {
        here_.unwanted.push_back({of, std::move(done)});
    }
}

void core::send_unsubscribe(subscription_id of, std::unique_ptr<answer_taker> done)
{
    junctor::unsubscribe m;
    m.subscription = of;
    here_.subscriptions.erase(of.number());
    if (send_numbered(m) == delivery::queued)
        here_.answers.emplace(m.request.number(), std::move(done));
    else
        lose(done);
}

/// Once no SUBSCRIBE is under way any more, ends those subscriptions that have no taker then.
void core::settle_unwanted()
{
    if (!here_.subscribing.empty())
        return;
    for (auto& each : std::exchange(here_.unwanted, {})) {
        const auto at = here_.subscriptions.find(each.id.number());
        if (at != here_.subscriptions.end() && at->second.empty())
            send_unsubscribe(each.id, std::move(each.done));
        else
            confirm<unsubscribed>(each.done);
    }
}

core::sent core::send(register_ m, std::shared_ptr<invocation_taker> taker)
{
    const auto outcome = send_numbered(m);
    if (outcome == delivery::queued)
        here_.registering.emplace(m.request.number(), std::move(taker));
    return {m.request, outcome};
}

void core::unregister(registration_id of, std::unique_ptr<answer_taker> done)
{
    junctor::unregister m;
    m.registration = of;
    if (here_.registrations.erase(of.number()) == 0)
        confirm<unregistered>(done);
    else if (send_numbered(m) == delivery::queued)
        here_.answers.emplace(m.request.number(), std::move(done));
    else
        lose(done);
}

// Answers to invocations ----------------------------------------------------------------------------------------------

delivery core::answer_call(const yield& m)
{
    if (closed() || !is_invoked(m.request))
        return delivery::refused;
    const auto outcome = send_to(out_, m);
    if (!m.options.progress && outcome == delivery::queued)
        end_invocation(m.request);
    return outcome;
}

delivery core::answer_call(const error& m)
{
    if (closed() || !is_invoked(m.request))
        return delivery::refused;
    const auto outcome = send_to(out_, m);
    if (outcome == delivery::queued)
        end_invocation(m.request);
    return outcome;
}

void core::end_invocation(request_id request)
{
    const auto at = here_.invocations.find(request.number());
    const bool unfinished = at->second.unfinished;
    here_.invocations.erase(at);
    if (!unfinished)
        return;
    if (answered_unfinished_.size() == limits::answered_unfinished_calls_max)
        answered_unfinished_.erase(answered_unfinished_.begin()); // The lowest number is the oldest call.
    answered_unfinished_.insert(request.number());
}

// Messages from the router --------------------------------------------------------------------------------------------

void core::receive(const message& m)
{
    if (closed())
        return;
    std::visit([&](const auto& each) { on(each, m); }, m);
}

template <class Message>
void core::on(const Message&, const message& whole)
{
    abort(std::string("a router does not send ").append(to_string(type_of(whole))));
}

/// Gives an answer to whoever waits for it, if anybody does: a call may have been canceled.
void core::answer_with(const message& answer, request_id request)
{
    if (!was_made(request))
        return abort("an answer to a request that was not made");
    if (const auto taker = extract(here_.answers, request.number()))
        taker->on_answer(answer);
}

void core::on(const result& m, const message& whole)
{
    if (!m.details.progress)
        return answer_with(whole, m.request);
    if (!was_made(m.request))
        return abort("a result of a call that was not made");
    const auto at = here_.answers.find(m.request.number());
    if (at != here_.answers.end() && at->second != nullptr)
        at->second->on_progress(m);
}

void core::on(const error& m, const message& whole)
{
    if (!was_made(m.request))
        return abort("an error for a request that was not made");
    switch (m.request_type) {
    case message_type::subscribe:
    case message_type::register_: return refuse(m);
    case message_type::cancel: return; // The call itself is answered.
    default: return answer_with(whole, m.request);
    }
}

/// Tells who wanted to subscribe or register that this is refused.
void core::refuse(const error& m)
{
    if (const auto taker = extract(here_.subscribing, m.request.number())) {
        taker->on_refused(m);
        settle_unwanted();
    } else if (const auto callee = extract(here_.registering, m.request.number())) {
        callee->on_refused(m);
    }
}

void core::on(const published& m, const message& whole)
{
    answer_with(whole, m.request);
}

void core::on(const subscribed& m, const message&)
{
    const auto taker = extract(here_.subscribing, m.request.number());
    if (taker == nullptr)
        return abort("SUBSCRIBED for a request that was not made");
    here_.subscriptions[m.subscription.number()].push_back(taker);
    taker->on_subscribed(m.subscription);
    settle_unwanted();
}

void core::on(const unsubscribed& m, const message& whole)
{
    if (!m.revocation.present())
        return answer_with(whole, m.request);
    for (const auto& taker : extract(here_.subscriptions, m.revocation.subscription.number()))
        taker->on_end(m.revocation.reason);
}

void core::on(const event& m, const message&)
{
    const auto at = here_.subscriptions.find(m.subscription.number());
    if (at == here_.subscriptions.end())
        return; // It has crossed UNSUBSCRIBE.
    if (at->second.size() == 1) {
        const auto taker = at->second.front(); // Kept, since it may end the subscription.
        return taker->on_event(m);
    }
    for (const auto& taker : event_takers(at->second))
        taker->on_event(m);
}

void core::on(const registered& m, const message&)
{
    auto taker = extract(here_.registering, m.request.number());
    if (taker == nullptr)
        return abort("REGISTERED for a request that was not made");
    here_.registrations.insert_or_assign(m.registration.number(), taker);
    taker->on_registered(m.registration);
}

void core::on(const unregistered& m, const message& whole)
{
    if (!m.revocation.present())
        return answer_with(whole, m.request);
    if (const auto taker = extract(here_.registrations, m.revocation.registration.number()))
        taker->on_end(m.revocation.reason);
}

void core::on(const invocation& m, const message&)
{
    const bool unfinished = m.details.rare.present() && (*m.details.rare).progress;
    const auto running = here_.invocations.find(m.request.number());
    if (running != here_.invocations.end()) { // A further part of its arguments.
        running->second.unfinished = unfinished;
        const auto taker = running->second.taker;
        return taker->on_invocation(m);
    }
    if (answered_unfinished_.contains(m.request.number())) {
        if (!unfinished)
            answered_unfinished_.erase(m.request.number());
        return;
    }
    const auto at = here_.registrations.find(m.registration.number());
    if (at == here_.registrations.end() || !open())
        return decline(m);
    const auto taker = at->second;
    here_.invocations.emplace(m.request.number(), open_invocation{taker, unfinished});
    taker->on_invocation(m);
}

/// Answers a call that has crossed UNREGISTER or GOODBYE so that the router may ask another callee.
void core::decline(const invocation& m)
{
    error refusal;
    refusal.request_type = message_type::invocation;
    refusal.request = m.request;
    refusal.uri = uri_of(errc::unavailable);
    send_to(out_, refusal);
}

void core::on(const interrupt& m, const message&)
{
    const auto at = here_.invocations.find(m.request.number());
    if (at == here_.invocations.end())
        return; // It has crossed the answer.
    const auto taker = at->second.taker;
    taker->on_interrupt(m);
}

// The end -------------------------------------------------------------------------------------------------------------

void core::on(const goodbye& m, const message&)
{
    if (!said_goodbye_) {
        goodbye answer;
        answer.reason = goodbye_and_out_uri;
        send_to(out_, answer);
    }
    close(said_goodbye_ ? close_reason::goodbye : reason_of(m.reason), m.details.message, m.reason);
}

void core::on(const junctor::abort& m, const message&)
{
    close(close_reason::aborted_by_peer, m.details.message, m.reason);
}

void core::say_goodbye(std::string_view reason, std::string_view text)
{
    if (!open())
        return;
    goodbye m;
    m.details.message = text;
    m.reason = reason;
    send_to(out_, m);
    said_goodbye_ = true;
}

void core::abort(std::string_view text)
{
    if (closed())
        return;
    send_abort(out_, errc::protocol_violation, text);
    close(close_reason::protocol_violation, text, uri_of(errc::protocol_violation));
}

void core::close(close_reason reason, std::string_view text, std::string_view uri)
{
    if (closed())
        return;
    closing_ = {reason, std::string(uri), std::string(text)};
    const auto gone = std::exchange(here_, {}); // So that nothing is there any more for what they do.
    for (const auto& [request, taker] : gone.answers)
        lose(taker);
    for (const auto& each : gone.unwanted)
        lose(each.done);
    for (const auto& [request, taker] : gone.subscribing)
        taker->on_end(closing_.uri);
    for (const auto& [request, taker] : gone.registering)
        taker->on_end(closing_.uri);
    for (const auto& [id, takers] : gone.subscriptions) {
        for (const auto& taker : takers)
            taker->on_end(closing_.uri);
    }
    for (const auto& [id, taker] : gone.registrations)
        taker->on_end(closing_.uri);
}

void core::abandon() noexcept
{
    closing_.reason = close_reason::connection_lost;
    const auto gone = std::exchange(here_, {});
}

} // namespace junctor::client
