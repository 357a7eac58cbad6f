// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A component while it runs: from one session to the next.

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <junctor/client/component.hpp>

#include "one_time.hpp"

namespace junctor::client {

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

/// A router that a component may join.
struct known_router {
    connector way;
    bool has_refused{false}; ///< For a reason that does not pass by itself.
};

/// What went wrong, for people and as it was thrown.
struct component_failure {
    std::string text;
    std::exception_ptr thrown;

    component_failure() = default;
    explicit component_failure(std::exception_ptr what);
    component_failure(std::string told, std::exception_ptr what) : text{std::move(told)}, thrown{std::move(what)} {}

    explicit operator bool() const noexcept { return thrown != nullptr; }
};

/// A component while it runs. It keeps itself for so long.
class component_state : public std::enable_shared_from_this<component_state> {
public:
    component_state(boost::asio::io_context& context, std::string realm_name)
        : io{context}, realm{std::move(realm_name)}, name{realm}, end{context}, delay_{context}
    {
    }

    void begin();
    void stop();
    [[nodiscard]] bool joined() const noexcept { return session_.has_value(); }

    boost::asio::io_context& io;
    std::string realm;
    std::string name;
    std::vector<declared_procedure> procedures;
    std::vector<declared_topic> topics;
    std::function<awaitable<void>(session&)> on_join;
    std::function<void(const closing&)> on_leave;
    std::shared_ptr<const credentials> who;
    retry_policy retry;
    std::optional<std::chrono::milliseconds> join_timeout;
    log_sink* log{&silent_log()};
    std::vector<known_router> routers;
    one_time<component_end> end;

private:
    using clock = std::chrono::steady_clock;
    using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, executor>;

    static awaitable<component_end> run(std::shared_ptr<component_state> self);
    static awaitable<void> try_routers(component_state& self);
    static awaitable<void> try_router(component_state& self, std::size_t which);
    static awaitable<void> declare(component_state& self);
    static awaitable<void> serve(component_state& self);
    static awaitable<void> pause(component_state& self);
    void run_on_join(one_time<bool>& done);
    [[nodiscard]] std::chrono::milliseconds next_delay();
    void on_join_failed(known_router& router, const std::exception_ptr& failure);
    void on_session_end(const closing& how);
    [[nodiscard]] bool is_refused_by_all() const;

    std::optional<session> session_;
    std::size_t next_router_{0};
    int attempts_{0}; ///< Since there was a session.
    bool begun_{false};
    bool stopping_{false};
    component_failure failure_; ///< Of the latest attempt or session; empty if it ended as it was meant to.
    component_failure broken_;  ///< What `on_join` threw.
    timer delay_;
    boost::asio::cancellation_signal cancel_;
    boost::asio::cancellation_signal cancel_on_join_;
    std::minstd_rand random_{std::random_device()()};
};

} // namespace junctor::client
