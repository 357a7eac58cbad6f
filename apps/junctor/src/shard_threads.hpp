// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The threads that run the shards of all routers of a node, and its containers.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace junctor {

/// One io_context that the main thread runs, which is the main shard of the first router, and others with a thread
/// each. Routers share none, so that they work at the same time. Used on the main thread; must outlive the routers, and
/// must not run when they are destroyed.
class shard_threads {
public:
    shard_threads() = default;
    shard_threads(const shard_threads&) = delete;
    shard_threads& operator=(const shard_threads&) = delete;

    /// Stops whatever still runs.
    ~shard_threads() { stop(); }

    [[nodiscard]] boost::asio::io_context& main() noexcept { return main_; }

    /// The io_contexts for the next router, which has so many shards; its main shard comes first. To be called before
    /// `start`.
    [[nodiscard]] std::vector<boost::asio::io_context*> for_router(std::size_t shards);

    /// The io_context of a container, which must have nothing left to do when `finish` is called. To be called before
    /// `start`.
    [[nodiscard]] boost::asio::io_context& for_container() { return add(true); }

    /// Starts the threads.
    void start();

    /// Runs the main io_context until no io_context has anything more to do, or for as long as `bound`; then stops all.
    /// To be called when all routers close, or have been told to on their main shards.
    void finish(std::chrono::milliseconds bound);

private:
    /// An io_context with a thread of its own.
    struct part {
        explicit part(bool leads) : leading{leads} {}

        bool leading; ///< The main shard of its router, which the others may need until they have ended.
        boost::asio::io_context io{used_by_one_thread};
        std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> kept_running;
    };

    boost::asio::io_context& add(bool leading);
    void run(part& one) noexcept;
    void run_main_while(const std::size_t& others, std::chrono::steady_clock::time_point until);
    void stop() noexcept;

    /// Sockets and timers are used on the thread of their io_context alone, so they need no locks; posting needs them.
    static constexpr int used_by_one_thread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;

    boost::asio::io_context main_{used_by_one_thread};
    bool main_taken_{false};
    std::vector<std::unique_ptr<part>> others_;
    std::vector<std::thread> threads_;

    // Threads that have not said yet that they are done.
    std::size_t leading_{0};
    std::size_t following_{0};
};

} // namespace junctor
