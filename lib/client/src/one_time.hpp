// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Something that happens once and that any number of coroutines may wait for.

#include <exception>
#include <list>
#include <optional>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <junctor/auth/awaitable.hpp>

namespace junctor::client {

/// A `T`, or an exception, that will come once. Whoever waits is called in a later turn of the io_context. Used on its
/// thread.
template <class T>
class one_time {
public:
    explicit one_time(boost::asio::io_context& io) noexcept : io_{io} {}
    one_time(const one_time&) = delete;
    one_time& operator=(const one_time&) = delete;

    [[nodiscard]] bool happened() const noexcept { return failure_ != nullptr || content_.has_value(); }

    /// It is `content`. No effect if it has happened.
    void set(T content)
    {
        if (happened())
            return;
        content_.emplace(std::move(content));
        complete_all();
    }

    /// Whoever waits gets `failure` thrown. No effect if it has happened.
    void fail(std::exception_ptr failure)
    {
        if (happened())
            return;
        failure_ = std::move(failure);
        complete_all();
    }

    /// Destroys whoever waits: the program ends.
    void abandon() noexcept { const auto gone = std::exchange(waiting_, {}); }

    /// Completes with it. `self` must outlive the coroutine.
    static awaitable<T> wait(one_time& self)
    {
        if (!self.happened()) {
            auto waiting = boost::asio::async_initiate<const boost::asio::deferred_t, void(std::exception_ptr)>(
                [&self](auto done) { self.add(handler(std::move(done))); }, boost::asio::deferred);
            co_await std::move(waiting);
        }
        if (self.failure_)
            std::rethrow_exception(self.failure_);
        co_return *self.content_;
    }

private:
    using handler = boost::asio::any_completion_handler<void(std::exception_ptr)>;

    void add(handler done)
    {
        auto& added = waiting_.emplace_back(std::move(done));
        if (auto slot = boost::asio::get_associated_cancellation_slot(added); slot.is_connected())
            slot.assign([this, at = std::prev(waiting_.end())](boost::asio::cancellation_type) {
                auto canceled = std::move(*at);
                waiting_.erase(at);
                post(std::move(canceled),
                     std::make_exception_ptr(boost::system::system_error(boost::asio::error::operation_aborted)));
            });
    }

    void complete_all()
    {
        for (auto& each : std::exchange(waiting_, {})) {
            if (auto slot = boost::asio::get_associated_cancellation_slot(each); slot.is_connected())
                slot.clear();
            post(std::move(each), nullptr);
        }
    }

    void post(handler done, std::exception_ptr failure)
    {
        boost::asio::post(io_, [done = std::move(done), failure = std::move(failure)]() mutable {
            std::move(done)(std::move(failure));
        });
    }

    boost::asio::io_context& io_;
    std::optional<T> content_;
    std::exception_ptr failure_;
    std::list<handler> waiting_;
};

} // namespace junctor::client
