// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The threads that run the shards of all routers of a node.

#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace junctor {

/// One io_context that the main thread runs and that is the main shard of every router, and others with a thread each.
/// Used on the main thread; must outlive the routers, and must not run when they are destroyed.
class shard_threads {
public:
    shard_threads() = default;
    shard_threads(const shard_threads&) = delete;
    shard_threads& operator=(const shard_threads&) = delete;

    /// Stops whatever still runs.
    ~shard_threads() { stop(); }

    [[nodiscard]] boost::asio::io_context& main() noexcept { return main_; }

    /// The io_contexts for a router with so many shards: the main one, and new ones. To be called before `start`.
    [[nodiscard]] std::vector<boost::asio::io_context*> for_router(std::size_t shards);

    /// Starts the threads; each ends when its io_context has nothing more to do.
    void start();

    /// Runs the main io_context until no io_context has anything more to do, or for as long as `bound`; then stops all.
    void finish(std::chrono::milliseconds bound);

private:
    void run(boost::asio::io_context& io) noexcept;
    void stop() noexcept;

    /// Sockets and timers are used on the thread of their io_context alone, so they need no locks; posting needs them.
    static constexpr int used_by_one_thread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;

    boost::asio::io_context main_{used_by_one_thread};
    std::vector<std::unique_ptr<boost::asio::io_context>> others_;
    std::vector<std::thread> threads_;
    std::size_t running_{0}; ///< Threads that have not said yet that they are done.
};

} // namespace junctor
