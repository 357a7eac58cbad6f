// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/bytes.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace junctor {

namespace {
constexpr std::size_t first_capacity = 128;
}

std::byte* byte_buffer::insert(std::size_t offset, std::size_t count)
{
    const auto behind = size_ - offset;
    extend(count);
    std::memmove(data_ + offset + count, data_ + offset, behind);
    return data_ + offset;
}

void byte_buffer::consume(std::size_t count) noexcept
{
    size_ -= count;
    if (size_ != 0)
        std::memmove(data_, data_ + count, size_);
}

void byte_buffer::release() noexcept
{
    std::free(std::exchange(data_, nullptr));
    size_ = 0;
    capacity_ = 0;
}

void byte_buffer::grow(std::size_t count)
{
    const auto wanted = std::max({size_ + count, capacity_ * 2, first_capacity});
    auto* const moved = static_cast<std::byte*>(std::realloc(data_, wanted));
    if (moved == nullptr)
        throw std::bad_alloc();
    data_ = moved;
    capacity_ = wanted;
}

} // namespace junctor
