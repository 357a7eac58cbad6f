// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Runs coroutines of clients to their end, and no longer than a test may take.

#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>

#include "support/catch.hpp"

namespace junctor::test {

/// Runs `body` on `io` until it is done, and throws what it throws. What else runs on `io` goes on meanwhile, and waits
/// afterwards.
inline void run(boost::asio::io_context& io, awaitable<void> body)
{
    bool done = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(io.get_executor(), std::move(body), [&](const std::exception_ptr& thrown) {
        done = true;
        failure = thrown;
    });
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    io.restart();
    while (!done && std::chrono::steady_clock::now() < give_up)
        io.run_one_for(std::chrono::seconds(1));
    REQUIRE(done);
    if (failure)
        std::rethrow_exception(failure);
}

/// The same on an io_context that `body` gets, and which goes afterwards with all that still waits there.
template <class Body>
void run(Body body)
{
    boost::asio::io_context io;
    run(io, body(io));
}

} // namespace junctor::test
