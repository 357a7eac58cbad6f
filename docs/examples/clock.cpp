// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A time service: says what time it is to who asks, and every second to who listens.
//
//     clock <URL of a router, such as rs://127.0.0.1:8081>

#include <chrono>
#include <ctime>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <junctor/component.hpp>

junctor::awaitable<void> tick(junctor::client::session& session)
{
    boost::asio::steady_timer second(co_await boost::asio::this_coro::executor);
    for (;;) {
        session.publish("com.example.clock.tick", std::time(nullptr));
        second.expires_after(std::chrono::seconds(1));
        co_await second.async_wait(boost::asio::deferred);
    }
}

int main(int argc, char** argv)
{
    boost::asio::io_context io;
    junctor::component clock(io, "realm1");
    clock.procedure("com.example.clock.now", [] { return std::time(nullptr); })
        .on_join(tick)
        .connect(junctor::rawsocket_connector::from_url(argc > 1 ? argv[1] : "rs://127.0.0.1:8081").value());

    boost::asio::signal_set stop(io, SIGINT, SIGTERM);
    stop.async_wait([&](auto, int) { clock.stop(); });
    io.run();
}
