// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/rawsocket_channel.hpp>

#include "byte_stream.hpp"
#include "rawsocket_output.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <junctor/base/limits.hpp>
#include <junctor/framing/frame_parser.hpp>

namespace junctor {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
constexpr auto as_results = asio::as_tuple(asio::deferred);

/// The router's side of a RawSocket connection. What other shards may use of it stands in its output.
class rawsocket_channel final : public channel, private output_owner {
public:
    rawsocket_channel(connection peer, const rawsocket_transport& settings, shard_services& services);
    ~rawsocket_channel() override;

    /// Carries out the handshakes. Completes without error if the channel is open, otherwise once it is closed.
    awaitable<error_code> open(const rawsocket_transport& settings);

    const transport_facts& facts() const noexcept override { return facts_; }
    awaitable<void> read_batches(batch_reader& to) override;
    void flush() noexcept override { output_->flush(services_); }
    awaitable<void> close(clock::time_point until) override;
    void abort(close_reason reason) noexcept override;
    close_reason reason() const noexcept override { return reason_; }
    std::size_t queued_bytes() const noexcept override { return output_->queued_bytes() + stream_.pending_bytes(); }
    void set_deadline(clock::time_point when, close_reason reason) noexcept override;
    void clear_deadline() noexcept override { deadline_.clear(); }
    void log_frames(frame_log log) override { output_->log_frames(std::move(log)); }

    byte_buffer& open_message() override { return output_->open_message(); }
    delivery close_message() override { return output_->close_message(); }
    void drop_message() noexcept override { output_->drop_message(); }
    delivery send_encoded(byte_view message) override { return output_->send_encoded(message); }
    delivery send_run(const shared_run& run) override { return output_->send_run(run); }
    void wake() noexcept override { output_->wake(); }

private:
    bool alive() const noexcept { return stream_.is_open(); }

    awaitable<error_code> shake_hands(const rawsocket_transport& settings);
    error_code answer(const rawsocket_octets& request, const rawsocket_transport& settings);
    error_code failure() const noexcept;

    byte_view begin_batch() noexcept;
    std::span<const byte_view> parse(byte_view input);
    void collect(byte_view message, std::size_t already);
    void answer_ping(byte_view payload);
    asio::mutable_buffer read_target();
    byte_view arrived(error_code error, std::size_t count);
    bool over() const noexcept { return parser_.error() || stream_.end(); }
    batch ending() const noexcept;
    void finish() noexcept;

    void attend() noexcept override;
    void on_writable() noexcept override;
    void interrupt_read() noexcept;
    std::uint64_t bytes_written() const noexcept { return output_->bytes_written() + stream_.bytes_written(); }
    error_code write_error() const noexcept;
    write_status write_some() noexcept;
    write_status write_tls();
    void after_write(write_status status, bool progress) noexcept;
    void wait_until_writable() noexcept;
    void on_deadline() noexcept { abort(deadline_reason_); }
    void on_stall() noexcept { abort(close_reason::slow_consumer); }
    void on_keep_alive() noexcept;

    /// The action of a deadline that calls a member function.
    template <void (rawsocket_channel::*OnStrike)() noexcept>
    static void strike(void* self) noexcept
    {
        (static_cast<rawsocket_channel*>(self)->*OnStrike)();
    }

    shard_services& services_;
    byte_stream stream_;
    frame_parser parser_;
    boost::intrusive_ptr<rawsocket_output> output_;
    connection_ticket ticket_;
    std::unique_ptr<read_block> block_; ///< Where the present batch lies, if it is more than a little.
    byte_view unparsed_;                ///< What came together with the handshake.
    byte_view single_message_;          ///< The present batch, if it is only one.
    std::size_t outbound_bytes_max_;
    close_reason reason_{close_reason::none};
    close_reason deadline_reason_{close_reason::none};
    keep_alive keep_alive_;
    bool reading_into_frame_{false};
    bool reading_{false};     ///< A read of `read_batches` is pending.
    bool interrupted_{false}; ///< The batch is to complete without messages.
    bool waiting_until_writable_{false};
    bool heard_from_peer_{true}; ///< Since the last strike of `keep_alive_deadline_`.
    unsigned unanswered_pings_{0};
    std::chrono::milliseconds keep_alive_interval_;
    std::chrono::milliseconds write_stall_timeout_;
    deadline deadline_;
    deadline stall_deadline_;
    deadline keep_alive_deadline_;
    transport_facts facts_;
};

rawsocket_channel::rawsocket_channel(connection peer, const rawsocket_transport& settings, shard_services& services)
    : services_{services},
      stream_{std::move(peer.socket), peer.family, std::move(peer.tls), services},
      parser_{settings.announced_message_size(), services.buffers()},
      output_{new rawsocket_output(*this, services, settings.per_session().outbound_bytes_max)},
      ticket_{std::move(peer.ticket)},
      outbound_bytes_max_{settings.per_session().outbound_bytes_max},
      keep_alive_{settings.keep_alive_mode()},
      keep_alive_interval_{settings.keep_alive_interval()},
      write_stall_timeout_{settings.per_session().write_stall_timeout},
      deadline_{services.deadlines(), this, &strike<&rawsocket_channel::on_deadline>},
      stall_deadline_{services.deadlines(), this, &strike<&rawsocket_channel::on_stall>},
      keep_alive_deadline_{services.deadlines(), this, &strike<&rawsocket_channel::on_keep_alive>},
      facts_{std::move(peer.facts)}
{
    facts_.transport_id = settings.id();
    facts_.type = "rawsocket";
    if (alive())
        output_->start(stream_.socket().native_handle(), stream_.plain());
}

rawsocket_channel::~rawsocket_channel()
{
    output_->stop();
    output_->leave_owner();
    services_.give_read_block(std::move(block_));
}

// Opening

awaitable<error_code> rawsocket_channel::open(const rawsocket_transport& settings)
{
    if (!alive())
        co_return stream_.end();
    const auto give_up = clock::now() + settings.per_session().join_timeout;
    set_deadline(give_up, close_reason::join_timeout);
    const auto error = co_await shake_hands(settings);
    if (!error) {
        if (keep_alive_ == keep_alive::always)
            keep_alive_deadline_.set_after(keep_alive_interval_);
    } else if (alive() && (queued_bytes() != 0 || bytes_written() != 0)) {
        // The peer was told why: it shall be able to read that before the connection goes.
        const auto until = std::min(give_up, clock::now() + settings.per_session().goodbye_timeout);
        co_await close(until);
    } else {
        abort(close_reason::handshake_failed);
    }
    co_return error;
}

awaitable<error_code> rawsocket_channel::shake_hands(const rawsocket_transport& settings)
{
    handshake_reader reader;
    for (;;) {
        const auto [error, count] = co_await stream_.socket().async_read_some(stream_.inbox(), as_results);
        auto input = arrived(error, count);
        const auto status = reader.read(input);
        if (status == handshake_reader::status::not_rawsocket)
            co_return framing_error::not_rawsocket;
        if (status == handshake_reader::status::complete) {
            unparsed_ = input;
            co_return answer(reader.octets(), settings);
        }
        if (over())
            co_return failure();
    }
}

/// Why the handshake cannot be completed.
error_code rawsocket_channel::failure() const noexcept
{
    if (reason_ == close_reason::join_timeout)
        return asio::error::timed_out;
    return write_error() ? write_error() : stream_.end();
}

/// Why writing failed.
error_code rawsocket_channel::write_error() const noexcept
{
    return stream_.write_error() ? stream_.write_error() : output_->write_error();
}

error_code rawsocket_channel::answer(const rawsocket_octets& request, const rawsocket_transport& settings)
{
    handshake_terms terms;
    terms.serializers = settings.serializers();
    terms.length_nibble = nibble_of_message_bytes(settings.announced_message_size());
    terms.peer_message_bytes_min = settings.min_peer_message_size();
    terms.connection_limit_reached = !ticket_.within_limit();
    const auto answer = answer_handshake(decode_handshake_request(request), terms);
    if (answer.reply) {
        output_->push_urgent(*answer.reply);
        write_some();
    }
    if (answer.error)
        return answer.error;
    facts_.format = answer.format;
    if (stream_.tls() != nullptr)
        facts_.tls = std::make_shared<const tls_facts>(stream_.tls()->facts());
    output_->set_peer_message_bytes_max(answer.peer_message_bytes_max);
    return alive() ? error_code() : failure();
}

// Reading

awaitable<void> rawsocket_channel::read_batches(batch_reader& to)
{
    auto input = begin_batch();
    interrupted_ = false;
    for (;;) {
        const auto messages = parse(input);
        if (messages.empty() && over()) {
            static_cast<void>(to.take(ending()));
            co_return;
        }
        if (!messages.empty() || std::exchange(interrupted_, false)) {
            if (!to.take(batch(messages)))
                co_return;
            input = begin_batch();
            continue;
        }
        reading_ = true;
        const auto [error, count] = co_await stream_.socket().async_read_some(read_target(), as_results);
        reading_ = false;
        input = arrived(error, count);
    }
}

/// Gives back what the batch before held. What is left to parse from the handshake, if this is the first batch.
byte_view rawsocket_channel::begin_batch() noexcept
{
    if (!unparsed_.empty())
        return std::exchange(unparsed_, {});
    parser_.recycle();
    services_.give_read_block(std::move(block_));
    return {};
}

/// All whole messages of `input`; PINGs are answered on the way.
std::span<const byte_view> rawsocket_channel::parse(byte_view input)
{
    if (!alive())
        return {};
    std::size_t count = 0;
    bool pinged = false;
    for (auto step = parser_.next(input); step.status == frame_status::complete; step = parser_.next(input)) {
        output_->log(frame_direction::received, step.type, step.payload);
        if (step.type == frame_type::message)
            collect(step.payload, count++);
        else if (step.type == frame_type::ping)
            answer_ping(step.payload);
        pinged = pinged || step.type == frame_type::ping;
    }
    if (pinged)
        flush(); // The peer may time us: do not wait for what the messages take.
    if (count > 1)
        return block_->messages();
    return {&single_message_, count};
}

/// Adds `message` to the batch that has `already` so many. Only a batch of several needs a list, which lies in a block.
void rawsocket_channel::collect(byte_view message, std::size_t already)
{
    if (already == 0) {
        single_message_ = message;
        return;
    }
    if (block_ == nullptr)
        block_ = services_.take_read_block();
    auto& messages = block_->messages();
    if (already == 1)
        messages.assign(1, single_message_);
    messages.push_back(message);
}

void rawsocket_channel::answer_ping(byte_view payload)
{
    if (keep_alive_ == keep_alive::after_peer_ping && !keep_alive_deadline_.is_set())
        keep_alive_deadline_.set_after(keep_alive_interval_);
    // If the peer itself says that it cannot take so much, it gets nothing: a PONG would fail the connection.
    static_cast<void>(output_->push_pong(payload));
}

/// Where to read to. A frame of which much is missing is read in place; everything else goes through the small inbox,
/// so that waiting connections hold nothing.
asio::mutable_buffer rawsocket_channel::read_target()
{
    services_.give_read_block(std::move(block_));
    reading_into_frame_ = stream_.plain() && parser_.missing() > stream_.inbox().size();
    if (!reading_into_frame_)
        return stream_.inbox();
    const auto room = parser_.room();
    return {room.data(), room.size()};
}

/// Takes over what a read brought and returns what is to be parsed.
byte_view rawsocket_channel::arrived(error_code error, std::size_t count)
{
    if (!alive())
        return {};
    if (error) {
        if (!interrupted_ || error != asio::error::operation_aborted)
            stream_.ended(error);
        return {};
    }
    heard_from_peer_ = true;
    if (reading_into_frame_) {
        parser_.filled(count);
        return {};
    }
    const auto input = stream_.received(count, block_);
    if (stream_.output_pending())
        write_some(); // TLS speaks for itself: handshakes, alerts, new keys.
    if (stream_.pending_bytes() > outbound_bytes_max_)
        abort(close_reason::slow_consumer); // It makes TLS speak and does not listen.
    return input;
}

batch rawsocket_channel::ending() const noexcept
{
    if (reason_ != close_reason::none)
        return batch(reason_, write_error());
    if (parser_.error())
        return batch(close_reason::protocol_violation, parser_.error());
    return batch(close_reason::connection_lost, stream_.end());
}

// Writing

/// Does what other shards, or the output itself, leave to the owner.
void rawsocket_channel::attend() noexcept
{
    const auto duties = output_->take_duties();
    if (duties.end != close_reason::none) {
        abort(duties.end);
        return;
    }
    if (duties.wake)
        interrupt_read();
    if (duties.write)
        write_some();
    else if (duties.wait)
        after_write(write_status::blocked, true);
}

/// Lets a pending `read_batch` complete without messages.
void rawsocket_channel::interrupt_read() noexcept
{
    if (!reading_)
        return;
    interrupted_ = true;
    error_code ignored;
    stream_.socket().cancel(ignored); // A wait until the connection can be written to is begun again.
}

/// Writes what can be written at once and sees to it that the rest follows.
write_status rawsocket_channel::write_some() noexcept
{
    if (!alive())
        return write_status::failed;
    const auto before = bytes_written();
    auto status = write_status::failed;
    try {
        status = stream_.plain() ? output_->write() : write_tls();
    } catch (const std::exception&) {
        abort(close_reason::internal_error);
        return write_status::failed;
    }
    after_write(status, bytes_written() != before);
    return status;
}

write_status rawsocket_channel::write_tls()
{
    const auto enough = stream_.bytes_written() + limits::written_at_once_max;
    for (;;) {
        const auto status = stream_.write_ciphertext();
        if (status != write_status::drained || !stream_.tls()->established())
            return status;
        bool drained = false;
        const bool encrypted = output_->with_queue([&](frame_queue& queue) {
            drained = queue.empty();
            return drained || stream_.encrypt_some(queue);
        });
        if (!encrypted)
            return write_status::failed;
        if (drained)
            return write_status::drained;
        if (stream_.bytes_written() >= enough)
            return write_status::blocked;
    }
}

/// Sees to what follows from a write.
void rawsocket_channel::after_write(write_status status, bool progress) noexcept
{
    switch (status) {
    case write_status::failed: abort(close_reason::connection_lost); break;
    case write_status::drained: stall_deadline_.clear(); break;
    case write_status::blocked:
        wait_until_writable();
        if (!alive())
            break;
        if (progress || !stall_deadline_.is_set())
            stall_deadline_.set_after(write_stall_timeout_);
        break;
    }
}

void rawsocket_channel::wait_until_writable() noexcept
{
    output_->owner_waits(true);
    if (waiting_until_writable_)
        return;
    try {
        stream_.socket().async_wait(stream_socket::wait_write,
                                    [output = output_](error_code) { output->tell_writable(); });
        waiting_until_writable_ = true;
    } catch (const std::exception&) {
        abort(close_reason::internal_error);
    }
}

void rawsocket_channel::on_writable() noexcept
{
    waiting_until_writable_ = false;
    if (!alive())
        return;
    output_->owner_waits(false);
    write_some();
}

void rawsocket_channel::on_keep_alive() noexcept
{
    unanswered_pings_ = heard_from_peer_ ? 0 : unanswered_pings_;
    if (unanswered_pings_ == limits::unanswered_pings_max) {
        abort(close_reason::connection_lost);
        return;
    }
    keep_alive_deadline_.set_after(keep_alive_interval_);
    if (std::exchange(heard_from_peer_, false))
        return;
    ++unanswered_pings_;
    try {
        output_->push_ping();
    } catch (const std::bad_alloc&) {
        abort(close_reason::internal_error);
        return;
    }
    flush();
}

// Ending

awaitable<void> rawsocket_channel::close(clock::time_point until)
{
    auto goodbye_said = false;
    set_deadline(until, close_reason::slow_consumer);
    while (alive()) {
        const auto status = write_some();
        if (status == write_status::drained && goodbye_said)
            break;
        if (status == write_status::drained) {
            stream_.say_goodbye();
            goodbye_said = true;
        } else if (status == write_status::blocked) {
            static_cast<void>(co_await stream_.socket().async_wait(stream_socket::wait_write, as_results));
        }
    }
    // A socket that is closed with unread input makes the peer lose what is still on its way to it.
    set_deadline(until, close_reason::connection_lost);
    if (alive())
        stream_.shut_down();
    while (alive() && !stream_.input_ended()) {
        const auto [error, count] = co_await stream_.socket().async_read_some(stream_.inbox(), as_results);
        if (error)
            stream_.ended(error);
    }
    finish();
}

void rawsocket_channel::abort(close_reason reason) noexcept
{
    if (!alive())
        return;
    reason_ = reason;
    finish();
}

/// Closes the connection and forgets its output. What was read stays until the channel is destroyed: it may be in use.
void rawsocket_channel::finish() noexcept
{
    output_->stop(); // First: no other thread may use the descriptor when it is closed.
    stream_.close();
    deadline_.clear();
    stall_deadline_.clear();
    keep_alive_deadline_.clear();
}

void rawsocket_channel::set_deadline(clock::time_point when, close_reason reason) noexcept
{
    if (!alive())
        return;
    deadline_reason_ = reason;
    deadline_.set(when);
}

} // namespace

awaitable<boost::system::result<std::unique_ptr<channel>>>
open_rawsocket_channel(connection peer, const rawsocket_transport& settings, shard_services& services)
{
    auto opened = std::make_unique<rawsocket_channel>(std::move(peer), settings, services);
    const auto error = co_await opened->open(settings);
    if (error)
        co_return error;
    co_return std::unique_ptr<channel>(std::move(opened));
}

} // namespace junctor
