// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Makes compressed messages, or batches, of messages that wait to be written.

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/buffer_pool.hpp>
#include <junctor/framing/deflate.hpp>
#include <junctor/framing/frame_queue.hpp>
#include <junctor/framing/websocket.hpp>
#include <junctor/framing/websocket_parser.hpp>

namespace junctor {

/// Makes frames of a WebSocket of what stands in a queue, for peers that get messages in another form than that in
/// which they are queued. The queue is shared by threads and has the form of RawSocket, in which runs are not copied;
/// what is packed belongs to one thread. Messages that are taken together are one batch, as far as they are short.
/// Control frames are never compressed, and keep their place. Spec: RFC 7692; advanced profile, "Message Batching".
class message_packer {
public:
    /// `peer` tells how batches of text are separated, and must outlive the packer.
    message_packer(const websocket_subprotocol& subprotocol, const websocket_parser& peer) noexcept;
    message_packer(const message_packer&) = delete;
    message_packer& operator=(const message_packer&) = delete;

    /// Messages that are not short are compressed from now on, as `side` says. `shared` must outlive the packer.
    void compress(const deflate_side& side, int memory_level, deflate_contexts& shared);

    /// Masks every frame from now on by what `next` returns, which nobody must be able to foretell: for clients.
    void mask_by(std::function<websocket_mask()> next);

    /// Takes all bytes of `queue`, which go out as they are.
    void take_as_it_is(frame_queue& queue, buffer_pool& buffers);

    /// Takes frames from `queue`: not many more bytes than `limits::packed_bytes_at_once`.
    void take(frame_queue& queue, buffer_pool& buffers);

    /// Packs what was taken.
    void pack(buffer_pool& buffers);

    /// What goes over the wire.
    [[nodiscard]] frame_queue& packed() noexcept { return packed_; }

    /// Forgets everything.
    void clear(buffer_pool& buffers) noexcept;

private:
    void add_message(std::span<std::byte> message, buffer_pool& buffers);
    void end_batch(buffer_pool& buffers);
    void push_data(std::span<std::byte> payload, buffer_pool& buffers);
    void push_frame(websocket_opcode opcode, bool compressed, std::span<std::byte> payload, buffer_pool& buffers);

    websocket_opcode data_;
    websocket_batching batching_;
    const websocket_parser& peer_;
    std::optional<message_deflater> deflater_;
    std::function<websocket_mask()> next_mask_; ///< Empty: frames are not masked.
    byte_buffer taken_;                         ///< Frames in the form of RawSocket.
    byte_buffer batch_;                         ///< The one that has begun.
    frame_queue packed_;
};

} // namespace junctor
