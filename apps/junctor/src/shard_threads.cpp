// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "shard_threads.hpp"

#include <optional>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace junctor {

std::vector<boost::asio::io_context*> shard_threads::for_router(std::size_t shards)
{
    std::vector<boost::asio::io_context*> all{&main_};
    while (all.size() < shards)
        all.push_back(others_.emplace_back(std::make_unique<boost::asio::io_context>(used_by_one_thread)).get());
    return all;
}

void shard_threads::start()
{
    running_ = others_.size();
    for (const auto& io : others_)
        threads_.emplace_back([this, &io = *io] { run(io); });
}

void shard_threads::run(boost::asio::io_context& io) noexcept
{
    io.run();
    boost::asio::post(main_, [this] { --running_; });
}

void shard_threads::finish(std::chrono::milliseconds bound)
{
    const auto until = std::chrono::steady_clock::now() + bound;
    // Sessions of other shards may need the main one until they have ended.
    auto working = std::optional(boost::asio::make_work_guard(main_));
    while (running_ != 0 && main_.run_one_until(until) != 0) {
    }
    working.reset();
    main_.run_until(until);
    stop();
}

void shard_threads::stop() noexcept
{
    for (const auto& io : others_)
        io->stop();
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

} // namespace junctor
