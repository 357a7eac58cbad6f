// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "client_load.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <junctor/base/bytes.hpp>
#include <junctor/client/session.hpp>

#include "failure.hpp"
#include "numbered_argument.hpp"

namespace junctor::bench {
namespace {

constexpr auto procedure = "junctor.bench.echo";

nanoseconds now()
{
    const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<nanoseconds>(std::chrono::nanoseconds(since_boot).count());
}

template <class Connector>
client::connector way_by(const std::string& url, serializer format)
{
    auto way = Connector::from_url(url);
    if (!way)
        throw bad_options(fmt::format("{}: {}", url, way.error().text));
    way->serializer(format);
    return client::connector(std::move(*way));
}

client::connector way_to(const std::string& url, serializer format)
{
    return url.starts_with("ws") ? way_by<websocket_connector>(url, format) : way_by<rawsocket_connector>(url, format);
}

class client_load {
public:
    explicit client_load(const options& what) : what_{what}, measured_{what}, argument_{what.payload_bytes} {}

    outcome run();

private:
    static awaitable<client::session> join(client_load& self, std::size_t number, serializer format);
    static awaitable<void> serve(client_load& self);
    static awaitable<void> call_again_and_again(client_load& self, client::session caller, std::size_t sender);
    [[nodiscard]] std::string next_argument(message_number number) const;
    void on_end(const std::exception_ptr& failure);

    const options& what_;
    measurement measured_;
    numbered_argument argument_;
    boost::asio::io_context io_{1};
    std::size_t callers_{0}; ///< Coroutines that have not ended.
    std::uint64_t results_{0};
    std::exception_ptr failure_;
    bool done_{false};
};

awaitable<client::session> client_load::join(client_load& self, std::size_t number, serializer format)
{
    const auto& url = self.what_.urls[number % self.what_.urls.size()];
    const client::join_options how(self.what_.realms.front());
    auto joining = client::session::join(self.io_, way_to(url, format), how);
    auto joined = co_await std::move(joining);
    co_return joined;
}

/// All of it: joining, calling and leaving.
awaitable<void> client_load::serve(client_load& self)
{
    const auto callee = co_await join(self, 0, self.what_.receiver);
    const auto caller = co_await join(self, 1, self.what_.sender);
    const auto registered = callee.register_procedure(procedure, [](std::string argument) { return argument; });
    co_await registered.confirmed();
    self.measured_.begin(now());
    self.callers_ = self.what_.depth;
    for (std::size_t sender = 0; sender < self.what_.depth; ++sender)
        boost::asio::co_spawn(self.io_, call_again_and_again(self, caller, sender),
                              [&self](const std::exception_ptr& failure) { self.on_end(failure); });
    static_cast<void>(co_await caller.ended()); // By the last of those.
    if (callee.open())
        co_await callee.leave();
    self.done_ = true;
}

std::string client_load::next_argument(message_number number) const
{
    std::string text(argument_.text());
    std::array<std::byte, numbered_argument::digits> digits{};
    numbered_argument::write(digits, number);
    text.replace(0, digits.size(), as_text(digits));
    return text;
}

awaitable<void> client_load::call_again_and_again(client_load& self, client::session caller, std::size_t sender)
{
    message_number number{sender, 0};
    while (!self.failure_ && self.measured_.take()) {
        const auto began = now();
        auto calling = caller.call<std::string>(procedure, self.next_argument(number));
        const auto result = co_await std::move(calling);
        if (self.argument_.read(result) != number)
            throw failure("a result does not belong to its call");
        ++number.index;
        ++self.results_;
        self.measured_.arrived();
        self.measured_.took(now(), began);
        self.measured_.advance(now());
    }
    if (--self.callers_ == 0) {
        self.measured_.end(now());
        co_await caller.leave();
    }
}

void client_load::on_end(const std::exception_ptr& failure)
{
    if (!failure || failure_)
        return;
    failure_ = failure;
    io_.stop();
}

outcome client_load::run()
{
    boost::asio::co_spawn(io_, serve(*this), [this](const std::exception_ptr& failure) { on_end(failure); });
    for (auto before = results_; !done_ && !failure_; before = results_) {
        io_.run_for(patience);
        if (!done_ && !failure_ && results_ == before)
            throw failure(fmt::format("{} results did not come within {} s: lost", callers_, patience.count()));
    }
    if (failure_)
        std::rethrow_exception(failure_);
    return measured_.result();
}

} // namespace

outcome measure_client(const options& what)
{
    try {
        client_load load(what);
        return load.run();
    } catch (const failure&) {
        throw;
    } catch (const std::exception& error) {
        throw failure(error.what());
    }
}

} // namespace junctor::bench
