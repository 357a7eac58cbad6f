// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Queue of frames that wait to be written.

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/buffer_pool.hpp>
#include <junctor/framing/message_run.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/framing/websocket.hpp>

namespace junctor {

/// Frames on their way out, as the bytes that go over the wire. Messages are encoded in place behind a header that is
/// patched when they end; runs that are shared with other queues are kept by reference unless they are small. Urgent
/// bytes, such as a PONG, overtake all messages but the one of which a part is written already.
///
/// What waits can be bounded. The queue only tells whether something is within the bounds (`admits`): what to do about
/// it if not is up to those who queue.
///
/// An empty queue holds no memory: what it needs comes from the pool that each call brings, and goes back to one. Used
/// by one thread at a time, which need not always be the same.
class frame_queue {
public:
    /// Enough for a burst of runs; what does not fit comes with the next call.
    static constexpr std::size_t segments_max = 16;

    /// What is to be written next, in this order.
    using segments = boost::container::static_vector<byte_view, segments_max>;

    static constexpr auto unbounded = static_cast<std::size_t>(-1);

    /// At most `bytes_max` bytes shall wait, headers included.
    explicit frame_queue(std::size_t bytes_max = unbounded) noexcept : bytes_max_{bytes_max} {}

    /// No message shall be longer than `bytes`.
    void set_payload_bytes_max(std::size_t bytes) noexcept { payload_bytes_max_ = bytes; }

    /// How messages are framed; before the first of them.
    void set_form(frame_form form) noexcept
    {
        assert(bulk_.empty() && held_.empty());
        form_ = form;
        header_room_ = form == frame_form::rawsocket ? frame_header_bytes : websocket_header::bytes_max;
    }

    /// Masks the next frame of a WebSocket, and all that follow, by this. Whoever masks at all sets another mask, which
    /// nobody can foretell, before each of them.
    void set_mask(const websocket_mask& mask) noexcept { mask_ = mask; }

    [[nodiscard]] frame_form form() const noexcept { return form_; }

    /// Whether runs in this form are written as they stand, by reference or not.
    [[nodiscard]] bool takes_runs_whole() const noexcept { return !mask_; }

    /// The length of the frame for a payload.
    [[nodiscard]] std::size_t frame_bytes(std::size_t payload_bytes) const noexcept
    {
        if (form_ == frame_form::rawsocket) [[likely]]
            return frame_header_bytes + payload_bytes;
        return websocket_header_bytes(payload_bytes) + (mask_ ? mask_->size() : 0) + payload_bytes;
    }

    [[nodiscard]] std::size_t payload_bytes_max() const noexcept { return payload_bytes_max_; }
    [[nodiscard]] std::size_t bytes_max() const noexcept { return bytes_max_; }

    /// Whether frames of `bytes` in all, the longest payload of which has `payload_bytes`, are within the bounds.
    [[nodiscard]] bool admits(std::size_t payload_bytes, std::size_t bytes) const noexcept
    {
        return payload_bytes <= payload_bytes_max_ && size_ + bytes <= bytes_max_;
    }

    /// Begins a message: its payload is appended to the buffer. To be followed by exactly one `close` or `drop` before
    /// anything else is queued.
    [[nodiscard]] byte_buffer& open(buffer_pool& buffers)
    {
        assert(!message_open());
        prepare_bulk(buffers);
        const auto start = bulk_.size();
        bulk_.extend(header_room_);
        open_ = start;
        return bulk_;
    }

    /// `open`, if it takes nothing from the pool and needs no memory; otherwise null.
    [[nodiscard]] byte_buffer* open_at_once() noexcept
    {
        assert(!message_open());
        if (bulk_.capacity() - bulk_.size() < header_room_ || bulk_written_ >= cut_off_bytes)
            return nullptr;
        open_ = bulk_.size();
        bulk_.extend(header_room_);
        return &bulk_;
    }

    /// The payload of the open message.
    [[nodiscard]] byte_view open_payload() const noexcept { return bulk_.view(open_ + header_room_); }

    /// Ends the open message, which is at most 2^24 bytes long.
    void close() noexcept
    {
        assert(message_open());
        const auto payload_bytes = open_payload().size();
        if (form_ != frame_form::rawsocket) [[unlikely]] {
            close_websocket_message(payload_bytes);
            return;
        }
        const auto header = encode_frame_header(frame_type::message, payload_bytes);
        std::copy(header.begin(), header.end(), bulk_.data() + open_);
        size_ += header.size() + payload_bytes;
        open_ = none;
    }

    /// Ends the open message if it is within the bounds. If not, it is still open.
    [[nodiscard]] bool close_if_admitted() noexcept
    {
        const auto payload_bytes = open_payload().size();
        if (!admits(payload_bytes, frame_bytes(payload_bytes))) [[unlikely]]
            return false;
        close();
        return true;
    }

    /// Takes the open message back.
    void drop(buffer_pool& buffers) noexcept;

    /// Queues one message.
    void push(byte_view payload, buffer_pool& buffers);

    /// Queues all messages of `run`, which is in the form of this queue, if it takes runs whole. It is kept until it is
    /// written, unless it is so small that copying costs less.
    void push_run(const framed_run& run, buffer_pool& buffers);

    /// Queues whole frames, or bytes that come before all frames, ahead of the messages.
    void push_urgent(byte_view bytes, buffer_pool& buffers);

    /// Queues the Close frame of a WebSocket behind everything else.
    void push_close(websocket_close_code code, buffer_pool& buffers);

    /// Queues a whole PING or PONG ahead of the messages.
    void push_urgent(frame_type type, byte_view payload, buffer_pool& buffers);

    /// What is to be written next: all that waits, or as much as there are segments for. None of them is empty. Valid
    /// until the queue changes.
    [[nodiscard]] segments next() noexcept;

    /// Says that the first `count` bytes of `next()` are written.
    void written(std::size_t count, buffer_pool& buffers) noexcept;

    /// Bytes that wait, headers included, without the message that is open.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Forgets everything.
    void clear(buffer_pool& buffers) noexcept;

private:
    /// A run that is not copied, and where in `bulk_` it belongs: behind all bytes before `at`.
    struct held_run {
        shared_frames run;
        std::size_t at;
    };

    [[nodiscard]] bool message_open() const noexcept { return open_ != none; }
    [[nodiscard]] std::size_t bulk_end() const noexcept { return message_open() ? open_ : bulk_.size(); }
    [[nodiscard]] bool run_is_next() const noexcept
    {
        return first_held_ != held_.size() && held_[first_held_].at == bulk_written_;
    }
    void prepare_bulk(buffer_pool& buffers)
    {
        if (bulk_.capacity() == 0 || bulk_written_ >= cut_off_bytes) [[unlikely]]
            renew_bulk(buffers);
    }
    void renew_bulk(buffer_pool& buffers);
    void close_websocket_message(std::size_t payload_bytes) noexcept;
    void mask_payload(std::span<std::byte> payload) const noexcept;
    std::size_t append_frame(byte_buffer& to, frame_type type, byte_view payload) const;
    void find_boundary(std::size_t& boundary, byte_view frames, std::size_t position) const noexcept;
    [[nodiscard]] byte_view front() const noexcept;
    [[nodiscard]] std::size_t begun_bytes() noexcept;
    void add_messages(segments& to, std::size_t begun) const noexcept;
    void advance(std::size_t count) noexcept;
    void let_go_of_run() noexcept;
    void release_if_drained(buffer_pool& buffers) noexcept;
    void release(buffer_pool& buffers) noexcept;

    static constexpr auto none = static_cast<std::size_t>(-1);

    /// Written bytes are cut off once they are this many and more than half of the buffer: moving the rest stays cheap.
    static constexpr std::size_t cut_off_bytes = std::size_t{64} * 1024;

    frame_form form_{frame_form::rawsocket};
    std::optional<websocket_mask> mask_;
    std::size_t header_room_{frame_header_bytes}; ///< In front of a message that is being encoded.
    std::size_t payload_bytes_max_{unbounded};
    std::size_t bytes_max_;
    std::size_t size_{0};
    byte_buffer bulk_;   ///< Messages.
    byte_buffer urgent_; ///< What overtakes them.
    std::size_t bulk_written_{0};
    std::size_t urgent_written_{0};
    std::size_t boundary_{0}; ///< Where some frame in `bulk_` begins, or its end.
    std::size_t open_{none};  ///< Where the frame of the open message begins.

    boost::container::small_vector<held_run, 1> held_; ///< In order, from `first_held_` on; those before are written.
    std::size_t first_held_{0};
    std::size_t run_written_{0};  ///< Of the first held run.
    std::size_t run_boundary_{0}; ///< Where some frame in the first held run begins, or its end.
};

} // namespace junctor
