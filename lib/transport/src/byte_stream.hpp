// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The bytes of one connection, in plain or through TLS.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/frame_queue.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/shard_services.hpp>

#include "direct_write.hpp"
#include "tls_engine.hpp"

namespace junctor {

/// What the latest read of a socket has brought.
enum class read_extent : std::uint8_t {
    nothing,
    all, ///< All that had come.
    part ///< As much as there was room for; more may be there, of which nobody will be told.
};

/// A connected socket with what reading from it and TLS need. It never waits: its owner is told by a poller when the
/// socket is ready. Used on the thread of its shard.
class byte_stream {
public:
    /// Takes over the connected socket; with a context of TLS, encrypts. `services` must outlive the stream.
    byte_stream(file_descriptor connected, std::shared_ptr<const tls_context> security, shard_services& services);
    byte_stream(byte_stream&&) noexcept = default;
    ~byte_stream();

    [[nodiscard]] int socket() const noexcept { return socket_.get(); }
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(socket_); }

    /// Goes on in plain, before anything has been read.
    void forgo_tls() noexcept;

    /// With TLS, for the end that connects: begins the handshake, to be written by `write_ciphertext`.
    void begin_tls();

    /// Reads what has come and returns the plaintext, which lies in `block` (taken if null) and may be changed. TLS
    /// handshakes happen in here. Sets `end()` if the peer has ended or failed.
    [[nodiscard]] std::span<std::byte> read(std::unique_ptr<read_block>& block);

    /// What a read brought to two places.
    struct split_input {
        std::size_t in_room{0};
        std::span<std::byte> behind; ///< In the block.
    };

    /// Reads what has come into `room` and, once that is full, into `block` (taken if null); for plain connections.
    [[nodiscard]] split_input read_split(std::span<std::byte> room, std::unique_ptr<read_block>& block);

    /// Reads what has come, and forgets it.
    void discard() noexcept { static_cast<void>(read_into(services_.scratch())); }

    /// What the latest of these has brought from the socket.
    [[nodiscard]] read_extent latest_read() const noexcept { return latest_read_; }

    /// Whether bytes of the peer are the plaintext.
    [[nodiscard]] bool plain() const noexcept { return secure_ == nullptr; }

    /// Writes the ciphertext that waits, directly and without waiting.
    [[nodiscard]] write_status write_ciphertext() noexcept;

    /// Encrypts what stands in `queue`, a limited portion at a time, once all ciphertext is written and the handshake
    /// done. False if TLS has failed.
    [[nodiscard]] bool encrypt_some(frame_queue& queue);

    /// Encrypts `plain`, all of it; otherwise as the other. Only with TLS.
    [[nodiscard]] bool encrypt(byte_view plain);

    /// Whether TLS has something to say by itself.
    [[nodiscard]] bool output_pending() const noexcept { return pending_bytes() != 0; }

    /// Ends the output: TLS close_notify now, to be written by `write`; then `shut_down()`.
    void say_goodbye() noexcept;
    void shut_down() noexcept;

    /// Records that reading the socket ended with `error`.
    void ended(boost::system::error_code error) noexcept;

    /// Whether the socket gives no more bytes. With TLS, plaintext may end long before.
    [[nodiscard]] bool input_ended() const noexcept { return input_ended_; }

    /// Why nothing more will be read: eof, or what went wrong; no error before that.
    [[nodiscard]] boost::system::error_code end() const noexcept { return end_; }

    /// Why writing ciphertext failed.
    [[nodiscard]] boost::system::error_code write_error() const noexcept
    {
        return plain() ? boost::system::error_code() : secure_->write_error;
    }

    /// Bytes of ciphertext that the system has taken, ever: shows progress.
    [[nodiscard]] std::uint64_t bytes_written() const noexcept { return plain() ? 0 : secure_->bytes_written; }

    /// Encrypted bytes that wait to be written.
    [[nodiscard]] std::size_t pending_bytes() const noexcept
    {
        return plain() ? 0 : secure_->ciphertext.size() - secure_->ciphertext_written;
    }

    /// The TLS of the connection, or null.
    [[nodiscard]] const tls_engine* tls() const noexcept { return plain() ? nullptr : &secure_->engine; }

    /// Closes the socket.
    void close() noexcept;

private:
    [[nodiscard]] std::size_t read_into(std::byte* target) noexcept;
    [[nodiscard]] std::size_t note_read(std::ptrdiff_t result, std::size_t asked) noexcept;
    [[nodiscard]] std::span<std::byte> decrypt(byte_view input, read_block& block);

    /// What only connections with TLS have.
    struct security {
        explicit security(std::shared_ptr<const tls_context> of) : context{std::move(of)}, engine{*context} {}

        std::shared_ptr<const tls_context> context;
        tls_engine engine;
        byte_buffer ciphertext;
        std::size_t ciphertext_written{0};
        std::uint64_t bytes_written{0};
        boost::system::error_code write_error;
    };

    void forget_ciphertext() noexcept;
    [[nodiscard]] bool encrypt_portion(byte_view plain);

    file_descriptor socket_;
    bool input_ended_{false};
    read_extent latest_read_{read_extent::nothing};
    shard_services& services_;
    std::unique_ptr<security> secure_; ///< Null for plain connections.
    boost::system::error_code end_;
};

} // namespace junctor
