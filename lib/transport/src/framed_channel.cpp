// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "framed_channel.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>

#include <junctor/base/limits.hpp>

#include "begun_connection.hpp"

namespace junctor {

namespace asio = boost::asio;
using boost::system::error_code;

framed_channel::framed_channel(connection peer, std::string_view type, const channel_settings& settings,
                               message_input& input, shard_services& services)
    : services_{services},
      settings_{settings},
      stream_{take_stream(peer, services)},
      input_{input},
      output_{new connection_output(*this, short_way_, services, settings.limits.outbound_bytes_max)},
      ticket_{std::move(peer.ticket)},
      deadlines_{services.deadlines(), this, &strike},
      facts_{std::move(peer.facts)}
{
    facts_.transport_id = settings.id;
    facts_.type = type;
    if (const auto failure = services_.poller().add(stream_.socket(), *this)) {
        stream_.ended(failure);
        stream_.close();
        return;
    }
    output_->start(stream_.socket(), stream_.plain());
}

framed_channel::~framed_channel()
{
    output_->stop();
    output_->leave_owner();
    services_.poller().remove(stream_.socket(), *this);
}

// Waiting

void framed_channel::wait_for_turn(reading_done done)
{
    done_.swap(done); // The assignment in Asio of Boost 1.81 calls itself for ever.
    if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected())
        slot.assign([this](asio::cancellation_type) { on_cancellation(); });
}

/// Completes what waits, which may destroy the channel.
void framed_channel::end_wait(std::exception_ptr failure) noexcept
{
    reader_ = nullptr;
    auto done = std::exchange(done_, nullptr);
    if (auto slot = asio::get_associated_cancellation_slot(done); slot.is_connected())
        slot.clear();
    std::move(done)(std::move(failure));
}

void framed_channel::on_cancellation() noexcept
{
    stream_.ended(asio::error::operation_aborted);
    services_.poller().call(*this);
}

void framed_channel::on_ready(socket_readiness news) noexcept
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

void framed_channel::on_shutdown() noexcept
{
    const auto never_called = std::exchange(done_, nullptr); // What it owns may own the channel.
}

// Opening

awaitable<error_code> framed_channel::open(clock::time_point give_up, byte_buffer unread)
{
    if (!alive())
        co_return stream_.end();
    if (!unread.empty())
        unparsed_ = input_.adopt(std::move(unread));
    set_deadline(give_up, close_reason::join_timeout);
    const auto error = co_await shake_hands();
    if (!error) {
        if (settings_.keep_alive_mode == keep_alive::always)
            set_next_ping();
    } else if (explains_failure() && alive() && (queued_bytes() != 0 || bytes_written() != 0)) {
        // The peer was told why: it shall be able to read that before the connection goes.
        const auto until = std::min(give_up, clock::now() + settings_.limits.goodbye_timeout);
        co_await close(until);
    } else {
        abort(close_reason::handshake_failed);
    }
    co_return error;
}

awaitable<error_code> framed_channel::secure()
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

error_code framed_channel::failure() const noexcept
{
    if (reason_ == close_reason::join_timeout)
        return asio::error::timed_out;
    return write_error() ? write_error() : stream_.end();
}

/// Why writing failed.
error_code framed_channel::write_error() const noexcept
{
    if (stream_.write_error())
        return stream_.write_error();
    return packed_ != nullptr && packed_->write_error ? packed_->write_error : output_->write_error();
}

void framed_channel::say(byte_view octets)
{
    output_->push_urgent(octets);
    write_some();
}

void framed_channel::agree_on(serializer format, frame_form form)
{
    facts_.format = format;
    output_->set_form(form);
    if (stream_.tls() != nullptr)
        facts_.tls = std::make_shared<const tls_facts>(stream_.tls()->facts());
}

void framed_channel::agree_on(serializer format, std::unique_ptr<message_packer> packer)
{
    agree_on(format, frame_form::rawsocket);
    packed_ = std::make_unique<packed_output>();
    packed_->packer = std::move(packer);
    output_->leave_writing_to_owner();
    output_->with_queue([&](frame_queue& queue) { packed_->packer->take_as_it_is(queue, services_.buffers()); });
}

// Reading

void framed_channel::start_reading(batch_reader& to, reading extent, reading_done done)
{
    wait_for_turn(std::move(done));
    reader_ = &to;
    extent_ = extent;
    interrupted_ = false;
    services_.poller().call(*this); // What has come before would not be told.
}

/// Reads once and gives the reader what came of it. Whether it wants more and there may be more.
bool framed_channel::serve_reader()
{
    const auto messages = parse(next_input());
    const bool woken = std::exchange(interrupted_, false) && !over();
    if ((!messages.empty() || woken) && !reader_->take(batch(messages)))
        return false;
    input_.recycle();
    if (over() && !come_again_) {
        static_cast<void>(reader_->take(ending()));
        return false;
    }
    read_on();
    return true;
}

std::span<std::byte> framed_channel::next_input()
{
    if (unparsed_.empty())
        return receive();
    services_.poller().call(*this); // What has come since would not be told.
    return std::exchange(unparsed_, {});
}

/// What the socket brings. The batch before is given up for it.
std::span<std::byte> framed_channel::receive()
{
    if (over() && !std::exchange(come_again_, false))
        return {};
    const auto input = input_.read(stream_, extent_ == reading::one_batch);
    heard_from_peer_ = heard_from_peer_ || stream_.latest_read() != read_extent::nothing;
    if (stream_.output_pending())
        write_some(); // TLS speaks for itself: handshakes, alerts, new keys.
    if (stream_.pending_bytes() > settings_.limits.outbound_bytes_max)
        abort(close_reason::slow_consumer); // It makes TLS speak and does not listen.
    return input;
}

void framed_channel::read_on() noexcept
{
    if (stream_.latest_read() == read_extent::part || (input_ends_ && stream_.latest_read() == read_extent::all))
        services_.poller().call(*this);
}

/// All whole messages of `input`; PINGs are answered on the way.
std::span<const byte_view> framed_channel::parse(std::span<std::byte> input)
{
    if (!alive())
        return {};
    const auto messages = input_.parse(input, *output_, *this);
    if (std::exchange(pinged_, false))
        flush(); // The peer may time us: do not wait for what the messages take.
    return messages;
}

void framed_channel::take_control(frame_type type, byte_view payload)
{
    if (type == frame_type::ping) {
        pinged_ = true;
        answer_ping(payload);
    } else if (type == frame_type::pong && pongs_ != nullptr) {
        pongs_->on_pong(payload);
    } else if (type == frame_type::close) {
        peer_closed_ = true;
        on_peer_close(payload);
    }
}

void framed_channel::come_again() noexcept
{
    come_again_ = true;
    services_.poller().call(*this);
}

void framed_channel::answer_ping(byte_view payload)
{
    if (settings_.keep_alive_mode == keep_alive::after_peer_ping && !deadlines_.is_set(due::next_ping))
        set_next_ping();
    // If the peer itself says that it cannot take so much, it gets nothing: a PONG would fail the connection.
    static_cast<void>(output_->push_pong(payload));
}

bool framed_channel::ping(std::uint64_t payload, pong_taker& to)
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

batch framed_channel::ending() const noexcept
{
    if (reason_ != close_reason::none)
        return batch(reason_, write_error());
    if (input_.error())
        return batch(close_reason::protocol_violation, input_.error());
    return batch(close_reason::connection_lost, peer_closed_ ? error_code(asio::error::eof) : stream_.end());
}

// Writing

/// Does what other shards, or the output itself, leave to the owner.
void framed_channel::attend() noexcept
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
void framed_channel::interrupt_read() noexcept
{
    if (reader_ == nullptr)
        return;
    interrupted_ = true;
    services_.poller().call(*this);
}

/// Writes what can be written at once and sees to it that the rest follows.
write_status framed_channel::write_some() noexcept
{
    if (!alive())
        return write_status::failed;
    const auto before = bytes_written();
    auto status = write_status::failed;
    try {
        if (!stream_.plain())
            status = write_tls();
        else
            status = packed_ == nullptr ? output_->write() : write_packed();
    } catch (const std::exception&) {
        abort(close_reason::internal_error);
        return write_status::failed;
    }
    after_write(status, bytes_written() != before);
    return status;
}

/// Lets `use` take from what is to be written next.
template <class Use>
auto framed_channel::with_output(Use use)
{
    if (packed_ == nullptr)
        return output_->with_queue(use);
    pack_some();
    return use(packed_->packer->packed());
}

write_status framed_channel::write_tls()
{
    const auto enough = stream_.bytes_written() + limits::written_at_once_max;
    for (;;) {
        const auto status = stream_.write_ciphertext();
        if (status != write_status::drained || !stream_.tls()->established())
            return status;
        bool drained = false;
        const bool encrypted = with_output([&](frame_queue& queue) {
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

/// Packs what is queued, or a part of it, once all that was packed before is written.
void framed_channel::pack_some()
{
    auto& packer = *packed_->packer;
    if (!packer.packed().empty())
        return;
    output_->with_queue([&](frame_queue& queue) { packer.take(queue, services_.buffers()); });
    packer.pack(services_.buffers()); // Without the lock, for which others may be waiting.
}

write_status framed_channel::write_packed()
{
    const auto enough = packed_->bytes_written + limits::written_at_once_max;
    for (;;) {
        pack_some();
        auto& packed = packed_->packer->packed();
        if (packed.empty())
            return write_status::drained;
        const auto status =
            write_directly(stream_.socket(), packed, services_.buffers(), packed_->bytes_written, packed_->write_error);
        if (status != write_status::drained)
            return status;
        if (packed_->bytes_written >= enough)
            return write_status::blocked;
    }
}

/// Sees to what follows from a write.
void framed_channel::after_write(write_status status, bool progress) noexcept
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

void framed_channel::wait_until_writable() noexcept
{
    output_->owner_waits(true);
    if (!std::exchange(waiting_until_writable_, true))
        services_.poller().watch_writing(stream_.socket(), *this);
}

void framed_channel::on_writable() noexcept
{
    waiting_until_writable_ = false;
    output_->owner_waits(false);
    write_some();
    if (!waiting_until_writable_ && alive())
        services_.poller().stop_watching_writing(stream_.socket(), *this);
}

void framed_channel::on_deadline() noexcept
{
    const auto now = clock::now();
    if (deadlines_.take_due(due::given, now))
        abort(deadline_reason_);
    if (deadlines_.take_due(due::stall, now))
        abort(close_reason::slow_consumer);
    if (deadlines_.take_due(due::pong, now) && !heard_from_peer_)
        abort(close_reason::connection_lost);
    if (deadlines_.take_due(due::next_ping, now))
        ping_if_silent();
    deadlines_.go_on();
}

void framed_channel::set_next_ping() noexcept
{
    deadlines_.set(due::next_ping, clock::now() + settings_.keep_alive_interval);
}

void framed_channel::ping_if_silent() noexcept
{
    if (!alive())
        return;
    unanswered_pings_ = heard_from_peer_ ? 0 : unanswered_pings_;
    if (unanswered_pings_ == limits::unanswered_pings_max) {
        abort(close_reason::connection_lost);
        return;
    }
    set_next_ping();
    if (std::exchange(heard_from_peer_, false)) {
        deadlines_.clear(due::pong);
        return;
    }
    ++unanswered_pings_;
    if (settings_.pong_timeout.count() != 0 && !deadlines_.is_set(due::pong))
        deadlines_.set(due::pong, clock::now() + settings_.pong_timeout);
    try {
        output_->push_ping({});
    } catch (const std::bad_alloc&) {
        abort(close_reason::internal_error);
        return;
    }
    flush();
}

// Ending

awaitable<void> framed_channel::close(clock::time_point until)
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

void framed_channel::abort(close_reason reason) noexcept
{
    if (!alive())
        return;
    reason_ = reason;
    finish();
}

/// Closes the connection and forgets its output. What was read stays until the channel is destroyed: it may be in use.
void framed_channel::finish() noexcept
{
    output_->stop(); // First: no other thread may use the descriptor when it is closed.
    if (packed_ != nullptr)
        packed_->packer->clear(services_.buffers());
    services_.poller().remove(stream_.socket(), *this);
    stream_.close();
    for (std::size_t which = 0; which < due::due_count; ++which)
        deadlines_.clear(which);
    if (done_)
        services_.poller().call(*this);
}

void framed_channel::set_deadline(clock::time_point when, close_reason reason) noexcept
{
    if (!alive())
        return;
    deadline_reason_ = reason;
    deadlines_.set(due::given, when);
}

} // namespace junctor
