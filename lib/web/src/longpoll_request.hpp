// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A request of a long-poll client, on its way from the shard that it came on to the main one, and back.

#include <memory>
#include <string>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/deadline.hpp>
#include <junctor/transport/http_message.hpp>

namespace junctor {

/// What was asked, and the answer. Shared by both shards: the one that asks goes on without the answer if it must, so
/// nothing here belongs to it.
class longpoll_request : public std::enable_shared_from_this<longpoll_request> {
public:
    /// `home` runs the shard that asks.
    longpoll_request(const http_request& asked, boost::asio::io_context& home)
        : below{asked.below}, body{asked.body}, facts{asked.facts}, home_{home}
    {
    }

    const std::string below; ///< What of the path follows that of the service.
    const std::string body;
    const transport_facts facts;

    /// Gives the answer. To be called once, on the main shard.
    void answer(http_response given);

    /// Completes with the answer of `request`, which is to be given from a later turn on. To be called on the shard
    /// that asks. Throws `boost::system::system_error` if it is cancelled before.
    [[nodiscard]] static awaitable<http_response> wait(std::shared_ptr<longpoll_request> request);

private:
    using timer =
        boost::asio::basic_waitable_timer<deadline::clock, boost::asio::wait_traits<deadline::clock>, executor>;

    boost::asio::io_context& home_;
    http_response answer_;
    bool answered_{false};    ///< Used on the shard that asks, as is what follows.
    timer* waiting_{nullptr}; ///< What is waited with; null while nobody waits.
};

} // namespace junctor
