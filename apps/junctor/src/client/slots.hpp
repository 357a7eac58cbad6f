// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A bound on how many do something at a time.

#include <chrono>
#include <cstddef>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>

namespace junctor::cli {

/// So many slots: whoever finds none free waits for its turn. Used on the thread of the io_context.
class slots {
public:
    slots(boost::asio::io_context& io, std::size_t count) : free_{count}, freed_{io}
    {
        freed_.expires_at(decltype(freed_)::time_point::max());
    }

    /// Who has a slot; it is given back at the end of this object.
    class taken {
    public:
        explicit taken(slots& from) noexcept : from_{from} { --from_.free_; }
        taken(const taken&) = delete;
        taken& operator=(const taken&) = delete;
        ~taken()
        {
            ++from_.free_;
            from_.freed_.cancel(); // All look whether it is theirs: one that is told alone may be gone.
        }

    private:
        slots& from_;
    };

    /// Completes when there is a free one, to be taken at once. Cancellation ends the waiting.
    static awaitable<void> wait(slots& self)
    {
        const auto token = boost::asio::as_tuple(boost::asio::deferred);
        while (self.free_ == 0) {
            auto waiting = self.freed_.async_wait(token);
            static_cast<void>(co_await std::move(waiting));
        }
    }

private:
    std::size_t free_;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock> freed_;
};

} // namespace junctor::cli
