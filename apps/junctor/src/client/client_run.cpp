// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "client_run.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <junctor/base/application_error.hpp>

#include "content.hpp"
#include "login.hpp"
#include "router_address.hpp"
#include "text.hpp"

namespace junctor::cli {
namespace {

using std::chrono::milliseconds;

/// Before a lost session is joined again: at first, and at most.
constexpr milliseconds first_pause{500};
constexpr milliseconds longest_pause{30'000};

/// What shells tell of a process that a signal has ended.
constexpr int signal_exit_base = 128;

/// Twice as long each time, and not the same for all clients of a router that went down.
milliseconds pause_after(int failures)
{
    constexpr int doublings_max = 6;
    const auto pause = std::min(first_pause * (1 << std::min(failures, doublings_max)), longest_pause);
    std::uniform_int_distribution<milliseconds::rep> around(pause.count() * 4 / 5, pause.count());
    std::minstd_rand random{std::random_device()()};
    return milliseconds(around(random));
}

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
    await_signal();
    boost::asio::co_spawn(
        io_.get_executor(), serve(*this, job),
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

bool client_run::may_retry() const noexcept
{
    return kind_ == kind::until_stopped && what_.retry && was_in_force_ && !stopping_;
}

/// From one session to the next, until one of them ends as it should. Only after a first one was all right is there
/// another try: whoever mistypes something shall be told.
awaitable<void> client_run::serve(client_run& self, const work& job)
{
    for (int failures = 0;; ++failures) {
        std::string lost;
        try {
            auto serving = serve_once(self, job);
            co_await std::move(serving);
            co_return;
        } catch (const client::session_ended& ended) {
            lost = ended.what();
            failures = 0;
            if (!self.may_retry())
                throw;
        } catch (const client::join_failed& failed) {
            lost = failed.what();
            if (!self.may_retry())
                throw;
        } catch (const application_error& refused) {
            lost = refused.what(); // The router may not have noticed yet that the session before is lost.
            if (!self.may_retry())
                throw;
        }
        self.log_.write(log_level::warning, "trying again", {{"router", self.router()}, {"cause", lost}});
        auto pausing = pause(self, failures);
        co_await std::move(pausing);
    }
}

awaitable<void> client_run::serve_once(client_run& self, const work& job)
{
    const auto& realm = self.what_.joining.realm;
    client::join_options how(realm.empty() ? choose_realm() : realm);
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

awaitable<void> client_run::pause(client_run& self, int failures)
{
    boost::asio::basic_waitable_timer<std::chrono::steady_clock> timer(self.io_);
    timer.expires_after(pause_after(failures));
    auto waiting = timer.async_wait(boost::asio::deferred);
    co_await std::move(waiting);
}

} // namespace junctor::cli
