// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/message_packer.hpp>

#include <algorithm>
#include <utility>

#include <boost/endian/conversion.hpp>

namespace junctor {

namespace {

/// Of the first octet of a frame.
constexpr std::byte type_bits{0x07};

/// The frames at the front of `frames` that begin before `position`.
byte_view frames_before(std::size_t position, byte_view frames) noexcept
{
    std::size_t end = 0;
    while (end < frames.size() && end < position)
        end += first_frame_bytes(frames.subspan(end));
    return frames.first(end);
}

std::span<std::byte> all_of(byte_buffer& buffer) noexcept
{
    return {buffer.data(), buffer.size()};
}

websocket_opcode control_opcode(frame_type type) noexcept
{
    if (type == frame_type::close)
        return websocket_opcode::close;
    return type == frame_type::ping ? websocket_opcode::ping : websocket_opcode::pong;
}

} // namespace

message_packer::message_packer(const websocket_subprotocol& subprotocol, const websocket_parser& peer) noexcept
    : data_{data_opcode(subprotocol.format)}, batching_{subprotocol.batching()}, peer_{peer}
{
}

void message_packer::compress(const deflate_side& side, int memory_level, deflate_contexts& shared)
{
    deflater_.emplace(side, memory_level, shared);
}

void message_packer::mask_by(std::function<websocket_mask()> next)
{
    next_mask_ = std::move(next);
}

void message_packer::take_as_it_is(frame_queue& queue, buffer_pool& buffers)
{
    while (!queue.empty()) {
        const auto bytes = queue.next().front();
        packed_.push_urgent(bytes, buffers);
        queue.written(bytes.size(), buffers);
    }
}

void message_packer::take(frame_queue& queue, buffer_pool& buffers)
{
    if (queue.empty())
        return;
    taken_ = buffers.take();
    for (const auto& piece : queue.next()) {
        const auto room = limits::packed_bytes_at_once - std::min(limits::packed_bytes_at_once, taken_.size());
        const auto frames = frames_before(room, piece);
        taken_.append(frames);
        if (frames.size() != piece.size())
            break;
    }
    queue.written(taken_.size(), buffers);
}

void message_packer::pack(buffer_pool& buffers)
{
    for (auto rest = all_of(taken_); !rest.empty();) {
        const auto frame = rest.first(first_frame_bytes(rest));
        const auto payload = frame.subspan(frame_header_bytes);
        rest = rest.subspan(frame.size());
        const auto type = static_cast<frame_type>(frame.front() & type_bits);
        if (type == frame_type::message) {
            add_message(payload, buffers);
            continue;
        }
        end_batch(buffers);
        push_frame(control_opcode(type), false, payload, buffers);
    }
    end_batch(buffers);
    buffers.give(taken_);
}

void message_packer::add_message(std::span<std::byte> message, buffer_pool& buffers)
{
    if (batching_ == websocket_batching::none) {
        push_data(message, buffers);
        return;
    }
    if (!batch_.empty() && batch_.size() + message.size() > limits::packed_bytes_at_once)
        end_batch(buffers);
    if (batch_.capacity() == 0)
        batch_ = buffers.take();
    if (batching_ == websocket_batching::separated) {
        batch_.append(message);
        batch_.push(peer_.separator());
        return;
    }
    auto* const prefix = reinterpret_cast<unsigned char*>(batch_.extend(sizeof(std::uint32_t)));
    boost::endian::store_big_u32(prefix, static_cast<std::uint32_t>(message.size()));
    batch_.append(message);
}

void message_packer::end_batch(buffer_pool& buffers)
{
    if (batch_.empty())
        return;
    push_data(all_of(batch_), buffers);
    buffers.give(batch_);
}

void message_packer::push_data(std::span<std::byte> payload, buffer_pool& buffers)
{
    if (!deflater_ || payload.size() < limits::compressed_message_bytes_min) {
        push_frame(data_, false, payload, buffers);
        return;
    }
    auto compressed = buffers.take();
    deflater_->deflate(payload, compressed);
    push_frame(data_, true, all_of(compressed), buffers);
    buffers.give(compressed);
}

/// Masks the payload where it stands, if frames are masked.
void message_packer::push_frame(websocket_opcode opcode, bool compressed, std::span<std::byte> payload,
                                buffer_pool& buffers)
{
    auto mask = next_mask_ ? std::optional(next_mask_()) : std::nullopt;
    websocket_header header(opcode, payload.size(), mask ? &*mask : nullptr);
    if (compressed)
        header.set_compressed();
    if (mask)
        apply_mask(payload, *mask);
    packed_.push_urgent(header.view(), buffers);
    packed_.push_urgent(payload, buffers);
}

void message_packer::clear(buffer_pool& buffers) noexcept
{
    packed_.clear(buffers);
    buffers.give(taken_);
    buffers.give(batch_);
}

} // namespace junctor
