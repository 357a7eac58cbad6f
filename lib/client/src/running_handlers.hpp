// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The handlers of a session that are coroutines, while they run.

#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <junctor/auth/awaitable.hpp>

namespace junctor::client {

/// A handler that runs, or will.
class running_handler
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual ~running_handler() = default;

    /// Lets it know that nobody waits for it any more: what it awaits is broken off.
    virtual void interrupt() { signal_.emit(boost::asio::cancellation_type::terminal); }

private:
    friend class running_handlers;

    boost::asio::cancellation_signal signal_;
};

/// All handlers of one session that run. Used on the thread of the session.
class running_handlers {
public:
    /// More than anybody has the memory for. Beyond it calls are refused, and events passed over.
    static constexpr std::size_t handlers_max = 10'000;

    explicit running_handlers(boost::asio::io_context& io) noexcept : io_{io} {}
    running_handlers(const running_handlers&) = delete;
    running_handlers& operator=(const running_handlers&) = delete;

    [[nodiscard]] bool full() const noexcept { return count_->value >= handlers_max; }

    /// Lets `work` run as `handler`. `done` gets what it threw, or null, and its result.
    template <class T, class Done>
    void start(const std::shared_ptr<running_handler>& handler, awaitable<T> work, Done done)
    {
        running_.push_back(*handler);
        ++count_->value;
        auto ended = [handler, count = count_, done = std::move(done)](const std::exception_ptr& failure,
                                                                       auto... result) mutable {
            handler->unlink();
            --count->value;
            done(failure, std::move(result)...);
        };
        boost::asio::co_spawn(io_.get_executor(), std::move(work),
                              boost::asio::bind_cancellation_slot(handler->signal_.slot(), std::move(ended)));
    }

    /// Interrupts all of them.
    void interrupt_all()
    {
        // One that is interrupted may start or end others.
        running_list interrupted;
        interrupted.swap(running_);
        while (!interrupted.empty()) {
            auto& handler = interrupted.front();
            interrupted.pop_front();
            running_.push_back(handler);
            handler.interrupt();
        }
    }

private:
    using running_list = boost::intrusive::list<running_handler, boost::intrusive::constant_time_size<false>>;
    struct counter {
        std::size_t value{0};
    };

    boost::asio::io_context& io_;
    running_list running_;
    std::shared_ptr<counter> count_{std::make_shared<counter>()}; ///< Handlers may end after the session has gone.
};

} // namespace junctor::client
