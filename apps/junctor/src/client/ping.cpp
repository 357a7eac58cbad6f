// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "text.hpp"
#include "works.hpp"

namespace junctor::cli {
namespace {

using clock = std::chrono::steady_clock;
using fractional_ms = std::chrono::duration<double, std::milli>;

/// The longest that an answer is waited for, unless told otherwise.
constexpr std::chrono::milliseconds answer_timeout{std::chrono::seconds{10}};

/// What was measured.
struct round_trips {
    std::uint64_t sent{0};
    std::uint64_t answered{0};
    fractional_ms least{0};
    fractional_ms most{0};
    fractional_ms sum{0};

    void add(fractional_ms time)
    {
        least = answered == 0 ? time : std::min(least, time);
        most = std::max(most, time);
        sum += time;
        ++answered;
    }
};

void print_time(const client_run& run, const round_trips& all, fractional_ms time)
{
    if (run.what().json)
        print_line(to_json(dict{{"seq", all.sent}, {"ms", time.count()}}));
    else
        print_line(fmt::format("answer from {}: seq={} time={:.3f} ms", run.router(), all.sent, time.count()));
}

void print_summary(const client_run& run, const round_trips& all)
{
    const auto average = all.answered == 0 ? 0 : all.sum.count() / static_cast<double>(all.answered);
    if (run.what().json)
        return print_line(to_json(dict{{"sent", all.sent},
                                       {"answered", all.answered},
                                       {"min_ms", all.least.count()},
                                       {"avg_ms", average},
                                       {"max_ms", all.most.count()}}));
    auto line = fmt::format("{} sent, {} answers", all.sent, all.answered);
    if (all.answered != 0)
        line += fmt::format("; min/avg/max = {:.3f}/{:.3f}/{:.3f} ms", all.least.count(), average, all.most.count());
    print_line(line);
}

/// A call of a procedure that every router has. It does not matter what is answered, as long as anything is.
awaitable<void> call_and_wait(client::session session, std::chrono::milliseconds limit)
{
    client::call_options how;
    how.timeout(limit);
    try {
        auto calling = session.call_with(how, "wamp.session.count");
        static_cast<void>(co_await std::move(calling));
    } catch (const application_error& error) {
        if (exit_code_of(error.uri()) == exit_timeout)
            throw;
    }
}

awaitable<void> ping_and_wait(client::session session, std::chrono::milliseconds limit)
{
    auto pinging = session.ping(limit);
    co_await std::move(pinging);
}

awaitable<void> go_and_come(const client_run& run, client::session session)
{
    const auto limit = run.what().timeout.value_or(answer_timeout);
    if (run.what().by_call)
        return call_and_wait(std::move(session), limit);
    return ping_and_wait(std::move(session), limit);
}

/// One round trip.
awaitable<void> measure(client_run& run, client::session session, round_trips& all)
{
    ++all.sent;
    const auto begin = clock::now();
    try {
        auto going = go_and_come(run, session);
        co_await std::move(going);
    } catch (const application_error& error) {
        if (exit_code_of(error.uri()) != exit_timeout)
            throw;
        print_line(fmt::format("no answer from {}: seq={}", run.router(), all.sent));
        co_return;
    }
    const fractional_ms time = clock::now() - begin;
    all.add(time);
    print_time(run, all, time);
}

awaitable<void> measure_all(client_run& run, client::session session, round_trips& all)
{
    boost::asio::basic_waitable_timer<clock> timer(run.io());
    for (;;) {
        auto measuring = measure(run, session, all);
        co_await std::move(measuring);
        if (run.what().count && all.sent >= *run.what().count)
            break;
        timer.expires_after(run.what().interval);
        auto waiting = timer.async_wait(boost::asio::deferred);
        co_await std::move(waiting);
    }
}

} // namespace

awaitable<void> measure_round_trips(client_run& run, client::session session)
{
    round_trips all;
    if (!run.what().json)
        print_line(fmt::format("PING {} realm {}: round trips of {}", run.router(), session.realm(),
                               run.what().by_call ? "wamp.session.count" : "PING and PONG"));
    try {
        auto measuring = measure_all(run, session, all);
        co_await std::move(measuring);
    } catch (const boost::system::system_error&) {
        if (!run.stopping())
            throw;
    }
    print_summary(run, all);
    if (all.answered == 0 && !run.stopping())
        throw interrupted(exit_timeout);
}

} // namespace junctor::cli
