// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Messages that several peers get, encoded once and shared by all of them.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/framing/websocket.hpp>

namespace junctor {

/// How messages are framed. WebSocket has two forms of messages, one for each kind of serializer.
enum class frame_form : std::uint8_t { rawsocket, websocket_text, websocket_binary };

/// Frames that several queues hold, as the bytes that go over the wire. References may be dropped on any thread.
class framed_run {
public:
    framed_run() = default;
    framed_run(const framed_run&) = delete;
    framed_run& operator=(const framed_run&) = delete;
    virtual ~framed_run() = default;

    /// Everything, with the headers.
    [[nodiscard]] byte_view bytes() const noexcept { return bytes_.view(); }

    /// The length of the longest message.
    [[nodiscard]] std::size_t longest_message() const noexcept { return longest_; }

    /// Whether there is exactly one reference to it.
    [[nodiscard]] bool unshared() const noexcept { return references_.load(std::memory_order_acquire) == 1; }

protected:
    byte_buffer bytes_;
    std::size_t longest_{0};

private:
    friend void intrusive_ptr_add_ref(const framed_run* run) noexcept
    {
        run->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(const framed_run* run) noexcept
    {
        if (run->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete run;
    }

    mutable std::atomic<std::uint32_t> references_{0};
};

/// For any number of holders.
using shared_frames = boost::intrusive_ptr<const framed_run>;

/// A row of messages in one serializer, each behind the header of a RawSocket frame, so that a connection of that kind
/// writes a run as it stands. One of the WebSocket kind writes what `in_form` makes of it once for all of them; any
/// other walks it.
///
/// It is filled by one thread, then handed over as `shared_run`; from then on until the last reference but the filler's
/// is gone, nobody changes it.
class message_run final : public framed_run {
public:
    message_run() noexcept;
    ~message_run() override;

    /// Begins a message: append its bytes to the buffer, and finish with exactly one of `close_message` and
    /// `drop_message`.
    [[nodiscard]] byte_buffer& open_message()
    {
        const auto start = bytes_.size();
        bytes_.extend(frame_header_bytes);
        open_ = start;
        return bytes_;
    }

    /// Ends the open message, which must not be longer than 2^24 bytes.
    void close_message() noexcept
    {
        const auto length = open_view().size();
        const auto header = encode_frame_header(frame_type::message, length);
        std::copy(header.begin(), header.end(), bytes_.data() + open_);
        longest_ = std::max(longest_, length);
        ++count_;
    }

    /// Takes the open message back.
    void drop_message() noexcept { bytes_.truncate(open_); }

    /// The bytes of the open message so far.
    [[nodiscard]] byte_view open_view() const noexcept { return bytes_.view(open_ + frame_header_bytes); }

    /// The messages as frames of this form, which for one serializer is one of two. Valid as long as the run, and
    /// longer for who holds it. May be called by one thread at a time: whoever hands the run over to one peer after the
    /// other. Throws `std::bad_alloc`.
    [[nodiscard]] const framed_run& in_form(frame_form form) const
    {
        return form == frame_form::rawsocket ? static_cast<const framed_run&>(*this) : for_websocket(form);
    }

    [[nodiscard]] std::size_t message_count() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

    /// How much memory it keeps.
    [[nodiscard]] std::size_t capacity() const noexcept;

    /// Calls `visit(byte_view message)` for each message in order, until it returns false.
    template <class Visit>
    void for_each(Visit visit) const
    {
        for (auto rest = bytes(); !rest.empty();) {
            const auto frame = first_frame_bytes(rest);
            if (!visit(rest.first(frame).subspan(frame_header_bytes)))
                return;
            rest = rest.subspan(frame);
        }
    }

    /// Forgets the messages, but not the memory. Not while it is shared.
    void clear() noexcept;

private:
    class websocket_run;

    [[nodiscard]] const framed_run& for_websocket(frame_form form) const;

    std::size_t open_{0};
    std::size_t count_{0};
    mutable boost::intrusive_ptr<websocket_run> websocket_; ///< Empty, or null, until it is asked for.
};

/// A run that is complete, for any number of holders.
using shared_run = boost::intrusive_ptr<const message_run>;

/// The opcode of messages in a form of WebSocket.
[[nodiscard]] constexpr websocket_opcode data_opcode(frame_form form) noexcept
{
    return form == frame_form::websocket_text ? websocket_opcode::text : websocket_opcode::binary;
}

} // namespace junctor
