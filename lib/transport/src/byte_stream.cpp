// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "byte_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <boost/asio/error.hpp>

#include <sys/socket.h>
#include <sys/uio.h>

namespace junctor {

namespace {

/// Plaintext is encrypted in portions of this size, so that little ciphertext waits and urgent frames overtake the
/// rest.
constexpr std::size_t encrypted_at_once = std::size_t{64} * 1024;

boost::system::error_code last_error() noexcept
{
    return {errno, boost::system::system_category()};
}

} // namespace

byte_stream::byte_stream(file_descriptor connected, std::shared_ptr<const tls_context> security,
                         shard_services& services)
    : socket_{std::move(connected)},
      services_{services},
      secure_{security ? std::make_unique<struct security>(std::move(security)) : nullptr}
{
}

byte_stream::~byte_stream()
{
    forget_ciphertext();
}

/// Gives up the memory of what waits to be written by TLS.
void byte_stream::forget_ciphertext() noexcept
{
    if (plain())
        return;
    services_.buffers().give(secure_->ciphertext);
    secure_->ciphertext_written = 0;
}

void byte_stream::forgo_tls() noexcept
{
    forget_ciphertext();
    secure_.reset();
}

void byte_stream::begin_tls()
{
    secure_->ciphertext = services_.buffers().take();
    secure_->engine.begin(secure_->ciphertext);
    if (secure_->engine.end())
        end_ = secure_->engine.end();
}

std::span<std::byte> byte_stream::read(std::unique_ptr<read_block>& block)
{
    if (block == nullptr)
        block = services_.take_read_block();
    auto* const target = plain() ? block->data() : services_.scratch();
    const std::span input(target, read_into(target));
    return plain() || input.empty() ? input : decrypt(input, *block);
}

byte_stream::split_input byte_stream::read_split(std::span<std::byte> room, std::unique_ptr<read_block>& block)
{
    if (block == nullptr)
        block = services_.take_read_block();
    std::array<iovec, 2> places{{{room.data(), room.size()}, {block->data(), read_block::read_bytes_max}}};
    msghdr message{};
    message.msg_iov = places.data();
    message.msg_iovlen = places.size();
    const auto count =
        note_read(::recvmsg(socket_.get(), &message, MSG_DONTWAIT), room.size() + read_block::read_bytes_max);
    const auto in_room = std::min(count, room.size());
    return {in_room, {block->data(), count - in_room}};
}

/// Reads to `target`, which has room for as much as a block. Returns how much.
std::size_t byte_stream::read_into(std::byte* target) noexcept
{
    return note_read(::recv(socket_.get(), target, read_block::read_bytes_max, MSG_DONTWAIT),
                     read_block::read_bytes_max);
}

/// Notes what came of a read of at most `asked` bytes. Returns how many have come.
std::size_t byte_stream::note_read(std::ptrdiff_t result, std::size_t asked) noexcept
{
    if (result > 0) {
        const auto count = static_cast<std::size_t>(result);
        latest_read_ = count == asked ? read_extent::part : read_extent::all;
        return count;
    }
    latest_read_ = result < 0 && errno == EINTR ? read_extent::part : read_extent::nothing;
    if (result == 0)
        ended(boost::asio::error::eof);
    else if (errno != EAGAIN && errno != EINTR)
        ended(last_error());
    return 0;
}

void byte_stream::ended(boost::system::error_code error) noexcept
{
    input_ended_ = true;
    if (!end_)
        end_ = error;
}

std::span<std::byte> byte_stream::decrypt(byte_view input, read_block& block)
{
    auto& tls = *secure_;
    if (tls.ciphertext.capacity() == 0)
        tls.ciphertext = services_.buffers().take();
    const auto size = tls.engine.read(input, {block.data(), read_block::capacity}, tls.ciphertext);
    if (tls.engine.end())
        end_ = tls.engine.end();
    if (!output_pending())
        services_.buffers().give(tls.ciphertext);
    return {block.data(), size};
}

write_status byte_stream::write_ciphertext() noexcept
{
    if (output_pending()) {
        auto& tls = *secure_;
        const auto count = write_directly(socket_.get(), tls.ciphertext.view(tls.ciphertext_written), tls.write_error);
        tls.ciphertext_written += count;
        tls.bytes_written += count;
    }
    if (write_error())
        return write_status::failed;
    if (output_pending())
        return write_status::blocked;
    forget_ciphertext();
    return write_status::drained;
}

bool byte_stream::encrypt_portion(byte_view plain)
{
    auto& tls = *secure_;
    if (!tls.engine.write(plain, tls.ciphertext))
        tls.write_error = boost::asio::error::connection_aborted;
    return !tls.write_error;
}

bool byte_stream::encrypt(byte_view plain)
{
    secure_->ciphertext = services_.buffers().take();
    return encrypt_portion(plain);
}

bool byte_stream::encrypt_some(frame_queue& queue)
{
    secure_->ciphertext = services_.buffers().take();
    auto left = encrypted_at_once;
    std::size_t encrypted = 0;
    for (const auto& segment : queue.next()) {
        const auto portion = segment.first(std::min(segment.size(), left));
        if (portion.empty())
            break;
        if (!encrypt_portion(portion))
            return false;
        left -= portion.size();
        encrypted += portion.size();
    }
    queue.written(encrypted, services_.buffers());
    return true;
}

void byte_stream::say_goodbye() noexcept
{
    if (!plain())
        secure_->engine.close(secure_->ciphertext);
}

void byte_stream::shut_down() noexcept
{
    ::shutdown(socket_.get(), SHUT_WR);
}

void byte_stream::close() noexcept
{
    socket_ = file_descriptor();
    ended(boost::asio::error::operation_aborted);
    forget_ciphertext();
}

} // namespace junctor
