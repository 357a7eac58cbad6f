// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/buffer_pool.hpp>

#include <utility>

namespace junctor {

buffer_pool::buffer_pool(std::size_t buffers_max, std::size_t buffer_bytes_max, std::size_t bytes_max)
    : buffers_max_{buffers_max}, buffer_bytes_max_{buffer_bytes_max}, bytes_max_{bytes_max}
{
    buffers_.reserve(buffers_max_); // So that giving back never allocates.
}

byte_buffer buffer_pool::take() noexcept
{
    if (buffers_.empty())
        return {};
    auto buffer = std::move(buffers_.back());
    buffers_.pop_back();
    bytes_ -= buffer.capacity();
    return buffer;
}

void buffer_pool::give(byte_buffer& buffer) noexcept
{
    if (buffer.capacity() == 0)
        return;
    if (buffers_.size() == buffers_max_ || buffer.capacity() > buffer_bytes_max_ ||
        buffer.capacity() > bytes_max_ - bytes_) {
        buffer.release();
        return;
    }
    buffer.clear();
    bytes_ += buffer.capacity();
    buffers_.push_back(std::move(buffer));
}

} // namespace junctor
