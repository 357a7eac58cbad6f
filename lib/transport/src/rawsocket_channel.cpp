// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/rawsocket_channel.hpp>

#include "byte_stream.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <junctor/base/limits.hpp>
#include <junctor/framing/frame_parser.hpp>
#include <junctor/framing/frame_queue.hpp>

namespace junctor {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
constexpr auto as_results = asio::as_tuple(asio::deferred);

/// The router's side of a RawSocket connection.
class rawsocket_channel final : public channel {
public:
    rawsocket_channel(connection peer, const rawsocket_transport& settings, shard_services& services);
    ~rawsocket_channel() override;

    /// Carries out the handshakes. Completes without error if the channel is open, otherwise once it is closed.
    awaitable<error_code> open(const rawsocket_transport& settings);

    const transport_facts& facts() const noexcept override { return facts_; }
    awaitable<batch> read_batch() override;
    void flush() noexcept override;
    awaitable<void> close(clock::time_point until) override;
    void abort(close_reason reason) noexcept override;
    close_reason reason() const noexcept override { return reason_; }
    std::size_t queued_bytes() const noexcept override { return queue_.size() + stream_.pending_bytes(); }
    void set_deadline(clock::time_point when, close_reason reason) noexcept override;
    void clear_deadline() noexcept override { deadline_.clear(); }
    void log_frames(frame_log log) override { frame_log_ = std::move(log); }

    byte_buffer& open_message() override { return queue_.open(services_.buffers()); }
    delivery close_message() override;
    void drop_message() noexcept override { queue_.drop(services_.buffers()); }
    delivery send_encoded(byte_view message) override;
    delivery send_run(const shared_run& run) override;

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

    delivery admit(std::size_t payload_bytes) const noexcept;
    delivery overflow() noexcept;
    void enqueue();
    void log(frame_direction direction, frame_type type, byte_view payload) const;
    write_status write_some() noexcept;
    void wait_until_writable();
    void on_writable() noexcept;
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
    frame_queue queue_;
    connection_ticket ticket_;
    std::unique_ptr<read_block> block_; ///< Where the present batch lies, if it is more than a little.
    byte_view unparsed_;                ///< What came together with the handshake.
    byte_view single_message_;          ///< The present batch, if it is only one.
    std::size_t peer_message_bytes_max_{0};
    std::size_t outbound_bytes_max_;
    close_reason reason_{close_reason::none};
    close_reason deadline_reason_{close_reason::none};
    keep_alive keep_alive_;
    bool reading_into_frame_{false};
    bool waiting_until_writable_{false};
    bool heard_from_peer_{true}; ///< Since the last strike of `keep_alive_deadline_`.
    unsigned unanswered_pings_{0};
    std::chrono::milliseconds keep_alive_interval_;
    std::chrono::milliseconds write_stall_timeout_;
    deadline deadline_;
    deadline stall_deadline_;
    deadline keep_alive_deadline_;
    transport_facts facts_;
    frame_log frame_log_;
    std::shared_ptr<rawsocket_channel*> self_; ///< Null inside once the channel is gone: a wait may outlive it.
};

rawsocket_channel::rawsocket_channel(connection peer, const rawsocket_transport& settings, shard_services& services)
    : services_{services},
      stream_{std::move(peer.socket), std::move(peer.tls), services},
      parser_{settings.announced_message_size(), services.buffers()},
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
}

rawsocket_channel::~rawsocket_channel()
{
    if (self_)
        *self_ = nullptr;
    queue_.clear(services_.buffers());
    services_.give_read_block(std::move(block_));
}

// Opening

awaitable<error_code> rawsocket_channel::open(const rawsocket_transport& settings)
{
    const auto give_up = clock::now() + settings.per_session().join_timeout;
    set_deadline(give_up, close_reason::join_timeout);
    const auto error = co_await shake_hands(settings);
    if (!error) {
        if (keep_alive_ == keep_alive::always)
            keep_alive_deadline_.set_after(keep_alive_interval_);
    } else if (alive() && (!queue_.empty() || stream_.output_pending() || stream_.bytes_written() != 0)) {
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
    return stream_.write_error() ? stream_.write_error() : stream_.end();
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
        queue_.push_urgent(*answer.reply, services_.buffers());
        write_some();
    }
    if (answer.error)
        return answer.error;
    facts_.format = answer.format;
    if (stream_.tls() != nullptr)
        facts_.tls = stream_.tls()->facts();
    peer_message_bytes_max_ = answer.peer_message_bytes_max;
    return alive() ? error_code() : failure();
}

// Reading

awaitable<batch> rawsocket_channel::read_batch()
{
    auto input = begin_batch();
    for (;;) {
        const auto messages = parse(input);
        if (!messages.empty())
            co_return batch(messages);
        if (over())
            co_return ending();
        const auto [error, count] = co_await stream_.socket().async_read_some(read_target(), as_results);
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
        log(frame_direction::received, step.type, step.payload);
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
    switch (admit(payload.size())) {
    case delivery::queued:
        log(frame_direction::sent, frame_type::pong, payload);
        queue_.push_urgent(frame_type::pong, payload, services_.buffers());
        break;
    case delivery::too_large: break; // A PONG that the peer itself says it cannot take would fail the connection.
    default: static_cast<void>(overflow());
    }
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
        return batch(reason_, stream_.write_error());
    if (parser_.error())
        return batch(close_reason::protocol_violation, parser_.error());
    return batch(close_reason::connection_lost, stream_.end());
}

// Writing

/// Whether a payload of this size may be queued.
delivery rawsocket_channel::admit(std::size_t payload_bytes) const noexcept
{
    if (!alive())
        return delivery::refused;
    const auto frame_bytes = frame_header_bytes + payload_bytes;
    if (payload_bytes > peer_message_bytes_max_ || frame_bytes > outbound_bytes_max_)
        return delivery::too_large;
    return frame_bytes > outbound_bytes_max_ - std::min(outbound_bytes_max_, queue_.size()) ? delivery::refused
                                                                                            : delivery::queued;
}

/// Ends the connection of a peer that does not take what it is sent.
delivery rawsocket_channel::overflow() noexcept
{
    abort(close_reason::slow_consumer);
    return delivery::refused;
}

delivery rawsocket_channel::close_message()
{
    const auto verdict = admit(queue_.open_payload().size());
    if (verdict != delivery::queued) {
        queue_.drop(services_.buffers());
        return verdict == delivery::refused ? overflow() : verdict;
    }
    enqueue();
    return delivery::queued;
}

delivery rawsocket_channel::send_encoded(byte_view message)
{
    const auto verdict = admit(message.size());
    if (verdict != delivery::queued)
        return verdict == delivery::refused ? overflow() : verdict;
    queue_.open(services_.buffers()).append(message);
    enqueue();
    return delivery::queued;
}

delivery rawsocket_channel::send_run(const shared_run& run)
{
    const bool fits = run->longest_message() <= peer_message_bytes_max_ &&
                      run->bytes().size() <= outbound_bytes_max_ - std::min(outbound_bytes_max_, queue_.size());
    if (!alive() || !fits)
        return channel::send_run(run); // One by one, as some of them may be queued.
    if (frame_log_) {
        run->for_each([&](byte_view message) {
            log(frame_direction::sent, frame_type::message, message);
            return true;
        });
    }
    queue_.push_run(run, services_.buffers());
    services_.flushes().add(*this);
    return delivery::queued;
}

/// Ends the open message and sees to it that it is written.
void rawsocket_channel::enqueue()
{
    log(frame_direction::sent, frame_type::message, queue_.open_payload());
    queue_.close();
    services_.flushes().add(*this);
}

void rawsocket_channel::flush() noexcept
{
    unlink();
    if (alive() && !waiting_until_writable_)
        write_some();
}

/// Writes what can be written at once and sees to it that the rest follows.
write_status rawsocket_channel::write_some() noexcept
{
    const auto before = stream_.bytes_written();
    auto status = write_status::failed;
    try {
        status = stream_.write(queue_);
        if (status == write_status::blocked)
            wait_until_writable();
    } catch (const std::exception&) {
        abort(close_reason::internal_error);
        return write_status::failed;
    }
    if (status == write_status::failed)
        abort(close_reason::connection_lost);
    else if (status == write_status::drained)
        stall_deadline_.clear();
    else if (stream_.bytes_written() != before || !stall_deadline_.is_set())
        stall_deadline_.set_after(write_stall_timeout_);
    return status;
}

void rawsocket_channel::wait_until_writable()
{
    if (waiting_until_writable_)
        return;
    if (self_ == nullptr)
        self_ = std::make_shared<rawsocket_channel*>(this);
    stream_.socket().async_wait(stream_socket::wait_write, [self = self_](error_code) {
        if (*self != nullptr)
            (*self)->on_writable();
    });
    waiting_until_writable_ = true;
}

void rawsocket_channel::on_writable() noexcept
{
    waiting_until_writable_ = false;
    if (alive())
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
        queue_.push_urgent(frame_type::ping, {}, services_.buffers());
    } catch (const std::bad_alloc&) {
        abort(close_reason::internal_error);
        return;
    }
    flush();
}

void rawsocket_channel::log(frame_direction direction, frame_type type, byte_view payload) const
{
    if (frame_log_)
        frame_log_(direction, type, payload);
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
    stream_.close();
    queue_.clear(services_.buffers());
    unlink();
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
