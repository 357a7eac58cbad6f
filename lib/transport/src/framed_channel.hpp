// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A channel over a socket, whatever its framing.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/framing/message_packer.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/channel_settings.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/deadline.hpp>
#include <junctor/transport/shard_services.hpp>

#include "byte_stream.hpp"
#include "connection_output.hpp"
#include "frame_input.hpp"

namespace junctor {

/// One end of a connection; which end began it matters in the handshake only, which is up to those who derive from
/// this, as is what finds messages in the input. What other shards may use of it stands in its output.
class framed_channel : public channel, private output_owner, private socket_user, private control_taker {
public:
    ~framed_channel() override;

    /// Carries out the handshakes by `give_up`, in which `unread` comes first. Completes without error if the channel
    /// is open, otherwise once it is closed.
    awaitable<boost::system::error_code> open(clock::time_point give_up, byte_buffer unread);

    const transport_facts& facts() const noexcept override { return facts_; }
    void flush() noexcept override { output_->flush(services_); }
    awaitable<void> close(clock::time_point until) override;
    void abort(close_reason reason) noexcept override;
    close_reason reason() const noexcept override { return reason_; }
    std::size_t queued_bytes() const noexcept override
    {
        return output_->queued_bytes() + packed_bytes() + stream_.pending_bytes();
    }
    void set_deadline(clock::time_point when, close_reason reason) noexcept override;
    void clear_deadline() noexcept override { deadlines_.clear(due::given); }
    bool ping(std::uint64_t payload, pong_taker& to) override;
    void log_frames(frame_log log) override { output_->log_frames(std::move(log)); }

    byte_buffer& open_message() override { return output_->open_message(); }
    delivery close_message() override { return output_->close_message(); }
    void drop_message() noexcept override { output_->drop_message(); }
    delivery send_encoded(byte_view message) override { return output_->send_encoded(message); }
    delivery send_run(const shared_run& run) override { return output_->send_run(run); }
    void wake() noexcept override { output_->wake(); }

protected:
    /// `type` is what the transport is called. `settings`, `services` and `input`, which is not used before the
    /// handshakes, must outlive the channel.
    framed_channel(connection peer, std::string_view type, const channel_settings& settings, message_input& input,
                   shard_services& services);

    /// Carries out the handshakes, that of TLS included.
    virtual awaitable<boost::system::error_code> shake_hands() = 0;

    /// Whether a peer is told why its handshake fails, and is to be able to read that.
    virtual bool explains_failure() const noexcept = 0;

    /// The peer has said that it will send nothing more.
    virtual void on_peer_close(byte_view) noexcept {}

    // For handshakes.

    [[nodiscard]] bool alive() const noexcept { return stream_.is_open(); }
    [[nodiscard]] const byte_stream& stream() const noexcept { return stream_; }
    [[nodiscard]] connection_output& output() noexcept { return *output_; }
    [[nodiscard]] const message_input& input() const noexcept { return input_; }

    /// To be awaited: TLS, if there is any, begun by this end. It is done before anything is said, so that what is said
    /// is written by itself.
    awaitable<boost::system::error_code> secure();

    /// What the deadline that is set is for.
    [[nodiscard]] close_reason deadline_reason() const noexcept { return deadline_reason_; }

    /// Whether there is a place for the connection.
    [[nodiscard]] bool within_limit() const noexcept { return ticket_.within_limit(); }

    /// What has come and has not been read yet.
    [[nodiscard]] std::span<std::byte> next_input();

    /// What of the input belongs to what follows the handshake.
    void leave_unparsed(std::span<std::byte> input) noexcept { unparsed_ = input; }

    /// Whether nothing more will be read.
    [[nodiscard]] bool over() const noexcept { return peer_closed_ || input_.error() || stream_.end(); }

    /// Why the handshake cannot be completed.
    [[nodiscard]] boost::system::error_code failure() const noexcept;

    /// Sees to it that there will be another turn if more may have come already, which would not be told.
    void read_on() noexcept;

    /// To be awaited: the next time that the socket is ready, that something else happens to the connection, or for
    /// nothing.
    [[nodiscard]] auto turn()
    {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void(std::exception_ptr)>(
            [this](auto done) { wait_for_turn(reading_done(std::move(done))); }, boost::asio::deferred);
    }

    /// Writes what comes before all frames.
    void say(byte_view octets);

    /// What is known of the peer, to which a handshake may add.
    [[nodiscard]] transport_facts& known() noexcept { return facts_; }

    /// The handshakes are done: messages are in `format` from now on, and go out in frames of `form`.
    void agree_on(serializer format, frame_form form);

    /// The same if what is queued goes out as `packer` makes it.
    void agree_on(serializer format, std::unique_ptr<message_packer> packer);

private:
    void wait_for_turn(reading_done done);
    void end_wait(std::exception_ptr failure) noexcept;
    void on_ready(socket_readiness news) noexcept override;
    void on_shutdown() noexcept override;
    void on_cancellation() noexcept;

    void start_reading(batch_reader& to, reading extent, reading_done done) override;
    bool serve_reader();
    std::span<std::byte> receive();
    std::span<const byte_view> parse(std::span<std::byte> input);
    void take_control(frame_type type, byte_view payload) override;
    void come_again() noexcept override;
    void answer_ping(byte_view payload);
    batch ending() const noexcept;
    void finish() noexcept;

    void attend() noexcept override;
    void on_writable() noexcept;
    void interrupt_read() noexcept;
    std::uint64_t bytes_written() const noexcept
    {
        return output_->bytes_written() + (packed_ ? packed_->bytes_written : 0) + stream_.bytes_written();
    }
    std::size_t packed_bytes() const noexcept { return packed_ ? packed_->packer->packed().size() : 0; }
    boost::system::error_code write_error() const noexcept;
    write_status write_some() noexcept;
    write_status write_tls();
    write_status write_packed();
    void pack_some();
    template <class Use>
    auto with_output(Use use);
    void after_write(write_status status, bool progress) noexcept;
    void wait_until_writable() noexcept;
    static void strike(void* self) noexcept { static_cast<framed_channel*>(self)->on_deadline(); }
    void on_deadline() noexcept;
    void ping_if_silent() noexcept;
    void set_next_ping() noexcept;

    /// What has a deadline.
    enum due : std::uint8_t { given, stall, next_ping, pong, due_count };

    /// What only connections have whose messages are not written as they are queued.
    struct packed_output {
        std::unique_ptr<message_packer> packer;
        std::uint64_t bytes_written{0}; ///< Without TLS.
        boost::system::error_code write_error;
    };

    shard_services& services_;
    const channel_settings& settings_;
    byte_stream stream_;
    message_input& input_;
    boost::intrusive_ptr<connection_output> output_;
    std::unique_ptr<packed_output> packed_; ///< Null: messages are queued as they are written.
    connection_ticket ticket_;
    std::span<std::byte> unparsed_; ///< What came together with the handshake.
    close_reason reason_{close_reason::none};
    close_reason deadline_reason_{close_reason::none};
    pong_taker* pongs_{nullptr};    ///< Null: they are passed over.
    batch_reader* reader_{nullptr}; ///< Takes what comes; null while nothing is read for anybody.
    reading_done done_;             ///< Waits for the end of reading or, without a reader, for the next turn.
    reading extent_{reading::one_batch};
    bool input_ends_{false};  ///< The end stands behind what is to be read.
    bool peer_closed_{false}; ///< It has said so in the way of the framing.
    bool pinged_{false};      ///< By what is being parsed.
    bool come_again_{false};  ///< Not all that was read has been parsed.
    bool interrupted_{false}; ///< The reader is to look up, if need be without messages.
    bool waiting_until_writable_{false};
    bool heard_from_peer_{true}; ///< Since the last time that a PING was due.
    std::uint8_t unanswered_pings_{0};
    deadline_group<due::due_count> deadlines_;
    transport_facts facts_;
};

} // namespace junctor
