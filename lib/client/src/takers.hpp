// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Subscriptions and registrations of a client's session: what their handles refer to.

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <junctor/client/core.hpp>
#include <junctor/client/handlers.hpp>
#include <junctor/client/session.hpp>

#include "one_time.hpp"
#include "running_call.hpp"

namespace junctor::client {

class session_state;

/// From SUBSCRIBE to UNSUBSCRIBED. Used on the thread of the session.
class subscription_state final : public event_taker, public std::enable_shared_from_this<subscription_state> {
public:
    subscription_state(session_state& by, std::string_view topic, event_handler handler);

    /// Sends SUBSCRIBE.
    void begin(const subscribe_options& how);

    static awaitable<subscription_id> confirmed(std::shared_ptr<subscription_state> self);
    static awaitable<void> unsubscribe(std::shared_ptr<subscription_state> self);

    void on_event(const event& m) override;
    void on_subscribed(subscription_id as) override;
    void on_refused(const error& refused) override;
    void on_end(std::string_view reason) override;

private:
    void end();
    void log_failure(session_state& by, const std::exception_ptr& failure) const;

    std::weak_ptr<session_state> by_;
    std::string topic_;
    event_handler handler_;
    one_time<subscription_id> confirmed_;
    one_time<bool> ended_;
    bool wanted_{true};
    subscription_id id_; ///< None while there is no subscription.
};

/// From REGISTER to UNREGISTERED. Used on the thread of the session.
class registration_state final : public invocation_taker, public std::enable_shared_from_this<registration_state> {
public:
    registration_state(session_state& by, std::string_view procedure, call_handler handler);

    /// Sends REGISTER.
    void begin(const register_options& how);

    static awaitable<registration_id> confirmed(std::shared_ptr<registration_state> self);
    static awaitable<void> unregister(std::shared_ptr<registration_state> self);

    void on_invocation(const invocation& m) override;
    void on_interrupt(const interrupt& m) override;
    void on_registered(registration_id as) override;
    void on_refused(const error& refused) override;
    void on_end(std::string_view reason) override;

private:
    void end();
    [[nodiscard]] std::shared_ptr<running_call> find(request_id request);

    std::weak_ptr<session_state> by_;
    std::string procedure_;
    call_handler handler_;
    one_time<registration_id> confirmed_;
    one_time<bool> ended_;
    bool wanted_{true};
    registration_id id_; ///< None while there is no registration.
    std::map<request_id, std::weak_ptr<running_call>> running_;
};

} // namespace junctor::client
