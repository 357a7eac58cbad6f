// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/shard_services.hpp>

#include <utility>

#include <junctor/base/limits.hpp>

namespace junctor {

read_block::read_block() : bytes_{new std::byte[capacity]} {}

shard_services::shard_services(boost::asio::io_context& io, sharing mode)
    : io_{io},
      mode_{mode},
      poller_{socket_poller::of(io)},
      deadlines_{io},
      buffers_{limits::pooled_buffers_max, limits::pooled_buffer_bytes_max, limits::pooled_bytes_max}
{
    read_blocks_.reserve(limits::pooled_read_blocks_max); // So that giving back never allocates.
}

std::unique_ptr<read_block> shard_services::take_read_block()
{
    if (read_blocks_.empty())
        return std::make_unique<read_block>();
    auto block = std::move(read_blocks_.back());
    read_blocks_.pop_back();
    return block;
}

void shard_services::give_read_block(std::unique_ptr<read_block> block) noexcept
{
    if (block == nullptr || read_blocks_.size() == limits::pooled_read_blocks_max)
        return;
    block->messages().clear();
    read_blocks_.push_back(std::move(block));
}

} // namespace junctor
