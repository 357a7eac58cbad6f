// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>
#include <iostream>
#include <map>
#include <stdexcept>

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "client.hpp"
#include "values.hpp"

namespace interop {

namespace {

using namespace junctor;
using client::incoming_call;
using client::incoming_event;

/// The text at that place of the arguments of a call or an event. Throws if there is none.
std::string text_at(const list& args, std::size_t index)
{
    const auto text = value_to<std::string>(args.at(index));
    return text.value();
}

arguments check(const arguments& content)
{
    const auto& expected = value_named(text_at(content.args, 0));
    expect(content.args.at(1), expected, "argument");
    const auto* const keyword = content.kwargs.find("keyword");
    expect(keyword != nullptr ? *keyword : value("none"), expected, "keyword argument");
    return make_arguments(expected, kw("keyword", expected));
}

arguments fail(arguments content)
{
    throw application_error("com.example.error.out_of_stock", content.args, content.kwargs);
}

int count(const incoming_call& call, int n)
{
    for (int i = 0; i < n; ++i)
        call.progress(i);
    return n;
}

list who(const incoming_call& call)
{
    const auto role = call.caller_authrole();
    return {call.caller() ? value(call.caller()->number()) : value(), role.empty() ? value() : value(role)};
}

/// What needs the session or has something to remember.
class server {
public:
    server(boost::asio::io_context& io, const options& what);

    /// Completes when the component has ended.
    static awaitable<void> run(server& self);

private:
    void answer_question(const incoming_event& event) const;
    static awaitable<list> kept(server& self, std::string topic);
    static awaitable<void> wait(server& self, incoming_call call, std::string name);
    static awaitable<bool> told_of(server& self, std::string name);
    static awaitable<void> joined(server& self, client::session session);

    boost::asio::io_context& io_;
    client::component serving_;
    std::optional<client::session> session_;
    std::map<std::string, once<bool>> interrupted_; ///< By the names that waiting calls have.
    boost::asio::posix::stream_descriptor input_;
};

server::server(boost::asio::io_context& io, const options& what)
    : io_{io}, serving_{io, what.realm}, input_{io, ::dup(STDIN_FILENO)}
{
    serving_.procedure(what.uri("check"), check)
        .procedure(what.uri("fail"), fail)
        .procedure(what.uri("count"), count)
        .procedure(what.uri("who"), who)
        .procedure(what.uri("kept"), [this](std::string topic) { return kept(*this, std::move(topic)); })
        .procedure(what.uri("wait"), [this](incoming_call call,
                                            std::string name) { return wait(*this, std::move(call), std::move(name)); })
        .procedure(what.uri("interrupted"), [this](std::string name) { return told_of(*this, std::move(name)); })
        .procedure(
            what.uri("any."), [](const incoming_call& call) { return call.procedure(); },
            client::register_options().match(match_policy::prefix))
        .topic(what.uri("question"), [this](const incoming_event& event) { answer_question(event); })
        .topic(
            what.uri("heard."),
            [this](const incoming_event& event, const std::string& to) { session_->publish(to, event.topic); },
            client::subscribe_options().match(match_policy::prefix))
        .on_join([this](client::session& session) { return joined(*this, session); })
        .connect(what.router());
}

void server::answer_question(const incoming_event& event) const
{
    const auto name = text_at(event.content.args, 0);
    expect(event.content.args.at(1), value_named(name), name + " in an event");
    session_->publish(text_at(event.content.args, 2), name, value_named(name),
                      event.publisher ? value(event.publisher->number()) : value());
}

/// The retained event of a topic.
awaitable<list> server::kept(server& self, std::string topic)
{
    once<list> came(self.io_);
    const auto take = [&came](const incoming_event& event, const value& content) {
        came.set(list{content, event.retained});
    };
    client::subscribe_options how;
    how.get_retained();
    const auto subscription = self.session_->subscribe(topic, take, how);
    auto coming = once<list>::wait(came);
    auto event = co_await std::move(coming);
    co_await subscription.unsubscribe();
    co_return event;
}

/// Answers only if it is interrupted.
awaitable<void> server::wait(server& self, incoming_call call, std::string name)
{
    auto& interrupted = self.interrupted_.try_emplace(name, self.io_).first->second;
    call.progress("waiting");
    boost::asio::steady_timer timer(self.io_, std::chrono::hours(1));
    try {
        co_await timer.async_wait(boost::asio::deferred);
    } catch (const boost::system::system_error&) {
        interrupted.set(true);
        throw;
    }
}

/// Whether the call was interrupted. The coroutine that waits in it may not have been told yet.
awaitable<bool> server::told_of(server& self, std::string name)
{
    auto telling = once<bool>::wait(self.interrupted_.at(name));
    const auto interrupted = co_await std::move(telling);
    co_return interrupted;
}

awaitable<void> server::joined(server& self, client::session session)
{
    self.session_ = session;
    std::cout << "ready" << std::endl;
    std::array<char, 64> octets{};
    boost::system::error_code error;
    while (!error) {
        const auto token = boost::asio::as_tuple(boost::asio::deferred);
        auto reading = self.input_.async_read_some(boost::asio::buffer(octets), token);
        const auto outcome = co_await std::move(reading);
        error = std::get<0>(outcome);
    }
    self.serving_.stop();
}

awaitable<void> server::run(server& self)
{
    auto ending = self.serving_.ended();
    const auto end = co_await std::move(ending);
    if (end.failure)
        std::rethrow_exception(end.failure);
}

} // namespace

void serve(boost::asio::io_context& io, const options& what)
{
    server serving(io, what);
    std::exception_ptr failure;
    boost::asio::co_spawn(io, server::run(serving), [&failure](const std::exception_ptr& thrown) { failure = thrown; });
    io.run();
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace interop
