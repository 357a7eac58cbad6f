// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "connection.hpp"

#include <utility>

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

/// What the handshake announces: messages of any length are taken.
constexpr std::uint8_t length_nibble_max = 15;

} // namespace

void traffic::on_end(connection&)
{
    throw failure("the router has closed a connection");
}

connection::connection(std::size_t number, byte_stream stream, serializer format, buffer_pool& buffers)
    : number_{number},
      format_{format},
      buffers_{buffers},
      stream_{std::move(stream)},
      parser_{message_bytes_of_nibble(length_nibble_max), buffers}
{
    queue_.push_urgent(encode_handshake_request(length_nibble_max, format), buffers_);
}

void connection::flush()
{
    while (!queue_.empty()) {
        const auto parts = queue_.next();
        const auto count = stream_.write({parts.data(), parts.size()});
        if (count == byte_stream::would_block)
            return;
        queue_.written(static_cast<std::size_t>(count), buffers_);
        if (std::exchange(pong_is_late_, false))
            queue_.push_urgent(frame_type::pong, late_pong_.view(), buffers_);
    }
}

bool connection::read(traffic& what, std::span<std::byte> block)
{
    do {
        const auto count = stream_.read(block);
        if (count == byte_stream::would_block)
            return true;
        if (count == 0)
            return false;
        take(what, block.first(static_cast<std::size_t>(count)));
    } while (stream_.reads_ahead());
    return true;
}

void connection::take(traffic& what, byte_view input)
{
    if (!agreed_)
        take_handshake(what, input);
    if (!agreed_)
        return;
    for (;;) {
        const auto step = parser_.next(input);
        if (step.status == frame_status::failed)
            throw failure("what came is no frame: " + parser_.error().message());
        if (step.status == frame_status::need_more)
            break;
        if (step.type == frame_type::message)
            what.on_message(*this, step.payload);
        else if (step.type == frame_type::ping)
            answer_ping(step.payload);
    }
    parser_.recycle();
}

void connection::answer_ping(byte_view payload)
{
    if (!stream_.must_repeat())
        return queue_.push_urgent(frame_type::pong, payload, buffers_);
    late_pong_.clear();
    late_pong_.append(payload);
    pong_is_late_ = true;
}

void connection::take_handshake(traffic& what, byte_view& input)
{
    if (handshake_.read(input) == handshake_reader::status::need_more)
        return;
    const auto reply = decode_handshake_reply(handshake_.octets(), format_);
    if (!reply)
        throw failure("the router refused the handshake: " + reply.error().message());
    agreed_ = true;
    what.on_open(*this);
}

} // namespace junctor::bench
