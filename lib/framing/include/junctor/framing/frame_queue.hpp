// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Queue of RawSocket frames that wait to be written.

#include <array>
#include <cstddef>
#include <span>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/buffer_pool.hpp>
#include <junctor/framing/rawsocket.hpp>

namespace junctor {

/// Frames on their way out, as the bytes that go over the wire. Messages are encoded in place behind a header that is
/// patched when they end. Urgent bytes, such as a PONG, overtake all messages but the one of which a part is written
/// already. An empty queue holds no memory. Used by one thread at a time; `buffers` must outlive it.
class frame_queue {
public:
    /// What is to be written next, in this order.
    using segments = std::array<byte_view, 3>;

    explicit frame_queue(buffer_pool& buffers) noexcept;
    frame_queue(const frame_queue&) = delete;
    frame_queue& operator=(const frame_queue&) = delete;
    ~frame_queue();

    /// Begins a message: its payload is appended to the buffer. To be followed by exactly one `close` or `drop` before
    /// any other call.
    [[nodiscard]] byte_buffer& open();

    /// The payload of the open message.
    [[nodiscard]] byte_view open_payload() const noexcept { return bulk_.view(open_ + frame_header_bytes); }

    /// Ends the open message, which is at most 2^24 bytes long.
    void close() noexcept;

    /// Takes the open message back.
    void drop() noexcept;

    /// Queues whole frames, or bytes that come before all frames, ahead of the messages.
    void push_urgent(byte_view bytes);

    /// Queues a whole PING or PONG ahead of the messages.
    void push_urgent(frame_type type, byte_view payload);

    /// What is to be written next; unused segments are empty. Valid until the queue changes.
    [[nodiscard]] segments next() noexcept;

    /// Says that the first `count` bytes of `next()` are written.
    void written(std::size_t count) noexcept;

    /// Bytes that wait, headers included, without the message that is open.
    [[nodiscard]] std::size_t size() const noexcept
    {
        return bulk_end() - bulk_written_ + urgent_.size() - urgent_written_;
    }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// Forgets everything.
    void clear() noexcept;

private:
    [[nodiscard]] bool message_open() const noexcept { return open_ != none; }
    [[nodiscard]] std::size_t bulk_end() const noexcept { return message_open() ? open_ : bulk_.size(); }
    void find_boundary() noexcept;
    void release_if_drained() noexcept;

    static constexpr auto none = static_cast<std::size_t>(-1);

    buffer_pool& buffers_;
    byte_buffer bulk_;   ///< Messages.
    byte_buffer urgent_; ///< What overtakes them.
    std::size_t bulk_written_{0};
    std::size_t urgent_written_{0};
    std::size_t boundary_{0}; ///< Where some frame in `bulk_` begins, or its end.
    std::size_t open_{none};  ///< Where the frame of the open message begins.
};

} // namespace junctor
