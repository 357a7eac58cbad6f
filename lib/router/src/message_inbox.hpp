// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The messages of one connection, one after the other, over the batches in which they come.

#include <optional>
#include <span>

#include <junctor/message/decode.hpp>
#include <junctor/transport/channel.hpp>

namespace junctor {

/// Decodes what a channel brings. What was read but not taken yet stays: a session may end in the middle of a batch,
/// and the next one on the same connection begin there. Used on the thread of the channel, which must outlive it.
class message_inbox {
public:
    explicit message_inbox(channel& link) : link_{link}, decoder_{link.format()} {}

    [[nodiscard]] channel& link() noexcept { return link_; }

    /// The next message that has been read already, or nothing. Valid until the next call of any function.
    [[nodiscard]] std::optional<decoded<message>> poll()
    {
        if (unread_.empty())
            return std::nullopt;
        auto next = decoder_.decode(unread_.front());
        take(1);
        return next;
    }

    /// Decodes messages that have been read already into `to`, from the first one on, until it is full or one is no
    /// message; returns how many. They have not been taken by that. Valid until the next call of any function but
    /// `take`.
    [[nodiscard]] std::size_t look_ahead(std::span<message> to)
    {
        decoder_.recycle();
        return decoder_.decode(unread_, to);
    }

    /// Why the message after those that `look_ahead` has decoded is none; only if there was room for it.
    [[nodiscard]] const decode_failure& failure() const noexcept { return decoder_.failure(); }

    /// Whether anything has been read that has not been taken.
    [[nodiscard]] bool empty() const noexcept { return unread_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return unread_.size(); }

    /// Takes the first `count` messages.
    void take(std::size_t count) noexcept { unread_ = unread_.subspan(count); }

    /// Takes in what a read of the channel has brought, once all that was there before has been taken. Returns
    /// `close_reason::none`, or why there will be no more. Not a coroutine itself: it would cost each read a frame.
    [[nodiscard]] close_reason refill(const batch& read) noexcept
    {
        unread_ = read.messages();
        return read.reason();
    }

private:
    channel& link_;
    decoder decoder_;
    std::span<const byte_view> unread_;
};

} // namespace junctor
