// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "component_state.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

namespace junctor::client {

namespace {

/// Thrown when the router refuses a registration or a subscription.
class declaration_refused : public std::exception {
public:
    declaration_refused(const std::string& what, const application_error& refused)
        : failure_{what + ": " + refused.what(), std::make_exception_ptr(refused)}
    {
    }

    [[nodiscard]] const component_failure& failure() const noexcept { return failure_; }
    [[nodiscard]] const char* what() const noexcept override { return failure_.text.c_str(); }

private:
    component_failure failure_;
};

std::string text_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    }
}

component_end end_with(component_end::cause why, const component_failure& failure)
{
    return {why, failure.text, failure.thrown};
}

/// Why routers refuse a client that would be refused again. The last two are Crossbar.io's, and what this library says
/// itself when the credentials cannot answer a challenge.
constexpr auto lasting_refusals = std::to_array<std::string_view>({
    "wamp.error.authentication_denied",
    "wamp.error.authentication_failed",
    "wamp.error.no_matching_auth_method",
    "wamp.error.no_such_principal",
    "wamp.error.no_such_realm",
    "wamp.error.no_such_role",
    "wamp.error.not_authorized",
    "wamp.error.no_auth_method",
    "wamp.error.cannot_authenticate",
});

bool is_lasting(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const join_failed& refused) {
        return std::find(lasting_refusals.begin(), lasting_refusals.end(), refused.uri()) != lasting_refusals.end();
    } catch (...) {
        return false;
    }
}

} // namespace

component_failure::component_failure(std::exception_ptr what) : text{text_of(what)}, thrown{std::move(what)} {}

void component_state::begin()
{
    if (std::exchange(begun_, true))
        return;
    boost::asio::post(io, [self = shared_from_this()] {
        boost::asio::co_spawn(self->io.get_executor(), run(self),
                              boost::asio::bind_cancellation_slot(
                                  self->cancel_.slot(), [self](const std::exception_ptr& failure, component_end how) {
                                      if (failure && !self->stopping_)
                                          how = {component_end::cause::failed, text_of(failure), failure};
                                      self->end.set(std::move(how));
                                  }));
    });
}

void component_state::stop()
{
    if (std::exchange(stopping_, true))
        return;
    if (session_)
        boost::asio::co_spawn(io.get_executor(), session_->leave(), [](const std::exception_ptr&) {});
    else
        cancel_.emit(boost::asio::cancellation_type::terminal);
}

/// From one session to the next, until there shall be no more.
awaitable<component_end> component_state::run(std::shared_ptr<component_state> self)
{
    while (!self->stopping_) {
        co_await try_routers(*self);
        if (self->session_) {
            co_await serve(*self);
            if (self->broken_)
                co_return end_with(component_end::cause::failed, self->broken_);
            if (!self->stopping_ && !self->failure_)
                co_return component_end{component_end::cause::left, {}};
        }
        if (self->stopping_)
            break;
        if (self->is_refused_by_all())
            co_return end_with(component_end::cause::refused, self->failure_);
        if (self->retry.max_retries >= 0 && self->attempts_ > self->retry.max_retries)
            co_return end_with(component_end::cause::gave_up, self->failure_);
        co_await pause(*self);
    }
    co_return component_end{component_end::cause::stopped, {}};
}

/// Tries one router after the other until a session is joined, or all have been tried.
awaitable<void> component_state::try_routers(component_state& self)
{
    ++self.attempts_;
    for (std::size_t tried = 0; tried < self.routers.size() && !self.session_ && !self.stopping_; ++tried) {
        const auto which = self.next_router_;
        if (!self.routers[which].has_refused)
            co_await try_router(self, which);
        if (!self.session_)
            self.next_router_ = (which + 1) % self.routers.size();
    }
}

awaitable<void> component_state::try_router(component_state& self, std::size_t which)
{
    join_options how(self.realm);
    how.who = self.who;
    how.log = self.log;
    how.timeout = self.join_timeout.value_or(how.timeout);
    try {
        auto joining = session::join(self.io, self.routers[which].way, how);
        self.session_ = co_await std::move(joining);
    } catch (const std::runtime_error&) {
        if (self.stopping_)
            throw;
        self.on_join_failed(self.routers[which], std::current_exception());
    }
}

void component_state::on_join_failed(known_router& router, const std::exception_ptr& failure)
{
    failure_ = component_failure(failure);
    router.has_refused = retry.after_refusal == retry_policy::refusal::final && is_lasting(failure);
    log->write(router.has_refused ? log_level::error : log_level::warning, "component cannot join",
               {{"component", name}, {"realm", realm}, {"router", router.way.name()}, {"cause", failure_.text}});
}

bool component_state::is_refused_by_all() const
{
    return std::all_of(routers.begin(), routers.end(), [](const auto& each) { return each.has_refused; });
}

/// Waits before the next attempt.
awaitable<void> component_state::pause(component_state& self)
{
    const auto delay = self.next_delay();
    self.log->write(log_level::info, "component waits", {{"component", self.name}, {"delay_ms", delay.count()}});
    self.delay_.expires_after(delay);
    const auto token = boost::asio::as_tuple(boost::asio::deferred);
    auto waiting = self.delay_.async_wait(token);
    static_cast<void>(co_await std::move(waiting));
}

std::chrono::milliseconds component_state::next_delay()
{
    const auto grown =
        static_cast<double>(retry.initial_delay.count()) * std::pow(retry.growth, std::max(attempts_ - 1, 0));
    const auto bounded = std::min(grown, static_cast<double>(retry.max_delay.count()));
    std::uniform_real_distribution<double> around(1 - retry.jitter, 1 + retry.jitter);
    return std::chrono::milliseconds(static_cast<std::int64_t>(bounded * around(random_)));
}

/// Registers and subscribes. Throws `declaration_refused` if the router refuses any of it.
awaitable<void> component_state::declare(component_state& self)
{
    std::vector<registration> registrations;
    std::vector<subscription> subscriptions;
    for (const auto& each : self.procedures)
        registrations.push_back(self.session_->start_registering(each.uri, each.handler, each.how));
    for (const auto& each : self.topics)
        subscriptions.push_back(self.session_->start_subscribing(each.uri, each.handler, each.how));
    for (std::size_t i = 0; i < registrations.size(); ++i) {
        try {
            static_cast<void>(co_await registrations[i].confirmed());
        } catch (const application_error& refused) {
            throw declaration_refused("cannot register " + self.procedures[i].uri, refused);
        }
    }
    for (std::size_t i = 0; i < subscriptions.size(); ++i) {
        try {
            static_cast<void>(co_await subscriptions[i].confirmed());
        } catch (const application_error& refused) {
            throw declaration_refused("cannot subscribe to " + self.topics[i].uri, refused);
        }
    }
}

/// From the beginning of a session to its end. Afterwards `failure_` is empty if it ended as it was meant to.
awaitable<void> component_state::serve(component_state& self)
{
    self.failure_ = {};
    const auto& current = *self.session_;
    component_failure refused;
    try {
        co_await declare(self);
    } catch (const session_ended&) {
        // How it ended is asked below.
    } catch (const declaration_refused& failed) {
        refused = failed.failure();
    } catch (const std::runtime_error&) {
        refused = component_failure(std::current_exception());
    }
    one_time<bool> done(self.io);
    if (refused) {
        done.set(true);
        auto leaving = current.leave();
        co_await std::move(leaving);
    } else {
        self.attempts_ = 0;
        self.log->write(log_level::info, "component joined",
                        {{"component", self.name},
                         {"realm", self.realm},
                         {"session", current.id().number()},
                         {"authid", current.who().authid},
                         {"authrole", current.who().authrole},
                         {"router", self.routers[self.next_router_].way.name()}});
        self.run_on_join(done);
    }
    auto ending = current.ended();
    const auto how = co_await std::move(ending);
    self.cancel_on_join_.emit(boost::asio::cancellation_type::terminal);
    auto finishing = one_time<bool>::wait(done);
    static_cast<void>(co_await std::move(finishing));
    self.session_.reset();
    self.on_session_end(how);
    if (refused) {
        self.failure_ = refused;
        self.log->write(log_level::error, "component cannot serve",
                        {{"component", self.name}, {"cause", refused.text}});
    }
}

/// Lets the program's own coroutine run. `done` happens at its end.
void component_state::run_on_join(one_time<bool>& done)
{
    if (!on_join || !session_->open())
        return done.set(true);
    boost::asio::co_spawn(
        io.get_executor(), on_join(*session_),
        boost::asio::bind_cancellation_slot(
            cancel_on_join_.slot(), [self = shared_from_this(), &done](const std::exception_ptr& failure) {
                if (failure && self->session_->open()) {
                    self->broken_ = component_failure(failure);
                    self->log->write(log_level::error, "component failed",
                                     {{"component", self->name}, {"cause", self->broken_.text}});
                    boost::asio::co_spawn(self->io.get_executor(), self->session_->leave(),
                                          [](const std::exception_ptr&) {});
                }
                done.set(true);
            }));
}

void component_state::on_session_end(const closing& how)
{
    const bool lost = how.reason != close_reason::goodbye;
    if (lost)
        failure_ = component_failure(how.text.empty() ? std::string(to_string(how.reason)) : how.text,
                                     std::make_exception_ptr(session_ended(how)));
    log->write(lost ? log_level::warning : log_level::info, lost ? "component lost its session" : "component left",
               {{"component", name}, {"reason", to_string(how.reason)}, {"uri", how.uri}, {"detail", how.text}});
    if (on_leave)
        on_leave(how);
}

} // namespace junctor::client
