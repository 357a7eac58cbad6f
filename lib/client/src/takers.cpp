// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "takers.hpp"

#include <utility>

#include "session_state.hpp"
#include "waiting_call.hpp"

namespace junctor::client {

namespace {

/// Tells `ended` what became of ending something.
std::unique_ptr<answer_taker> telling(const session_state& by, std::shared_ptr<one_time<bool>> ended)
{
    return std::make_unique<waiting_request>(
        by, [ended = std::move(ended)](const std::exception_ptr& failure, const message*) {
            if (failure)
                ended->fail(failure);
            else
                ended->set(true);
        });
}

/// What stands in `state`, which keeps it.
template <class State, class T>
std::shared_ptr<one_time<T>> part_of(const std::shared_ptr<State>& state, one_time<T>& part)
{
    return {state, &part};
}

} // namespace

// Subscriptions -------------------------------------------------------------------------------------------------------

subscription_state::subscription_state(session_state& by, std::string_view topic, event_handler handler)
    : by_{by.weak_from_this()}, topic_{topic}, handler_{std::move(handler)}, confirmed_{by.io()}, ended_{by.io()}
{
}

void subscription_state::begin(const subscribe_options& how)
{
    const auto by = by_.lock();
    by->demand_open();
    subscribe m;
    m.options.match = how.match();
    m.options.get_retained = how.gets_retained();
    m.options.nkey = how.node_key();
    m.topic = topic_;
    by->settle(by->core().send(m, shared_from_this()).outcome);
}

void subscription_state::on_subscribed(subscription_id as)
{
    id_ = as;
    confirmed_.set(as);
    if (!wanted_)
        end();
}

void subscription_state::on_refused(const error& refused)
{
    confirmed_.fail(exception_of(refused));
    ended_.set(true);
}

void subscription_state::on_end(std::string_view)
{
    const auto by = by_.lock();
    confirmed_.fail(std::make_exception_ptr(session_ended(by != nullptr ? by->how_closed() : closing())));
    id_ = {};
    ended_.set(true);
}

/// Gives the handler an event. What it throws concerns nobody else.
void subscription_state::on_event(const event& m)
{
    const auto by = by_.lock();
    if (by == nullptr)
        return;
    incoming_event event;
    event.topic = m.details.topic.empty() ? topic_ : std::string(m.details.topic);
    event.publication = m.publication;
    if (m.details.rare.present()) {
        const auto& told = *m.details.rare;
        if (told.publisher.valid())
            event.publisher = told.publisher;
        event.publisher_authid = told.publisher_authid;
        event.publisher_authrole = told.publisher_authrole;
        event.retained = told.retained;
        event.trust_level = told.trustlevel;
    }
    event.content = decode_arguments(m.body);
    try {
        if (const auto* const at_once = std::get_if<0>(&handler_))
            return (*at_once)(event);
        if (by->handlers().full())
            throw application_error(errc::too_many_requests, "the session is at work on too many events");
        by->handlers().start(std::make_shared<running_handler>(), std::get<1>(handler_)(std::move(event)),
                             [self = shared_from_this()](const std::exception_ptr& failure) {
                                 const auto still = self->by_.lock();
                                 if (failure && still != nullptr && !still->core().closed())
                                     self->log_failure(*still, failure);
                             });
    } catch (...) {
        log_failure(*by, std::current_exception());
    }
}

void subscription_state::log_failure(session_state& by, const std::exception_ptr& failure) const
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        by.log().write(log_level::error, "handler of events failed",
                       {{"realm", by.joined().realm}, {"topic", topic_}, {"what", error.what()}});
    }
}

void subscription_state::end()
{
    const auto by = by_.lock();
    if (by == nullptr || !id_.valid())
        return ended_.set(true);
    by->core().unsubscribe(std::exchange(id_, {}), *this, telling(*by, part_of(shared_from_this(), ended_)));
    by->flush_soon();
}

awaitable<subscription_id> subscription_state::confirmed(std::shared_ptr<subscription_state> self)
{
    auto id = co_await one_time<subscription_id>::wait(self->confirmed_);
    co_return id;
}

awaitable<void> subscription_state::unsubscribe(std::shared_ptr<subscription_state> self)
{
    if (std::exchange(self->wanted_, false) && self->confirmed_.happened())
        self->end();
    static_cast<void>(co_await one_time<bool>::wait(self->ended_));
}

// Registrations -------------------------------------------------------------------------------------------------------

registration_state::registration_state(session_state& by, std::string_view procedure, call_handler handler)
    : by_{by.weak_from_this()},
      procedure_{procedure},
      handler_{std::move(handler)},
      confirmed_{by.io()},
      ended_{by.io()}
{
}

void registration_state::begin(const register_options& how)
{
    const auto by = by_.lock();
    by->demand_open();
    register_ m;
    m.options.match = how.match();
    m.options.invoke = how.invoke();
    m.options.disclose_caller = how.discloses_caller();
    m.options.forward_timeout = how.forwards_timeout();
    m.options.force_reregister = how.forces_reregister();
    if (how.concurrency() != 0)
        m.options.concurrency = how.concurrency();
    m.procedure = procedure_;
    by->settle(by->core().send(m, shared_from_this()).outcome);
}

void registration_state::on_registered(registration_id as)
{
    id_ = as;
    confirmed_.set(as);
    if (!wanted_)
        end();
}

void registration_state::on_refused(const error& refused)
{
    confirmed_.fail(exception_of(refused));
    ended_.set(true);
}

void registration_state::on_end(std::string_view)
{
    const auto by = by_.lock();
    confirmed_.fail(std::make_exception_ptr(session_ended(by != nullptr ? by->how_closed() : closing())));
    id_ = {};
    ended_.set(true);
}

std::shared_ptr<running_call> registration_state::find(request_id request)
{
    const auto at = running_.find(request);
    return at != running_.end() ? at->second.lock() : nullptr;
}

void registration_state::on_invocation(const invocation& m)
{
    if (const auto running = find(m.request))
        return running->add_part(m);
    std::erase_if(running_, [](const auto& each) { return each.second.expired(); });
    const auto call = std::make_shared<running_call>(by_, m, procedure_);
    if (handler_.index() == 1)
        running_.emplace(m.request, call);
    call->run(handler_);
}

void registration_state::on_interrupt(const interrupt& m)
{
    if (const auto running = find(m.request))
        running->interrupt();
}

void registration_state::end()
{
    const auto by = by_.lock();
    if (by == nullptr || !id_.valid())
        return ended_.set(true);
    by->core().unregister(std::exchange(id_, {}), telling(*by, part_of(shared_from_this(), ended_)));
    by->flush_soon();
}

awaitable<registration_id> registration_state::confirmed(std::shared_ptr<registration_state> self)
{
    auto id = co_await one_time<registration_id>::wait(self->confirmed_);
    co_return id;
}

awaitable<void> registration_state::unregister(std::shared_ptr<registration_state> self)
{
    if (std::exchange(self->wanted_, false) && self->confirmed_.happened())
        self->end();
    static_cast<void>(co_await one_time<bool>::wait(self->ended_));
}

// The handles ---------------------------------------------------------------------------------------------------------

awaitable<subscription_id> subscription::confirmed() const
{
    return subscription_state::confirmed(state_);
}

awaitable<void> subscription::unsubscribe() const
{
    return subscription_state::unsubscribe(state_);
}

awaitable<registration_id> registration::confirmed() const
{
    return registration_state::confirmed(state_);
}

awaitable<void> registration::unregister() const
{
    return registration_state::unregister(state_);
}

} // namespace junctor::client
