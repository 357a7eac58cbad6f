// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The bytes of one connection, in plain or through TLS.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/frame_queue.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/shard_services.hpp>

#include "direct_write.hpp"
#include "tls_engine.hpp"

namespace junctor {

/// A connected socket of any address family.
using stream_socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, executor>;

/// A socket with what reading from it and TLS need. It waits for nothing itself: its owner waits for the socket, with
/// `async_read_some` into `inbox()` and with `async_wait`, and lets it do the rest. Used on the thread of its shard.
class byte_stream {
public:
    /// Takes over the connected socket of that address family. If that fails, the stream is not open, and `end()` says
    /// why. `services` must outlive the stream.
    byte_stream(file_descriptor connected, int family, std::shared_ptr<const tls_context> tls,
                shard_services& services);
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    ~byte_stream();

    [[nodiscard]] stream_socket& socket() noexcept { return socket_; }
    [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

    /// Where the next read goes. It is small, as every connection holds one while it waits.
    [[nodiscard]] boost::asio::mutable_buffer inbox() noexcept { return boost::asio::buffer(inbox_); }

    /// Takes over `count` bytes that were read into the inbox; if they fill it, reads all that there is. Returns the
    /// plaintext, which lies in the inbox or in `block` (taken if null and needed), until the next read. TLS handshakes
    /// happen in here. Sets `end()` if the peer has ended or failed.
    [[nodiscard]] byte_view received(std::size_t count, std::unique_ptr<read_block>& block);

    /// Whether bytes of the peer are the plaintext, so that they may be read elsewhere than into the inbox.
    [[nodiscard]] bool plain() const noexcept { return engine_ == nullptr; }

    /// Writes the ciphertext that waits, directly and without waiting.
    [[nodiscard]] write_status write_ciphertext() noexcept;

    /// Encrypts what stands in `queue`, a limited portion at a time, once all ciphertext is written and the handshake
    /// done. False if TLS has failed.
    [[nodiscard]] bool encrypt_some(frame_queue& queue);

    /// Whether TLS has something to say by itself.
    [[nodiscard]] bool output_pending() const noexcept { return ciphertext_.size() != ciphertext_written_; }

    /// Ends the output: TLS close_notify now, to be written by `write`; then `shut_down()`.
    void say_goodbye() noexcept;
    void shut_down() noexcept;

    /// Records that reading the socket ended with `error`.
    void ended(boost::system::error_code error) noexcept;

    /// Whether the socket gives no more bytes. With TLS, plaintext may end long before.
    [[nodiscard]] bool input_ended() const noexcept { return input_ended_; }

    /// Why nothing more will be read: eof, or what went wrong; no error before that.
    [[nodiscard]] boost::system::error_code end() const noexcept { return end_; }

    /// Why writing failed.
    [[nodiscard]] boost::system::error_code write_error() const noexcept { return write_error_; }

    /// Bytes of ciphertext that the system has taken, ever: shows progress.
    [[nodiscard]] std::uint64_t bytes_written() const noexcept { return bytes_written_; }

    /// Encrypted bytes that wait to be written.
    [[nodiscard]] std::size_t pending_bytes() const noexcept { return ciphertext_.size() - ciphertext_written_; }

    /// The TLS of the connection, or null.
    [[nodiscard]] const tls_engine* tls() const noexcept { return engine_.get(); }

    /// Closes the socket; what is pending on it completes with an error.
    void close() noexcept;

private:
    [[nodiscard]] std::size_t read_more(std::byte* target) noexcept;
    [[nodiscard]] byte_view decrypt(std::size_t count, std::unique_ptr<read_block>& block);

    /// Enough for a usual message, and for the first of a burst: what follows then comes with one large read.
    static constexpr std::size_t inbox_bytes = 512;

    stream_socket socket_;
    shard_services& services_;
    std::shared_ptr<const tls_context> tls_;
    std::unique_ptr<tls_engine> engine_; ///< Null for plain connections.
    bool input_ended_{false};
    boost::system::error_code end_;
    boost::system::error_code write_error_;
    std::uint64_t bytes_written_{0};
    byte_buffer ciphertext_;
    std::size_t ciphertext_written_{0};
    std::array<std::byte, inbox_bytes> inbox_;
};

} // namespace junctor
