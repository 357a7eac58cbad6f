// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "client_run.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <junctor/base/application_error.hpp>

#include "content.hpp"
#include "login.hpp"
#include "router_address.hpp"
#include "text.hpp"

namespace junctor::cli {
namespace {

/// What shells tell of a process that a signal has ended.
constexpr int signal_exit_base = 128;

} // namespace

client_run::client_run(const options& what, log_sink& log)
    : what_{what},
      log_{log},
      router_{make_connector(what.joining)},
      who_{make_credentials(what.joining)},
      content_{read_content(what.content)}
{
}

exit_code client_run::run(const work& job, kind how)
{
    kind_ = how;
    return run(serve(*this, job));
}

exit_code client_run::run(const declaration& declare)
{
    kind_ = kind::until_stopped;
    return run(serve(*this, declare));
}

exit_code client_run::run(awaitable<void> serving)
{
    await_signal();
    boost::asio::co_spawn(
        io_.get_executor(), std::move(serving),
        boost::asio::bind_cancellation_slot(cancel_.slot(), [this](const std::exception_ptr& e) { on_end(e); }));
    io_.run();
    return why_ ? tell(why_, what_.json ? error_form::json : error_form::text) : exit_ok;
}

void client_run::stop(std::exception_ptr why)
{
    if (std::exchange(stopping_, true))
        return;
    why_ = std::move(why);
    // In a turn of its own: whoever calls this may be called by what is canceled.
    boost::asio::post(io_, [this] { cancel_.emit(boost::asio::cancellation_type::terminal); });
}

void client_run::limit_time()
{
    if (!what_.timeout)
        return;
    limit_.expires_after(*what_.timeout);
    limit_.async_wait([this](boost::system::error_code error) {
        if (!error)
            stop(std::make_exception_ptr(interrupted(exit_timeout)));
    });
}

void client_run::print(std::string_view line) noexcept
{
    try {
        print_line(line);
    } catch (...) {
        stop(std::current_exception());
    }
}

// Signals and the end -------------------------------------------------------------------------------------------------

void client_run::await_signal()
{
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](boost::system::error_code error, int number) {
        if (!error)
            on_signal(number);
    });
}

void client_run::on_signal(int number)
{
    const auto code = static_cast<exit_code>(signal_exit_base + number);
    if (stopping_)
        std::_Exit(code); // The user does not want to wait for the router's GOODBYE.
    stop(kind_ == kind::until_stopped ? nullptr : std::make_exception_ptr(interrupted(code)));
    await_signal();
}

void client_run::on_end(const std::exception_ptr& failure)
{
    if (failure && !stopping_)
        why_ = failure;
    io_.stop(); // Nothing of what may still be under way, such as a look-up of a host, matters.
}

// Sessions ------------------------------------------------------------------------------------------------------------

std::string client_run::realm() const
{
    return what_.joining.realm.empty() ? choose_realm() : what_.joining.realm;
}

awaitable<void> client_run::serve(client_run& self, const work& job)
{
    client::join_options how(self.realm());
    how.who = self.who_;
    how.log = &self.log_;
    if (self.what_.timeout)
        how.timeout = *self.what_.timeout;
    auto joining = client::session::join(self.io_, self.router_, how);
    const auto session = co_await std::move(joining);
    std::exception_ptr failure;
    try {
        auto working = job(self, session);
        co_await std::move(working);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await boost::asio::this_coro::reset_cancellation_state(); // Leaving is not canceled with the work.
    self.limit_.cancel();
    if (session.open()) {
        auto leaving = session.leave();
        co_await std::move(leaving);
    }
    if (failure)
        std::rethrow_exception(failure);
}

awaitable<void> client_run::serve(client_run& self, const declaration& declare)
{
    client::component serving(self.io_, self.realm());
    client::retry_policy not_at_first;
    not_at_first.max_retries = 0;
    auto joined = [&self, &serving](client::session&) -> awaitable<void> {
        self.on_component_joined(serving);
        co_return;
    };
    serving.authenticate(self.who_).retry(not_at_first).on_join(joined).on_leave([&self](const client::closing& how) {
        if (!self.what_.retry && how.reason != close_reason::goodbye)
            self.stop(std::make_exception_ptr(client::session_ended(how)));
    });
    if (self.what_.timeout)
        serving.join_timeout(*self.what_.timeout);
    declare(self, serving);
    serving.connect(self.router_);
    std::exception_ptr failure;
    try {
        auto ending = serving.ended();
        const auto end = co_await std::move(ending);
        failure = end.failure;
    } catch (...) { // The command is to stop.
        failure = std::current_exception();
    }
    co_await boost::asio::this_coro::reset_cancellation_state(); // Leaving is not canceled with the rest.
    serving.stop();
    auto ending = serving.ended();
    static_cast<void>(co_await std::move(ending));
    if (failure)
        std::rethrow_exception(failure);
}

/// From now on the component comes back, and says what becomes of it: before, the command's own end is all that is to
/// be told.
void client_run::on_component_joined(client::component& serving)
{
    if (what_.retry)
        serving.retry(client::retry_policy()).log(log_);
}

} // namespace junctor::cli
