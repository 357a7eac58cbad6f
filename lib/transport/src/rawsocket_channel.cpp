// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "rawsocket_opening.hpp"

#include "byte_stream.hpp"
#include "rawsocket_input.hpp"
#include "rawsocket_output.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <junctor/base/limits.hpp>

namespace junctor {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// One end of a RawSocket connection; which end began it matters in the handshake only. What other shards may use of it
/// stands in its output.
class rawsocket_channel final : public channel, private output_owner, private socket_user {
public:
    rawsocket_channel(connection peer, const rawsocket_settings& settings, shard_services& services);
    ~rawsocket_channel() override;

    /// Carries out the handshakes by `give_up`. Completes without error if the channel is open, otherwise once it is
    /// closed. `part` must outlive that.
    awaitable<error_code> open(const handshake_part& part, clock::time_point give_up);

    const transport_facts& facts() const noexcept override { return facts_; }
    void flush() noexcept override { output_->flush(services_); }
    awaitable<void> close(clock::time_point until) override;
    void abort(close_reason reason) noexcept override;
    close_reason reason() const noexcept override { return reason_; }
    std::size_t queued_bytes() const noexcept override { return output_->queued_bytes() + stream_.pending_bytes(); }
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

private:
    bool alive() const noexcept { return stream_.is_open(); }

    awaitable<error_code> shake_hands(const handshake_part& part);
    awaitable<error_code> secure();
    awaitable<error_code> read_handshake(handshake_reader& reader);
    error_code agree(const handshake_answer& answer);
    void say(const rawsocket_octets& octets);
    error_code failure() const noexcept;

    void start_reading(batch_reader& to, reading extent, reading_done done) override;
    auto turn();
    void wait_for_turn(reading_done done);
    void end_wait(std::exception_ptr failure) noexcept;
    void on_ready(socket_readiness news) noexcept override;
    void on_shutdown() noexcept override;
    void on_cancellation() noexcept;

    bool serve_reader();
    byte_view next_input();
    byte_view receive();
    void read_on() noexcept;
    std::span<const byte_view> parse(byte_view input);
    void answer_ping(byte_view payload);
    bool over() const noexcept { return input_.error() || stream_.end(); }
    batch ending() const noexcept;
    void finish() noexcept;

    void attend() noexcept override;
    void on_writable() noexcept;
    void interrupt_read() noexcept;
    std::uint64_t bytes_written() const noexcept { return output_->bytes_written() + stream_.bytes_written(); }
    error_code write_error() const noexcept;
    write_status write_some() noexcept;
    write_status write_tls();
    void after_write(write_status status, bool progress) noexcept;
    void wait_until_writable() noexcept;
    static void strike(void* self) noexcept { static_cast<rawsocket_channel*>(self)->on_deadline(); }
    void on_deadline() noexcept;
    void ping_if_silent() noexcept;
    void set_next_ping() noexcept;

    /// What has a deadline.
    enum due : std::uint8_t { given, stall, next_ping, due_count };

    shard_services& services_;
    const rawsocket_settings& settings_;
    byte_stream stream_;
    rawsocket_input input_;
    boost::intrusive_ptr<rawsocket_output> output_;
    connection_ticket ticket_;
    byte_view unparsed_; ///< What came together with the handshake.
    close_reason reason_{close_reason::none};
    close_reason deadline_reason_{close_reason::none};
    pong_taker* pongs_{nullptr};    ///< Null: they are passed over.
    batch_reader* reader_{nullptr}; ///< Takes what comes; null while nothing is read for anybody.
    reading_done done_;             ///< Waits for the end of reading or, without a reader, for the next turn.
    reading extent_{reading::one_batch};
    bool input_ends_{false};  ///< The end stands behind what is to be read.
    bool interrupted_{false}; ///< The reader is to look up, if need be without messages.
    bool waiting_until_writable_{false};
    bool heard_from_peer_{true}; ///< Since the last time that a PING was due.
    std::uint8_t unanswered_pings_{0};
    deadline_group<due::due_count> deadlines_;
    transport_facts facts_;
};

rawsocket_channel::rawsocket_channel(connection peer, const rawsocket_settings& settings, shard_services& services)
    : services_{services},
      settings_{settings},
      stream_{std::move(peer.socket), std::move(peer.tls), services},
      input_{settings.announced_message_size(), services},
      output_{new rawsocket_output(*this, short_way_, services, settings.limits.outbound_bytes_max)},
      ticket_{std::move(peer.ticket)},
      deadlines_{services.deadlines(), this, &strike},
      facts_{std::move(peer.facts)}
{
    facts_.transport_id = settings.id;
    facts_.type = "rawsocket";
    if (const auto failure = services_.poller().add(stream_.socket(), *this)) {
        stream_.ended(failure);
        stream_.close();
        return;
    }
    output_->start(stream_.socket(), stream_.plain());
}

rawsocket_channel::~rawsocket_channel()
{
    output_->stop();
    output_->leave_owner();
    services_.poller().remove(stream_.socket(), *this);
}

// Waiting

/// To be awaited: the next time that the socket is ready, that something else happens to the connection, or for
/// nothing.
auto rawsocket_channel::turn()
{
    return asio::async_initiate<const asio::deferred_t, void(std::exception_ptr)>(
        [this](auto done) { wait_for_turn(reading_done(std::move(done))); }, asio::deferred);
}

void rawsocket_channel::wait_for_turn(reading_done done)
{
    done_.swap(done); // The assignment in Asio of Boost 1.81 calls itself for ever.
    if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected())
        slot.assign([this](asio::cancellation_type) { on_cancellation(); });
}

/// Completes what waits, which may destroy the channel.
void rawsocket_channel::end_wait(std::exception_ptr failure) noexcept
{
    reader_ = nullptr;
    auto done = std::exchange(done_, nullptr);
    if (auto slot = asio::get_associated_cancellation_slot(done); slot.is_connected())
        slot.clear();
    std::move(done)(std::move(failure));
}

void rawsocket_channel::on_cancellation() noexcept
{
    stream_.ended(asio::error::operation_aborted);
    services_.poller().call(*this);
}

void rawsocket_channel::on_ready(socket_readiness news) noexcept
{
    input_ends_ = input_ends_ || news.end;
    if (news.write && waiting_until_writable_)
        on_writable();
    if (!done_ || (reader_ != nullptr && !news.read))
        return;
    std::exception_ptr failure;
    try {
        if (reader_ != nullptr && serve_reader())
            return;
    } catch (...) {
        failure = std::current_exception();
    }
    end_wait(std::move(failure));
}

void rawsocket_channel::on_shutdown() noexcept
{
    const auto never_called = std::exchange(done_, nullptr); // What it owns may own the channel.
}

// Opening

awaitable<error_code> rawsocket_channel::open(const handshake_part& part, clock::time_point give_up)
{
    if (!alive())
        co_return stream_.end();
    set_deadline(give_up, close_reason::join_timeout);
    const auto error = co_await shake_hands(part);
    if (!error) {
        if (settings_.keep_alive_mode == keep_alive::always)
            set_next_ping();
    } else if (std::holds_alternative<handshake_terms>(part) && alive() &&
               (queued_bytes() != 0 || bytes_written() != 0)) {
        // The peer was told why: it shall be able to read that before the connection goes.
        const auto until = std::min(give_up, clock::now() + settings_.limits.goodbye_timeout);
        co_await close(until);
    } else {
        abort(close_reason::handshake_failed);
    }
    co_return error;
}

awaitable<error_code> rawsocket_channel::shake_hands(const handshake_part& part)
{
    if (const auto* const wish = std::get_if<handshake_wish>(&part)) {
        const auto insecure = co_await secure();
        if (insecure)
            co_return insecure;
        say(encode_handshake_request(wish->length_nibble, wish->format));
    }
    handshake_reader reader;
    const auto unread = co_await read_handshake(reader);
    if (unread)
        co_return unread;
    co_return agree(conclude_handshake(part, reader.octets()));
}

/// The handshake of TLS, if there is any, begun by this end. It is done before anything is said, so that what is said
/// is written by itself.
awaitable<error_code> rawsocket_channel::secure()
{
    const bool plain = stream_.plain();
    if (plain)
        co_return error_code();
    stream_.begin_tls();
    write_some();
    for (;;) {
        unparsed_ = receive();
        if (over())
            co_return failure();
        if (stream_.tls()->established())
            co_return error_code();
        read_on();
        co_await turn();
    }
}

/// The four octets of the peer.
awaitable<error_code> rawsocket_channel::read_handshake(handshake_reader& reader)
{
    for (;;) {
        auto input = next_input();
        const auto status = reader.read(input);
        if (status == handshake_reader::status::not_rawsocket)
            co_return framing_error::not_rawsocket;
        if (status == handshake_reader::status::complete) {
            unparsed_ = input;
            co_return error_code();
        }
        if (over())
            co_return failure();
        read_on();
        co_await turn();
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

error_code rawsocket_channel::agree(const handshake_answer& answer)
{
    if (answer.reply)
        say(*answer.reply);
    if (answer.error)
        return answer.error;
    facts_.format = answer.format;
    if (stream_.tls() != nullptr)
        facts_.tls = std::make_shared<const tls_facts>(stream_.tls()->facts());
    output_->set_peer_message_bytes_max(answer.peer_message_bytes_max);
    return alive() ? error_code() : failure();
}

void rawsocket_channel::say(const rawsocket_octets& octets)
{
    output_->push_urgent(octets);
    write_some();
}

// Reading

void rawsocket_channel::start_reading(batch_reader& to, reading extent, reading_done done)
{
    wait_for_turn(std::move(done));
    reader_ = &to;
    extent_ = extent;
    interrupted_ = false;
    services_.poller().call(*this); // What has come before would not be told.
}

/// Reads once and gives the reader what came of it. Whether it wants more and there may be more.
bool rawsocket_channel::serve_reader()
{
    const auto messages = parse(next_input());
    const bool woken = std::exchange(interrupted_, false) && !over();
    if ((!messages.empty() || woken) && !reader_->take(batch(messages)))
        return false;
    input_.recycle();
    if (over()) {
        static_cast<void>(reader_->take(ending()));
        return false;
    }
    read_on();
    return true;
}

/// What is to be parsed next.
byte_view rawsocket_channel::next_input()
{
    if (unparsed_.empty())
        return receive();
    services_.poller().call(*this); // What has come since would not be told.
    return std::exchange(unparsed_, {});
}

/// What the socket brings. The batch before is given up for it.
byte_view rawsocket_channel::receive()
{
    if (over())
        return {};
    const auto input = input_.read(stream_, extent_ == reading::one_batch);
    heard_from_peer_ = heard_from_peer_ || stream_.latest_read() != read_extent::nothing;
    if (stream_.output_pending())
        write_some(); // TLS speaks for itself: handshakes, alerts, new keys.
    if (stream_.pending_bytes() > settings_.limits.outbound_bytes_max)
        abort(close_reason::slow_consumer); // It makes TLS speak and does not listen.
    return input;
}

/// Sees to it that there will be another turn if more may have come already, which would not be told.
void rawsocket_channel::read_on() noexcept
{
    if (stream_.latest_read() == read_extent::part || (input_ends_ && stream_.latest_read() == read_extent::all))
        services_.poller().call(*this);
}

/// All whole messages of `input`; PINGs are answered on the way.
std::span<const byte_view> rawsocket_channel::parse(byte_view input)
{
    if (!alive())
        return {};
    bool pinged = false;
    const auto messages = input_.parse(input, *output_, [&](frame_type type, byte_view payload) {
        if (type == frame_type::pong && pongs_ != nullptr)
            pongs_->on_pong(payload);
        if (type != frame_type::ping)
            return;
        pinged = true;
        answer_ping(payload);
    });
    if (pinged)
        flush(); // The peer may time us: do not wait for what the messages take.
    return messages;
}

void rawsocket_channel::answer_ping(byte_view payload)
{
    if (settings_.keep_alive_mode == keep_alive::after_peer_ping && !deadlines_.is_set(due::next_ping))
        set_next_ping();
    // If the peer itself says that it cannot take so much, it gets nothing: a PONG would fail the connection.
    static_cast<void>(output_->push_pong(payload));
}

bool rawsocket_channel::ping(std::uint64_t payload, pong_taker& to)
{
    constexpr auto octet_bits = 8U;
    std::array<std::byte, sizeof payload> octets{};
    for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet, payload >>= octet_bits)
        *octet = static_cast<std::byte>(payload);
    pongs_ = &to;
    output_->push_ping(octets);
    flush();
    return true;
}

batch rawsocket_channel::ending() const noexcept
{
    if (reason_ != close_reason::none)
        return batch(reason_, write_error());
    if (input_.error())
        return batch(close_reason::protocol_violation, input_.error());
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

/// Lets the reader look up.
void rawsocket_channel::interrupt_read() noexcept
{
    if (reader_ == nullptr)
        return;
    interrupted_ = true;
    services_.poller().call(*this);
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
    case write_status::drained: deadlines_.clear(due::stall); break;
    case write_status::blocked:
        wait_until_writable();
        if (!alive())
            break;
        if (progress || !deadlines_.is_set(due::stall))
            deadlines_.set(due::stall, clock::now() + settings_.limits.write_stall_timeout);
        break;
    }
}

void rawsocket_channel::wait_until_writable() noexcept
{
    output_->owner_waits(true);
    if (!std::exchange(waiting_until_writable_, true))
        services_.poller().watch_writing(stream_.socket(), *this);
}

void rawsocket_channel::on_writable() noexcept
{
    waiting_until_writable_ = false;
    output_->owner_waits(false);
    write_some();
    if (!waiting_until_writable_ && alive())
        services_.poller().stop_watching_writing(stream_.socket(), *this);
}

void rawsocket_channel::on_deadline() noexcept
{
    const auto now = clock::now();
    if (deadlines_.take_due(due::given, now))
        abort(deadline_reason_);
    if (deadlines_.take_due(due::stall, now))
        abort(close_reason::slow_consumer);
    if (deadlines_.take_due(due::next_ping, now))
        ping_if_silent();
    deadlines_.go_on();
}

void rawsocket_channel::set_next_ping() noexcept
{
    deadlines_.set(due::next_ping, clock::now() + settings_.keep_alive_interval);
}

void rawsocket_channel::ping_if_silent() noexcept
{
    unanswered_pings_ = heard_from_peer_ ? 0 : unanswered_pings_;
    if (unanswered_pings_ == limits::unanswered_pings_max) {
        abort(close_reason::connection_lost);
        return;
    }
    set_next_ping();
    if (std::exchange(heard_from_peer_, false))
        return;
    ++unanswered_pings_;
    try {
        output_->push_ping({});
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
            co_await turn();
        }
    }
    // A socket that is closed with unread input makes the peer lose what is still on its way to it.
    set_deadline(until, close_reason::connection_lost);
    if (alive())
        stream_.shut_down();
    while (alive()) {
        stream_.discard();
        if (stream_.input_ended())
            break;
        read_on();
        co_await turn();
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
    services_.poller().remove(stream_.socket(), *this);
    stream_.close();
    for (std::size_t which = 0; which < due::due_count; ++which)
        deadlines_.clear(which);
    if (done_)
        services_.poller().call(*this);
}

void rawsocket_channel::set_deadline(clock::time_point when, close_reason reason) noexcept
{
    if (!alive())
        return;
    deadline_reason_ = reason;
    deadlines_.set(due::given, when);
}

} // namespace

awaitable<boost::system::result<std::unique_ptr<channel>>>
open_channel(connection peer, const rawsocket_settings& settings, const handshake_part& part,
             channel::clock::time_point give_up, shard_services& services)
{
    auto opened = std::make_unique<rawsocket_channel>(std::move(peer), settings, services);
    const auto error = co_await opened->open(part, give_up);
    if (error)
        co_return error;
    co_return std::unique_ptr<channel>(std::move(opened));
}

} // namespace junctor
