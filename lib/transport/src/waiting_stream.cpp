// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "waiting_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>

#include <sys/socket.h>

#include "direct_write.hpp"

namespace junctor {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Plaintext is encrypted in portions of this size, so that little ciphertext waits.
constexpr std::size_t encrypted_at_once = std::size_t{64} * 1024;

/// What is read and forgotten of a peer that is to end and does not.
constexpr std::size_t discarded_bytes_max = std::size_t{1} << 20;

} // namespace

waiting_stream::waiting_stream(file_descriptor connected, std::shared_ptr<const tls_context> security,
                               shard_services& services)
    : services_{services},
      stream_{std::move(connected), std::move(security), services},
      deadline_{services.deadlines(), this,
                [](void* self) noexcept { static_cast<waiting_stream*>(self)->end_with(asio::error::timed_out); }}
{
    if (const auto failure = services_.poller().add(stream_.socket(), *this))
        stream_.ended(failure);
}

waiting_stream::~waiting_stream()
{
    if (block_ != nullptr)
        services_.give_read_block(std::move(block_));
    if (!released_)
        services_.poller().remove(stream_.socket(), *this);
}

byte_stream waiting_stream::release()
{
    services_.poller().remove(stream_.socket(), *this);
    deadline_.clear();
    released_ = true;
    return std::move(stream_);
}

error_code waiting_stream::end() const noexcept
{
    if (stream_.end())
        return stream_.end();
    return write_error_ ? write_error_ : stream_.write_error();
}

// Waiting

void waiting_stream::wait_for_turn(turn_done done)
{
    done_.swap(done); // The assignment in Asio of Boost 1.81 calls itself for ever.
    if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected())
        slot.assign([this](asio::cancellation_type) { end_with(asio::error::operation_aborted); });
}

void waiting_stream::end_wait() noexcept
{
    auto done = std::exchange(done_, nullptr);
    if (auto slot = asio::get_associated_cancellation_slot(done); slot.is_connected())
        slot.clear();
    std::move(done)(std::exception_ptr());
}

/// What waits is told in a turn of its own, since it may destroy the stream.
void waiting_stream::end_with(error_code error) noexcept
{
    stream_.ended(error);
    services_.poller().call(*this);
}

void waiting_stream::on_ready(socket_readiness news) noexcept
{
    news_ = news_ || news.read;
    room_ = room_ || news.write;
    input_ends_ = input_ends_ || news.end;
    if (done_)
        end_wait();
}

void waiting_stream::on_shutdown() noexcept
{
    const auto never_called = std::exchange(done_, nullptr); // What it owns may own the stream.
}

awaitable<void> waiting_stream::await_news()
{
    while (!news_ && !end())
        co_await turn();
}

/// Whether the socket may give something of which nobody will be told.
bool waiting_stream::may_have_more() const noexcept
{
    return stream_.latest_read() == read_extent::part || (input_ends_ && stream_.latest_read() == read_extent::all);
}

// Reading

awaitable<std::span<const std::byte>> waiting_stream::peek()
{
    static constexpr std::size_t octets = 1;
    if (block_ == nullptr)
        block_ = services_.take_read_block();
    while (!end()) {
        news_ = false;
        const auto count = ::recv(stream_.socket(), block_->data(), octets, MSG_PEEK | MSG_DONTWAIT);
        if (count > 0) {
            news_ = true; // It is still to be read.
            co_return std::span<const std::byte>(block_->data(), octets);
        }
        if (count == 0)
            stream_.ended(asio::error::eof);
        else if (errno != EAGAIN && errno != EINTR)
            stream_.ended({errno, boost::system::system_category()});
        else
            co_await await_news();
    }
    co_return std::span<const std::byte>();
}

void waiting_stream::forgo_tls()
{
    stream_.forgo_tls();
}

awaitable<std::span<std::byte>> waiting_stream::read()
{
    while (!end()) {
        news_ = false;
        const auto input = stream_.read(block_);
        const bool written = co_await write_ciphertext(); // TLS speaks for itself: handshakes, alerts.
        if (!input.empty()) {
            news_ = news_ || may_have_more();
            co_return input;
        }
        if (written && !may_have_more())
            co_await await_news();
    }
    co_return std::span<std::byte>();
}

// Writing

awaitable<void> waiting_stream::await_room()
{
    room_ = false;
    services_.poller().watch_writing(stream_.socket(), *this);
    while (!room_ && !end())
        co_await turn();
    services_.poller().stop_watching_writing(stream_.socket(), *this);
}

awaitable<bool> waiting_stream::write_plain(byte_view bytes)
{
    for (;;) {
        bytes = bytes.subspan(write_directly(stream_.socket(), bytes, write_error_));
        if (bytes.empty() || end())
            co_return !end();
        co_await await_room();
    }
}

awaitable<bool> waiting_stream::write_ciphertext()
{
    if (!stream_.output_pending())
        co_return !end();
    for (;;) {
        const auto status = stream_.write_ciphertext();
        if (status != write_status::blocked || end())
            co_return status == write_status::drained;
        co_await await_room();
    }
}

awaitable<bool> waiting_stream::write(byte_view bytes)
{
    if (stream_.plain()) {
        const bool all = co_await write_plain(bytes);
        co_return all;
    }
    while (!bytes.empty()) {
        const auto portion = bytes.first(std::min(bytes.size(), encrypted_at_once));
        if (end() || !stream_.encrypt(portion))
            co_return false;
        const bool written = co_await write_ciphertext();
        if (!written)
            co_return false;
        bytes = bytes.subspan(portion.size());
    }
    co_return true;
}

awaitable<void> waiting_stream::finish()
{
    if (end())
        co_return;
    stream_.say_goodbye();
    const bool said = co_await write_ciphertext();
    if (!said)
        co_return;
    stream_.shut_down();
    std::size_t discarded = 0;
    for (;;) {
        const auto input = co_await read();
        discarded += input.size();
        if (input.empty() || discarded > discarded_bytes_max)
            co_return;
    }
}

} // namespace junctor
