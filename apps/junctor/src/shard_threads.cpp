// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "shard_threads.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace junctor {

std::vector<boost::asio::io_context*> shard_threads::for_router(std::size_t shards)
{
    std::vector<boost::asio::io_context*> all{std::exchange(main_taken_, true) ? &add(true) : &main_};
    while (all.size() < shards)
        all.push_back(&add(false));
    return all;
}

boost::asio::io_context& shard_threads::add(bool leading)
{
    auto& added = *others_.emplace_back(std::make_unique<part>(leading));
    if (leading)
        added.kept_running.emplace(boost::asio::make_work_guard(added.io));
    ++(leading ? leading_ : following_);
    return added.io;
}

void shard_threads::start()
{
    for (const auto& one : others_)
        threads_.emplace_back([this, &one = *one] { run(one); });
}

void shard_threads::run(part& one) noexcept
{
    one.io.run();
    boost::asio::post(main_, [this, leading = one.leading] { --(leading ? leading_ : following_); });
}

void shard_threads::finish(std::chrono::milliseconds bound)
{
    const auto until = std::chrono::steady_clock::now() + bound;
    auto working = std::optional(boost::asio::make_work_guard(main_));
    run_main_while(following_, until);
    for (const auto& one : others_)
        one->kept_running.reset();
    run_main_while(leading_, until);
    working.reset();
    main_.run_until(until);
    stop();
}

/// Runs the main io_context, which must not end by itself, while some of the `others` run.
void shard_threads::run_main_while(const std::size_t& others, std::chrono::steady_clock::time_point until)
{
    while (others != 0 && main_.run_one_until(until) != 0) {
    }
}

void shard_threads::stop() noexcept
{
    for (const auto& one : others_)
        one->io.stop();
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

} // namespace junctor
