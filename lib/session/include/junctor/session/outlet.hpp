// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where the messages for one peer go: the border between what WAMP decides and what carries bytes.

#include <cstdint>

#include <junctor/base/bytes.hpp>
#include <junctor/base/value.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/framing/frame_queue.hpp>
#include <junctor/framing/message_run.hpp>

namespace junctor {

/// What became of a message that was handed to an outlet.
enum class delivery : std::uint8_t {
    queued,          ///< It will be written, in order, unless the connection ends first.
    too_large,       ///< Longer than the peer accepts; nothing was queued, the connection lives on.
    refused,         ///< The queue is at its limit or the connection is ending; nothing was queued.
    not_expressible, ///< The payload has no form in the peer's serializer; nothing was queued.
};

/// The way out to one peer. It appends and returns; it never waits, never calls back, and never fails otherwise than by
/// its result. In production a connection's outbound queue stands behind it, in tests a recorder.
///
/// A message is either encoded in place (`open_message`, append, then `close_message` or `drop_message`) or handed over
/// whole (`send_encoded`). Used by one thread at a time, though not always by the same: by whoever has entered the
/// realm of the session behind it. An outlet may hold a lock of its own from `open_message` to the call that ends the
/// message.
class outlet {
public:
    virtual ~outlet() = default;

    /// The serializer that the peer chose; all messages must be in it.
    [[nodiscard]] virtual serializer format() const noexcept = 0;

    /// Where messages may be queued without going through this outlet, or null. One that is begun by `open_at_once`
    /// and ended by `close_if_admitted` is on its way; one that cannot be is to be begun, or ended, by the outlet. To be
    /// asked for each message: any call to the outlet may change it.
    [[nodiscard]] frame_queue* short_way() const noexcept { return short_way_; }

    /// Begins a message: append its bytes to the buffer, touch nothing before its present end, and finish with exactly
    /// one of `close_message` and `drop_message` before any other call.
    [[nodiscard]] virtual byte_buffer& open_message() = 0;

    /// Ends the message begun last and queues it.
    virtual delivery close_message() = 0;

    /// Takes back the message begun last.
    virtual void drop_message() noexcept = 0;

    /// Queues one message that is encoded already. The bytes are copied or kept as the outlet sees fit.
    virtual delivery send_encoded(byte_view bytes) = 0;

    /// Queues all messages of `run`, which is in this outlet's serializer and not empty. Those that are too large for
    /// the peer are left out. The outcome is that of the last message, or `refused` at the first that is.
    virtual delivery send_run(const shared_run& run);

    /// What the session meta API tells about the transport to the peer; may be empty. Called in the realm of the
    /// session, on any thread: nothing that it tells may change. Spec: "Session Meta API", `transport`.
    [[nodiscard]] virtual dict describe() const { return {}; }

    /// Lets whoever reads for the session look at `session::open()` soon, without waiting for the peer: the session has
    /// been closed, maybe on behalf of another one. May do so without need.
    virtual void wake() noexcept {}

protected:
    frame_queue* short_way_{nullptr};
};

} // namespace junctor
