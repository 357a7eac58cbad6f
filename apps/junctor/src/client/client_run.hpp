// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One command that is a client of a router, from joining to its end.

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/arguments.hpp>
#include <junctor/base/log.hpp>
#include <junctor/client/component.hpp>
#include <junctor/client/connector.hpp>
#include <junctor/client/credentials.hpp>
#include <junctor/client/session.hpp>

#include "client/options.hpp"
#include "client/outcome.hpp"

namespace junctor::cli {

/// What all commands have in common: the way to the router, signals, and the end. Used by one thread.
class client_run {
public:
    /// What a command does in a session. It is canceled by signals and by `stop`; the session is left when it ends.
    using work = std::function<awaitable<void>(client_run&, client::session)>;

    /// Adds what a command registers or subscribes to, and throws `bad_usage` if that makes no sense.
    using declaration = std::function<void(client_run&, client::component&)>;

    /// Whether SIGINT and SIGTERM are the usual end of the command.
    enum class kind : std::uint8_t { single_request, until_stopped };

    /// `what` and `log` must outlive it. Throws `bad_usage`.
    client_run(const options& what, log_sink& log);

    /// Joins, works, leaves, and returns what to exit with; what went wrong has been told by then. To be called once.
    [[nodiscard]] exit_code run(const work& job, kind how);

    /// The same for what is there until SIGINT, SIGTERM or `stop`: a component. Whatever prevents its first session
    /// ends the command, since whoever mistypes something shall be told. Later on a session that is lost is joined
    /// again, if the options say so.
    [[nodiscard]] exit_code run(const declaration& declare);

    /// Ends the command: with `why` or, if that is null, as it should. Only the first time counts.
    void stop(std::exception_ptr why);
    [[nodiscard]] bool stopping() const noexcept { return stopping_; }

    /// Lets the command end with a timeout, if there is a time limit, unless it is done by then.
    void limit_time();

    /// Prints a line. What fails stops the command.
    void print(std::string_view line) noexcept;

    [[nodiscard]] const options& what() const noexcept { return what_; }

    /// The arguments of the command line.
    [[nodiscard]] const arguments& content() const noexcept { return content_; }
    [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
    [[nodiscard]] log_sink& log() noexcept { return log_; }
    [[nodiscard]] const std::string& router() const noexcept { return router_.name(); }

private:
    static awaitable<void> serve(client_run& self, const work& job);
    static awaitable<void> serve(client_run& self, const declaration& declare);
    exit_code run(awaitable<void> serving);
    [[nodiscard]] std::string realm() const;
    void on_component_joined(client::component& serving);
    void await_signal();
    void on_signal(int number);
    void on_end(const std::exception_ptr& failure);

    const options& what_;
    log_sink& log_;
    boost::asio::io_context io_{1};
    client::connector router_;
    std::shared_ptr<const client::credentials> who_;
    arguments content_;
    kind kind_{kind::single_request};
    boost::asio::signal_set signals_{io_};
    boost::asio::cancellation_signal cancel_;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock> limit_{io_};
    std::exception_ptr why_; ///< What the command failed for, or was stopped for; null if it ends as it should.
    bool stopping_{false};
};

} // namespace junctor::cli
