// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "rawsocket_input.hpp"

#include <utility>

namespace junctor {

namespace {

/// Batches of so many bytes that may be kept over a wait are copied, so that they hold no block for large reads.
constexpr std::size_t copied_bytes_max = std::size_t{4} * 1024;

/// Frames of which more is missing are read in place. Reading the rest of any other together with what follows costs a
/// copy, but no system call.
constexpr std::size_t missing_bytes_max = 512;

} // namespace

/// A frame of which much is missing is read in place; everything else goes through a block, which is given back as soon
/// as possible, so that waiting connections hold none.
byte_view rawsocket_input::read(byte_stream& stream, bool kept)
{
    recycle();
    byte_view input;
    if (stream.plain() && parser_.missing() > missing_bytes_max) {
        const auto read = stream.read_split(parser_.room(), block_);
        parser_.filled(read.in_room);
        input = read.behind;
    } else {
        input = stream.read(block_);
    }
    if (!kept || input.size() > copied_bytes_max)
        return input;
    copied_.append(input);
    services_.give_read_block(std::move(block_));
    return copied_.view();
}

void rawsocket_input::recycle() noexcept
{
    parser_.recycle();
    if (block_ != nullptr)
        services_.give_read_block(std::move(block_));
    if (copied_.capacity() != 0)
        copied_.release();
}

/// The list of the messages of the batch, with the only one so far and `second`. It lies in a block.
std::vector<byte_view>& rawsocket_input::begin_list(byte_view second)
{
    if (block_ == nullptr)
        block_ = services_.take_read_block();
    auto& messages = block_->messages();
    messages.assign({single_message_, second});
    return messages;
}

} // namespace junctor
