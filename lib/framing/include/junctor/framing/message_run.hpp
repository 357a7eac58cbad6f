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

namespace junctor {

/// A row of messages in one serializer, each behind the header of a RawSocket frame, so that a connection of that kind
/// writes a run as it stands; any other walks it.
///
/// It is filled by one thread, then handed over as `shared_run`; from then on until the last reference but the filler's
/// is gone, nobody changes it. References may be dropped on any thread.
class message_run {
public:
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

    /// Everything, with the headers.
    [[nodiscard]] byte_view bytes() const noexcept { return bytes_.view(); }

    [[nodiscard]] std::size_t message_count() const noexcept { return count_; }

    /// The length of the longest message.
    [[nodiscard]] std::size_t longest_message() const noexcept { return longest_; }

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return bytes_.capacity(); }

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
    void clear() noexcept
    {
        bytes_.clear();
        count_ = 0;
        longest_ = 0;
    }

    /// Whether there is exactly one reference to it.
    [[nodiscard]] bool unshared() const noexcept { return references_.load(std::memory_order_acquire) == 1; }

private:
    friend void intrusive_ptr_add_ref(const message_run* run) noexcept
    {
        run->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(const message_run* run) noexcept
    {
        if (run->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete run;
    }

    byte_buffer bytes_;
    std::size_t open_{0};
    std::size_t count_{0};
    std::size_t longest_{0};
    mutable std::atomic<std::uint32_t> references_{0};
};

/// A run that is complete, for any number of holders.
using shared_run = boost::intrusive_ptr<const message_run>;

} // namespace junctor
