// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The outgoing half of a connection, which every shard may use.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>

#include <junctor/base/errc.hpp>
#include <junctor/framing/frame_queue.hpp>
#include <junctor/session/outlet.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/shard_mutex.hpp>
#include <junctor/transport/shard_services.hpp>

#include "direct_write.hpp"
#include "mask_source.hpp"

namespace junctor {

/// Whoever reads from the connection that an output belongs to. It is called on the connection's own shard.
class output_owner {
public:
    /// There is something in `connection_output::take_duties()`.
    virtual void attend() noexcept = 0;

protected:
    ~output_owner() = default;
};

/// What only the shard of a connection may do for its output.
struct output_duties {
    close_reason end{close_reason::none}; ///< End the connection.
    bool write{false};                    ///< Write what is queued.
    bool wait{false};                     ///< Wait until the connection can be written to.
    bool wake{false};                     ///< Let the reader look up.
};

/// The queue of what goes out, and the descriptor that it goes to. The connection lives on one shard, its home. Other
/// shards append messages for it, on behalf of the realm that they have entered, and write them with one direct system
/// call, both under the lock of the output; everything else they leave to the home shard. Bytes of TLS are not theirs
/// to make, nor are compressed messages: of a connection with either they only append.
///
/// Which shard works is told by `shard_scope`; outside of any scope it is the home. An output outlives its connection
/// for as long as a flush list refers to it, and does nothing then.
class connection_output final : public flushable {
public:
    /// `owner`, `short_way` and `home` must live until `leave_owner`. Nothing can be queued before `start`. The queue
    /// is shown in `short_way` while it may be used as `outlet::short_way` tells.
    connection_output(output_owner& owner, frame_queue*& short_way, shard_services& home,
                      std::size_t outbound_bytes_max) noexcept;

    // What an outlet does, on any shard, by whoever has entered the realm. See there.

    [[nodiscard]] byte_buffer& open_message();
    delivery close_message();
    void drop_message() noexcept;
    delivery send_encoded(byte_view message);
    delivery send_run(const shared_run& run);
    void wake() noexcept;
    void flush(shard_services& here) noexcept override;

    // The rest is for the home shard.

    /// Takes messages from now on and writes to `descriptor`; with `plain`, directly.
    void start(int descriptor, bool plain) noexcept;

    /// From now on the owner takes what is queued by `with_queue`, and makes of it what goes over the wire.
    void leave_writing_to_owner() noexcept;

    /// How what is queued is framed; before anything is.
    void set_form(frame_form form) noexcept { queue_.set_form(form); }

    /// Masks all frames from now on, as clients of WebSocket must.
    void mask_frames();

    /// The longest message that the peer takes.
    void set_peer_message_bytes_max(std::size_t bytes) noexcept { queue_.set_payload_bytes_max(bytes); }

    /// Forgets what is queued and takes no more. Nobody uses the descriptor afterwards.
    void stop() noexcept;

    /// The owner is not called any more.
    void leave_owner() noexcept { owner_ = nullptr; }

    /// What is to be done; leaves nothing.
    [[nodiscard]] output_duties take_duties() noexcept;

    /// Queues bytes that come before all frames.
    void push_urgent(byte_view bytes);

    /// Queues the Close frame of a WebSocket, behind all messages.
    void push_close(websocket_close_code code);

    /// Queues a PING, whose payload any peer can take.
    void push_ping(byte_view payload);

    /// Queues a PONG with the payload of a PING. `refused` if the queue is full, as for messages.
    delivery push_pong(byte_view payload);

    /// Writes what is queued, directly; for plain connections. `drained` if nothing is to be written any more.
    [[nodiscard]] write_status write() noexcept;

    /// Lets `use(frame_queue&)` take from the queue, and returns what it returns.
    template <class Use>
    auto with_queue(Use use)
    {
        const std::lock_guard lock(mutex_);
        unlist();
        return use(queue_);
    }

    /// Says whether the owner waits until the connection can be written to: nobody need try until then.
    void owner_waits(bool waits) noexcept;

    [[nodiscard]] std::size_t queued_bytes();

    /// Bytes that the system has taken, ever: shows progress.
    [[nodiscard]] std::uint64_t bytes_written();

    /// Why writing failed.
    [[nodiscard]] boost::system::error_code write_error();

    /// From now on `log` sees every frame; to be set before other shards know the output.
    void log_frames(frame_log log);

    /// Whether there is a log of frames.
    [[nodiscard]] bool logs() const noexcept { return log_ != nullptr; }

    /// Shows a frame to the log of frames, if there is one.
    void log(frame_direction direction, frame_type type, byte_view payload) const
    {
        if (log_) [[unlikely]]
            (*log_)(direction, type, payload);
    }

private:
    using guard = std::unique_lock<shard_mutex>;

    /// The shard that works now.
    [[nodiscard]] shard_services& here() const noexcept
    {
        if (mode() == sharing::one_thread)
            return home_;
        auto* const current = shard_scope::current();
        return current != nullptr ? *current : home_;
    }

    /// Whether a payload of this size may be queued.
    [[nodiscard]] delivery admit(std::size_t payload_bytes) const noexcept
    {
        if (!started_) [[unlikely]]
            return delivery::refused;
        const auto frame_bytes = queue_.frame_bytes(payload_bytes);
        if (payload_bytes > queue_.payload_bytes_max() || frame_bytes > queue_.bytes_max()) [[unlikely]]
            return delivery::too_large;
        return queue_.admits(payload_bytes, frame_bytes) ? delivery::queued : delivery::refused;
    }

    /// Whether a run may be queued as it stands.
    [[nodiscard]] bool admits(const framed_run& run) const noexcept
    {
        return started_ && queue_.admits(run.longest_message(), run.bytes().size());
    }

    /// Lets those who send queue without asking, if nothing speaks against it. With several threads there is a lock.
    void open_short_way() noexcept
    {
        short_way_open_ =
            mode() == sharing::one_thread && started_ && lone_run_ == nullptr && log_ == nullptr && masks_ == nullptr;
        if (short_way_open_)
            *short_way_ = &queue_;
    }

    void close_short_way() noexcept
    {
        if (std::exchange(short_way_open_, false))
            *short_way_ = nullptr;
    }

    /// Sees to it that what is queued now is flushed.
    void list(shard_services& at)
    {
        if (listed_)
            return;
        at.flushes().add(*this);
        listed_ = true;
    }

    void unlist() noexcept
    {
        listed_ = false;
        close_short_way();
    }

    /// Every frame has a mask of its own.
    void renew_mask()
    {
        if (masks_ != nullptr) [[unlikely]]
            queue_.set_mask(masks_->next());
    }

    delivery refuse(guard& lock, shard_services& at);
    void end(close_reason reason, shard_services& at) noexcept;
    void summon(guard& lock, shard_services& at);
    void attend_posted() noexcept;

    /// Puts the lone run into the queue, before anything else goes there.
    void queue_lone_run(buffer_pool& buffers)
    {
        if (lone_run_ != nullptr)
            queue_.push_run(*std::exchange(lone_run_, nullptr), buffers);
    }

    [[nodiscard]] write_status write_queue(buffer_pool& buffers) noexcept;
    [[nodiscard]] write_status write_lone_run(buffer_pool& buffers) noexcept;

    output_owner* owner_;     ///< Used on the home shard only; null once it is gone.
    frame_queue** short_way_; ///< The owner's; used while `short_way_open_`, and only then.
    shard_services& home_;
    shard_mutex mutex_; ///< For everything below.
    bool started_{false};
    bool plain_{true};           ///< What is queued goes over the wire as it is.
    bool short_way_open_{false}; ///< Only if `listed_`, so that what takes it is flushed.
    bool listed_{false};         ///< In the flush list of some shard that has not come to it yet.
    bool blocked_{false};        ///< The peer takes no more for now, and the owner waits, or has been told to.
    bool posted_{false};         ///< The owner will look at the duties.
    output_duties duties_;
    int descriptor_{-1};
    std::uint64_t bytes_written_{0};
    frame_queue queue_;
    shared_frames lone_run_; ///< All that is to be written, in place of the queue: then no memory is needed for it.
    boost::system::error_code write_error_;
    std::unique_ptr<const frame_log> log_;
    std::unique_ptr<mask_source> masks_; ///< Null if frames are not masked.
};

} // namespace junctor
