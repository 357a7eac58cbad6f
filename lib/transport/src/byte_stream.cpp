// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "byte_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/asio/error.hpp>

#include <sys/socket.h>

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

byte_stream::byte_stream(file_descriptor connected, int family, std::shared_ptr<const tls_context> tls,
                         shard_services& services)
    : socket_{services.io().get_executor()},
      services_{services},
      tls_{std::move(tls)},
      engine_{tls_ ? std::make_unique<tls_engine>(*tls_) : nullptr}
{
    boost::system::error_code failure;
    socket_.assign(boost::asio::generic::stream_protocol(family, 0), connected.get(), failure);
    if (failure)
        ended(failure);
    else
        static_cast<void>(connected.release());
}

byte_stream::~byte_stream()
{
    services_.buffers().give(ciphertext_);
}

byte_view byte_stream::received(std::size_t count, std::unique_ptr<read_block>& block)
{
    if (!plain())
        return decrypt(count, block);
    if (count < inbox_.size())
        return byte_view(inbox_).first(count);
    if (block == nullptr)
        block = services_.take_read_block();
    std::memcpy(block->data(), inbox_.data(), count);
    return {block->data(), count + read_more(block->data() + count)};
}

/// Reads what has come already. How much that is, at most `read_block::read_bytes_max`.
std::size_t byte_stream::read_more(std::byte* target) noexcept
{
    const auto count = ::recv(socket_.native_handle(), target, read_block::read_bytes_max, MSG_DONTWAIT);
    if (count > 0)
        return static_cast<std::size_t>(count);
    if (count == 0)
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

byte_view byte_stream::decrypt(std::size_t count, std::unique_ptr<read_block>& block)
{
    byte_view input(inbox_.data(), count);
    if (count == inbox_.size()) {
        std::memcpy(services_.scratch(), inbox_.data(), count);
        input = {services_.scratch(), count + read_more(services_.scratch() + count)};
    }
    if (block == nullptr)
        block = services_.take_read_block();
    if (ciphertext_.capacity() == 0)
        ciphertext_ = services_.buffers().take();
    const auto size = engine_->read(input, {block->data(), read_block::capacity}, ciphertext_);
    if (engine_->end())
        end_ = engine_->end();
    if (!output_pending())
        services_.buffers().give(ciphertext_);
    if (size > inbox_.size())
        return {block->data(), size};
    // So little fits here, and the block is free for others even if this batch is not handled at once.
    std::memcpy(inbox_.data(), block->data(), size);
    services_.give_read_block(std::move(block));
    return byte_view(inbox_).first(size);
}

write_status byte_stream::write_ciphertext() noexcept
{
    if (output_pending()) {
        const auto count = write_directly(socket_.native_handle(), ciphertext_.view(ciphertext_written_), write_error_);
        ciphertext_written_ += count;
        bytes_written_ += count;
    }
    if (write_error_)
        return write_status::failed;
    if (output_pending())
        return write_status::blocked;
    services_.buffers().give(ciphertext_);
    ciphertext_written_ = 0;
    return write_status::drained;
}

bool byte_stream::encrypt_some(frame_queue& queue)
{
    ciphertext_ = services_.buffers().take();
    auto left = encrypted_at_once;
    std::size_t encrypted = 0;
    for (const auto& segment : queue.next()) {
        const auto portion = segment.first(std::min(segment.size(), left));
        if (portion.empty())
            break;
        if (!engine_->write(portion, ciphertext_)) {
            write_error_ = boost::asio::error::connection_aborted;
            return false;
        }
        left -= portion.size();
        encrypted += portion.size();
    }
    queue.written(encrypted, services_.buffers());
    return true;
}

void byte_stream::say_goodbye() noexcept
{
    if (!plain())
        engine_->close(ciphertext_);
}

void byte_stream::shut_down() noexcept
{
    boost::system::error_code ignored;
    socket_.shutdown(stream_socket::shutdown_send, ignored);
}

void byte_stream::close() noexcept
{
    boost::system::error_code ignored;
    socket_.close(ignored);
    ended(boost::asio::error::operation_aborted);
    services_.buffers().give(ciphertext_);
    ciphertext_written_ = 0;
}

} // namespace junctor
