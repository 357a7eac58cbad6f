// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/connection.hpp>

#include <junctor/base/limits.hpp>

namespace junctor {

connection_ticket::connection_ticket(std::shared_ptr<std::atomic<std::size_t>> count, bool within_limit) noexcept
    : count_{std::move(count)}, within_limit_{within_limit}
{
}

connection_ticket& connection_ticket::operator=(connection_ticket&& other) noexcept
{
    std::swap(count_, other.count_);
    std::swap(within_limit_, other.within_limit_);
    return *this;
}

connection_ticket::~connection_ticket()
{
    if (count_)
        count_->fetch_sub(1, std::memory_order_relaxed);
}

connection_counter::connection_counter(std::size_t connections_max)
    : connections_max_{connections_max}, count_{std::make_shared<std::atomic<std::size_t>>(0)}
{
}

connection_ticket connection_counter::enter() noexcept
{
    const auto before = count_->fetch_add(1, std::memory_order_relaxed);
    return {count_, before < connections_max_};
}

} // namespace junctor
