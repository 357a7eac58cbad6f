// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A connection that carries whole WAMP messages, whatever its framing.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/system/error_code.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/session/outlet.hpp>

namespace junctor {

/// All messages that one read brought, or why there will be no more. A message of length zero is delivered as such.
class batch {
public:
    /// Messages; the bytes belong to the channel. None if the channel was woken.
    explicit batch(std::span<const byte_view> messages) noexcept : messages_{messages} {}

    /// The end.
    batch(close_reason reason, boost::system::error_code error) noexcept : reason_{reason}, error_{error} {}

    /// Whether the channel was still open. If so there is at least one message, unless the channel was woken.
    [[nodiscard]] bool open() const noexcept { return reason_ == close_reason::none; }

    /// In the order in which they came. Valid until the next read of the channel, also across waits.
    [[nodiscard]] std::span<const byte_view> messages() const noexcept { return messages_; }

    /// Why the channel is not open any more.
    [[nodiscard]] close_reason reason() const noexcept { return reason_; }

    /// Details to the reason, for logs: the error of the system, of TLS or of the framing; eof if the peer just ended.
    [[nodiscard]] boost::system::error_code error() const noexcept { return error_; }

private:
    std::span<const byte_view> messages_;
    close_reason reason_{close_reason::none};
    boost::system::error_code error_;
};

/// Takes batches as they come.
class batch_reader {
public:
    /// Takes a batch; its messages are valid until the next one. Returns whether there shall be more. Called on the
    /// thread of the channel, which it must not destroy.
    virtual bool take(const batch& read) = 0;

protected:
    ~batch_reader() = default;
};

/// Takes the PONGs of a channel.
class pong_taker {
public:
    /// `payload` is valid during the call, which may come from a peer that was not asked. Called on the thread of the
    /// channel, in the middle of things: it must not call the channel.
    virtual void on_pong(byte_view payload) = 0;

protected:
    ~pong_taker() = default;
};

/// Which way a frame went.
enum class frame_direction : std::uint8_t { received, sent };

/// Sees every frame of a connection, for debugging. The payload may hold secrets: AUTHENTICATE and CHALLENGE messages
/// are for the caller to hide. Called in the middle of things: it must not call the channel. A router with several
/// shards calls it on the threads of all of them, also at the same time.
using frame_log = std::function<void(frame_direction direction, frame_type type, byte_view payload)>;

/// One peer's connection after the transport's handshake: messages come in batches by `read_batches()` and go out as
/// through every outlet, followed by `flush()` or the flush list of the shard. Used on the thread of its shard, but for
/// what it is as an outlet: with `sharing::several_threads`, whoever has entered the realm of its session queues
/// messages from any shard, within a `shard_scope`, and flushes that shard's list. What other shards queue is written
/// by them, or by its own.
///
/// Lifetime: at most one of `read_batches`, `read_batch` and `close` may be pending, and the channel must outlive it.
/// Destroying a channel closes its connection at once. Output is bounded: if more than
/// `session_limits::outbound_bytes_max` is queued, or if the peer takes nothing for `write_stall_timeout`, the channel
/// ends with `close_reason::slow_consumer`.
class channel : public outlet {
public:
    using clock = std::chrono::steady_clock;

    /// How much is to be read. A small batch that is to be the only one holds no more memory than it needs, as it may
    /// be kept over a wait.
    enum class reading : std::uint8_t { many_batches, one_batch };

    [[nodiscard]] virtual const transport_facts& facts() const noexcept = 0;
    [[nodiscard]] serializer format() const noexcept override { return facts().format; }
    [[nodiscard]] dict describe() const override;

    /// To be awaited: gives `to`, which must outlive the reading, all whole messages of each read as a batch, until it
    /// wants no more or has been given a batch that is not open; then it completes. A batch without messages says that
    /// `wake()` was called. Once the peer has ended or broken the framing comes the batch that is not open, after all
    /// messages from before that. Not open with `close_reason::connection_lost` or `protocol_violation`, output may
    /// still be flushed by `close()`; with any other reason everything is over. Cancellation: by `abort()`, or by the
    /// slot of whoever awaits it, as a lost connection. Throws `std::bad_alloc`, and what `to` throws.
    ///
    /// It is no coroutine: a connection spends nearly all its time in here, and a coroutine would cost it the memory of
    /// a frame, and each read some hundred instructions.
    [[nodiscard]] auto read_batches(batch_reader& to, reading extent = reading::many_batches)
    {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void(std::exception_ptr)>(
            [this, &to, extent](auto done) { start_reading(to, extent, reading_done(std::move(done))); },
            boost::asio::deferred);
    }

    /// Completes with the next batch alone.
    [[nodiscard]] awaitable<batch> read_batch();

    /// Writes what is queued by one direct system call; what the peer does not take at once goes on by itself.
    virtual void flush() noexcept = 0;

    /// Writes what is queued, says goodbye in the way of the transport (TLS close_notify, end of stream), waits for the
    /// peer to end too, so that it does not lose what it has not read yet, and closes; by `until` at the latest. Not
    /// while a read is pending.
    [[nodiscard]] virtual awaitable<void> close(clock::time_point until) = 0;

    /// Ends the connection at once: what is queued is lost, a pending read ends with a batch that is not open for
    /// `reason`, later messages are refused. The first reason stays.
    virtual void abort(close_reason reason) noexcept = 0;

    /// Why the connection was ended from this side; `none` if it was not.
    [[nodiscard]] virtual close_reason reason() const noexcept = 0;

    /// Bytes that wait to be written.
    [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;

    /// Aborts with `reason` at `when`, in place of a deadline set before.
    virtual void set_deadline(clock::time_point when, close_reason reason) noexcept = 0;
    virtual void clear_deadline() noexcept = 0;

    /// Sends a PING at once, if the transport has such a thing: false if it has none. Its payload is `payload` in eight
    /// octets, the most significant first. From now on `to` gets all PONGs; it must outlive the reading.
    [[nodiscard]] virtual bool ping(std::uint64_t payload, pong_taker& to);

    /// Shows all frames from now on to `log`; empty: to nobody. To be called before a session of the channel joins.
    virtual void log_frames(frame_log log) = 0;

protected:
    /// Called when reading has ended, with what was thrown, if anything.
    using reading_done = boost::asio::any_completion_handler<void(std::exception_ptr)>;

    /// Carries out `read_batches` and `read_batch`. Calls `done` once, never before it returns.
    virtual void start_reading(batch_reader& to, reading extent, reading_done done) = 0;
};

} // namespace junctor
