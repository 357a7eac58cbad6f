// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>
#include <exception>
#include <iostream>
#include <stdexcept>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "client.hpp"
#include "values.hpp"

namespace interop {

namespace {

using namespace junctor;

/// What a scenario works with.
struct scenario_run {
    boost::asio::io_context& io;
    const options& what;
    client::session session;

    [[nodiscard]] std::string uri(std::string_view name) const { return what.uri(name); }

    /// A topic that nobody else has.
    [[nodiscard]] std::string own_topic(std::string_view name) const
    {
        return uri(name) + '.' + std::to_string(session.id().number());
    }
};

/// `ERROR` of a call that must fail.
awaitable<application_error> error_of(awaitable<arguments> calling)
{
    try {
        static_cast<void>(co_await std::move(calling));
    } catch (const application_error& error) {
        co_return error;
    }
    throw std::runtime_error("the call succeeded");
}

awaitable<void> payloads(scenario_run& run)
{
    for (const auto& [name, content] : values_held_by(run.what.server)) {
        auto calling = run.session.call(run.uri("check"), name, content, kw("keyword", content));
        const auto result = co_await std::move(calling);
        expect(result.args, list{content}, name + " as result");
        expect(result.kwargs, dict{{"keyword", content}}, name + " as named result");
    }
}

awaitable<void> application_errors(scenario_run& run)
{
    const dict day{{"day", 24}};
    auto failing = error_of(run.session.call(run.uri("fail"), "Ananas", 3, kw("until", day)));
    const auto error = co_await std::move(failing);
    expect(error.uri(), "com.example.error.out_of_stock", "error");
    expect(error.args(), list{"Ananas", 3}, "arguments");
    expect(error.kwargs(), dict{{"until", day}}, "keyword arguments");
}

awaitable<void> progressive_results(scenario_run& run)
{
    list progress;
    client::call_options how;
    how.on_progress([&progress](int part) { progress.emplace_back(part); });
    auto calling = run.session.call_with<int>(how, run.uri("count"), 10);
    const auto result = co_await std::move(calling);
    expect(result, 10, "result");
    expect(progress, list{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "progress");
}

awaitable<void> prefix_registration(scenario_run& run)
{
    const auto procedure = run.uri("any.thing.at.all");
    const auto told = co_await run.session.call<std::string>(procedure);
    expect(told, procedure, "procedure");
}

awaitable<void> caller_identification(scenario_run& run)
{
    const auto hidden = co_await run.session.call<list>(run.uri("who"));
    expect(hidden, list{nullptr, nullptr}, "who does not disclose itself");
    client::call_options how;
    how.disclose_me();
    auto calling = run.session.call_with<list>(how, run.uri("who"));
    const auto disclosed = co_await std::move(calling);
    expect(disclosed, list{run.session.id().number(), "anonymous"}, "who discloses itself");
}

/// Clients of Node cannot be interrupted, so only others answer: with `cancel_mode::kill` that is waited for.
awaitable<void> canceling(scenario_run& run)
{
    const bool interruptible = run.what.server != "node";
    const auto name = std::to_string(run.session.id().number());
    boost::asio::cancellation_signal cancel;
    client::call_options how;
    how.cancel(interruptible ? cancel_mode::kill : cancel_mode::killnowait).on_progress([&](const arguments&) {
        cancel.emit(boost::asio::cancellation_type::terminal);
    });
    once<std::exception_ptr> ended(run.io);
    boost::asio::co_spawn(
        run.io, run.session.call_with(how, run.uri("wait"), name),
        boost::asio::bind_cancellation_slot(
            cancel.slot(), [&ended](const std::exception_ptr& failure, const arguments&) { ended.set(failure); }));
    auto ending = once<std::exception_ptr>::wait(ended);
    const auto failure = co_await std::move(ending);
    if (!failure)
        throw std::runtime_error("a canceled call succeeded");
    auto asking = run.session.call<bool>(run.uri("interrupted"), name);
    const auto interrupted = co_await std::move(asking);
    expect(interrupted, interruptible, "interrupted");
}

awaitable<void> events(scenario_run& run)
{
    const auto& sent = values_held_by(run.what.server);
    const auto topic = run.own_topic("answer");
    list received;
    list expected;
    once<bool> all_there(run.io);
    const auto note = [&](const arguments& content) {
        received.emplace_back(content.args);
        if (received.size() == sent.size())
            all_there.set(true);
    };
    const auto subscription = run.session.subscribe(topic, note);
    co_await subscription.confirmed();
    client::publish_options disclosed;
    disclosed.disclose_me();
    for (const auto& [name, content] : sent) {
        run.session.publish_with(disclosed, run.uri("question"), name, content, topic);
        expected.emplace_back(list{name, content, run.session.id().number()});
    }
    auto waiting = once<bool>::wait(all_there);
    static_cast<void>(co_await std::move(waiting));
    expect(received, expected, "events");
    co_await subscription.unsubscribe();
}

awaitable<void> prefix_subscription(scenario_run& run)
{
    const auto topic = run.own_topic("answer");
    once<std::string> heard(run.io);
    const auto subscription = run.session.subscribe(topic, [&heard](std::string of) { heard.set(std::move(of)); });
    co_await subscription.confirmed();
    run.session.publish(run.uri("heard.this.or.that"), topic);
    auto hearing = once<std::string>::wait(heard);
    const auto told = co_await std::move(hearing);
    expect(told, run.uri("heard.this.or.that"), "topic");
    co_await subscription.unsubscribe();
}

awaitable<void> event_retention(scenario_run& run)
{
    const auto topic = run.own_topic("retained");
    client::publish_options how;
    how.retain();
    auto publishing = run.session.publish_acknowledged(how, topic, "state");
    static_cast<void>(co_await std::move(publishing));
    auto asking = run.session.call<list>(run.uri("kept"), topic);
    const auto event = co_await std::move(asking);
    expect(event, list{"state", true}, "retained event");
}

struct scenario {
    const char* behaviour;
    awaitable<void> (*run)(scenario_run&);
};

constexpr auto scenarios = std::to_array<scenario>({
    {"every value arrives as it was sent", payloads},
    {"an error of the application keeps its URI, arguments and keyword arguments", application_errors},
    {"progressive results arrive in order before the result", progressive_results},
    {"a prefix registration is told the procedure", prefix_registration},
    {"a caller is disclosed if it asks for it, and only then", caller_identification},
    {"a call that is canceled interrupts its callee, if that can be, and the session lives on", canceling},
    {"every value arrives in events both ways, with their publisher disclosed", events},
    {"a prefix subscription is told the topic", prefix_subscription},
    {"a retained event comes to who asks for it", event_retention},
});

awaitable<void> run_one(boost::asio::io_context& io, const options& what, const scenario& which)
{
    const client::join_options how(what.realm);
    auto joining = client::session::join(io, what.router(), how);
    const auto session = co_await std::move(joining);
    scenario_run run{io, what, session};
    std::exception_ptr failure;
    try {
        co_await which.run(run);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await session.leave();
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace

bool use(boost::asio::io_context& io, const options& what)
{
    bool all_well = true;
    for (const auto& each : scenarios) {
        std::exception_ptr failure;
        boost::asio::co_spawn(io, run_one(io, what, each),
                              [&failure](const std::exception_ptr& thrown) { failure = thrown; });
        io.restart();
        io.run();
        try {
            if (failure)
                std::rethrow_exception(failure);
            std::cout << "ok " << each.behaviour << std::endl;
        } catch (const std::exception& error) {
            all_well = false;
            std::cout << "not ok " << each.behaviour << ": " << error.what() << std::endl;
        }
    }
    return all_well;
}

} // namespace interop
