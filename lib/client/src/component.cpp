// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/component.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <random>
#include <stdexcept>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include "one_time.hpp"

namespace junctor::client {

namespace {

using clock = std::chrono::steady_clock;
using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, executor>;

struct declared_procedure {
    std::string uri;
    call_handler handler;
    register_options how;
};

struct declared_topic {
    std::string uri;
    event_handler handler;
    subscribe_options how;
};

std::string text_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    }
}

} // namespace

/// A component while it runs. It keeps itself for so long.
class component_state : public std::enable_shared_from_this<component_state> {
public:
    component_state(boost::asio::io_context& context, std::string realm_name)
        : io{context}, realm{std::move(realm_name)}, end{context}, delay_{context}
    {
    }

    void begin();
    void stop();
    [[nodiscard]] bool joined() const noexcept { return session_.has_value(); }

    boost::asio::io_context& io;
    std::string realm;
    std::vector<declared_procedure> procedures;
    std::vector<declared_topic> topics;
    std::function<awaitable<void>(session&)> on_join;
    std::function<void(const closing&)> on_leave;
    std::shared_ptr<const credentials> who;
    retry_policy retry;
    log_sink* log{&silent_log()};
    std::vector<connector> routers;
    one_time<component_end> end;

private:
    static awaitable<component_end> run(std::shared_ptr<component_state> self);
    static awaitable<void> try_routers(component_state& self);
    static awaitable<void> declare(component_state& self);
    static awaitable<void> serve(component_state& self);
    static awaitable<void> pause(component_state& self);
    void run_on_join(one_time<bool>& done);
    [[nodiscard]] std::chrono::milliseconds next_delay();
    void on_session_end(const closing& how);

    std::optional<session> session_;
    std::size_t next_router_{0};
    int attempts_{0}; ///< Since there was a session.
    bool begun_{false};
    bool stopping_{false};
    std::string failure_;               ///< Of the latest attempt.
    std::optional<std::string> broken_; ///< What `on_join` threw.
    timer delay_;
    boost::asio::cancellation_signal cancel_;
    boost::asio::cancellation_signal cancel_on_join_;
    std::minstd_rand random_{std::random_device()()};
};

void component_state::begin()
{
    if (std::exchange(begun_, true))
        return;
    boost::asio::post(io, [self = shared_from_this()] {
        boost::asio::co_spawn(self->io.get_executor(), run(self),
                              boost::asio::bind_cancellation_slot(
                                  self->cancel_.slot(), [self](const std::exception_ptr& failure, component_end how) {
                                      if (failure && !self->stopping_)
                                          how = {component_end::cause::failed, text_of(failure)};
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
                co_return component_end{component_end::cause::failed, *self->broken_};
            if (!self->stopping_ && self->failure_.empty())
                co_return component_end{component_end::cause::left, {}};
        }
        if (self->stopping_)
            break;
        if (self->retry.max_retries >= 0 && self->attempts_ > self->retry.max_retries)
            co_return component_end{component_end::cause::gave_up, self->failure_};
        co_await pause(*self);
    }
    co_return component_end{component_end::cause::stopped, {}};
}

/// Tries one router after the other until a session is joined, or all have been tried.
awaitable<void> component_state::try_routers(component_state& self)
{
    ++self.attempts_;
    for (std::size_t tried = 0; tried < self.routers.size() && !self.session_ && !self.stopping_; ++tried) {
        const auto& router = self.routers[self.next_router_];
        join_options how(self.realm);
        how.who = self.who;
        how.log = self.log;
        try {
            auto joining = session::join(self.io, router, how);
            self.session_ = co_await std::move(joining);
        } catch (const std::runtime_error& failed) {
            if (self.stopping_)
                throw;
            self.failure_ = failed.what();
            self.next_router_ = (self.next_router_ + 1) % self.routers.size();
        }
        if (!self.session_)
            self.log->write(log_level::warning, "component cannot join",
                            {{"realm", self.realm}, {"router", router.name()}, {"cause", self.failure_}});
    }
}

/// Waits before the next attempt.
awaitable<void> component_state::pause(component_state& self)
{
    const auto delay = self.next_delay();
    self.log->write(log_level::debug, "component waits",
                    {{"realm", self.realm}, {"milliseconds", static_cast<std::int64_t>(delay.count())}});
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

/// Registers and subscribes. Throws `application_error` if the router refuses any of it.
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
            throw std::runtime_error("cannot register " + self.procedures[i].uri + ": " + refused.what());
        }
    }
    for (std::size_t i = 0; i < subscriptions.size(); ++i) {
        try {
            static_cast<void>(co_await subscriptions[i].confirmed());
        } catch (const application_error& refused) {
            throw std::runtime_error("cannot subscribe to " + self.topics[i].uri + ": " + refused.what());
        }
    }
}

/// From the beginning of a session to its end. Afterwards `failure_` is empty if it ended as it was meant to.
awaitable<void> component_state::serve(component_state& self)
{
    self.failure_.clear();
    const auto& current = *self.session_;
    std::string refused;
    try {
        co_await declare(self);
    } catch (const session_ended&) {
        // How it ended is asked below.
    } catch (const std::runtime_error& failed) {
        refused = failed.what();
    }
    one_time<bool> done(self.io);
    if (!refused.empty()) {
        done.set(true);
        auto leaving = current.leave();
        co_await std::move(leaving);
    } else {
        self.attempts_ = 0;
        self.log->write(log_level::info, "component joined",
                        {{"realm", self.realm},
                         {"session", current.id().number()},
                         {"router", self.routers[self.next_router_].name()}});
        self.run_on_join(done);
    }
    auto ending = current.ended();
    const auto how = co_await std::move(ending);
    self.cancel_on_join_.emit(boost::asio::cancellation_type::terminal);
    auto finishing = one_time<bool>::wait(done);
    static_cast<void>(co_await std::move(finishing));
    self.session_.reset();
    self.on_session_end(how);
    if (!refused.empty()) {
        self.failure_ = refused;
        self.log->write(log_level::error, "component cannot serve", {{"realm", self.realm}, {"cause", refused}});
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
                    self->broken_ = text_of(failure);
                    self->log->write(log_level::error, "component failed",
                                     {{"realm", self->realm}, {"cause", *self->broken_}});
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
        failure_ = how.text.empty() ? std::string(to_string(how.reason)) : how.text;
    log->write(lost ? log_level::warning : log_level::info, lost ? "component lost its session" : "component left",
               {{"realm", realm}, {"reason", to_string(how.reason)}, {"uri", how.uri}, {"detail", how.text}});
    if (on_leave)
        on_leave(how);
}

// The component -------------------------------------------------------------------------------------------------------

component::component(boost::asio::io_context& io, std::string realm)
    : state_{std::make_shared<component_state>(io, std::move(realm))}
{
}

component::~component()
{
    stop();
}

component& component::add_procedure(std::string uri, call_handler handler, register_options how)
{
    state_->procedures.push_back({std::move(uri), std::move(handler), how});
    return *this;
}

component& component::add_topic(std::string uri, event_handler handler, subscribe_options how)
{
    state_->topics.push_back({std::move(uri), std::move(handler), how});
    return *this;
}

component& component::on_join(std::function<awaitable<void>(session&)> run)
{
    state_->on_join = std::move(run);
    return *this;
}

component& component::on_leave(std::function<void(const closing&)> tell)
{
    state_->on_leave = std::move(tell);
    return *this;
}

component& component::authenticate(std::shared_ptr<const credentials> who)
{
    state_->who = std::move(who);
    return *this;
}

component& component::retry(const retry_policy& when)
{
    state_->retry = when;
    return *this;
}

component& component::log(log_sink& to)
{
    state_->log = &to;
    return *this;
}

component& component::connect(connector to)
{
    state_->routers.push_back(std::move(to));
    state_->begin();
    return *this;
}

void component::stop()
{
    state_->stop();
}

bool component::joined() const noexcept
{
    return state_->joined();
}

namespace {

awaitable<component_end> end_of(std::shared_ptr<component_state> state)
{
    auto how = co_await one_time<component_end>::wait(state->end);
    co_return how;
}

} // namespace

awaitable<component_end> component::ended() const
{
    return end_of(state_);
}

} // namespace junctor::client
