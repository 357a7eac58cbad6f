// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "frame_input.hpp"

#include <utility>

namespace junctor {

namespace {

/// Batches of so many bytes that may be kept over a wait are copied, so that they hold no block for large reads.
constexpr std::size_t copied_bytes_max = std::size_t{4} * 1024;

} // namespace

message_input::~message_input()
{
    message_input::recycle();
}

std::span<std::byte> message_input::keep(std::span<std::byte> input, bool kept)
{
    if (!kept || input.size() > copied_bytes_max)
        return input;
    copied_.append(input);
    services_.give_read_block(std::move(block_));
    return {copied_.data(), copied_.size()};
}

std::span<std::byte> message_input::adopt(byte_buffer input) noexcept
{
    copied_ = std::move(input);
    return {copied_.data(), copied_.size()};
}

void message_input::recycle() noexcept
{
    if (block_ != nullptr)
        services_.give_read_block(std::move(block_));
    if (copied_.capacity() != 0)
        copied_.release();
}

std::vector<byte_view>& message_input::begin_list(byte_view second)
{
    if (block_ == nullptr)
        block_ = services_.take_read_block();
    auto& messages = block_->messages();
    messages.assign({single_message_, second});
    return messages;
}

} // namespace junctor
