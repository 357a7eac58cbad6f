// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One connection of a benchmark: messages in, messages out.

#include <cstddef>
#include <cstdint>

#include <junctor/framing/frame_parser.hpp>
#include <junctor/framing/frame_queue.hpp>
#include <junctor/framing/rawsocket.hpp>

#include "byte_stream.hpp"

namespace junctor::bench {

class connection;

/// What is done with all that comes.
class traffic {
public:
    virtual ~traffic() = default;

    /// The router has agreed to the handshake of RawSocket: messages may be sent.
    virtual void on_open(connection& from) = 0;

    /// A message came; it is valid during the call only.
    virtual void on_message(connection& from, byte_view message) = 0;

    /// The router has closed the connection. Throws `failure` unless that may be.
    virtual void on_end(connection& from);
};

/// A RawSocket connection. What is sent is queued until `flush`, so that one system call takes all of it.
class connection {
public:
    /// Asks for `format` with the first `flush`. `number` is for whoever uses the connection. `buffers` must outlive
    /// it.
    connection(std::size_t number, byte_stream stream, serializer format, buffer_pool& buffers);

    /// Begins a message, which is to be appended to the buffer and ended by `close` before anything else.
    [[nodiscard]] byte_buffer& open() { return queue_.open(buffers_); }
    void close() noexcept { queue_.close(); }

    /// Writes what can be written now. Throws `failure`.
    void flush();

    /// Something is queued.
    [[nodiscard]] bool pending() const noexcept { return !queue_.empty(); }

    /// Something is queued that goes on as soon as the socket is writable.
    [[nodiscard]] bool waits_for_room() const noexcept { return pending() && stream_.waits_for_room(); }

    /// Reads what there is, up to the size of `block` unless TLS wants more, and hands it over to `what`. Returns false
    /// if the connection has ended. Throws `failure`.
    [[nodiscard]] bool read(traffic& what, std::span<std::byte> block);

    [[nodiscard]] std::size_t number() const noexcept { return number_; }
    [[nodiscard]] serializer format() const noexcept { return format_; }
    [[nodiscard]] int socket() const noexcept { return stream_.socket(); }

    bool touched{false};         ///< It is in the list of those to be flushed. For the network alone.
    bool awaits_writable{false}; ///< The poller tells when more can be written. For the network alone.

private:
    void take(traffic& what, byte_view input);
    void take_handshake(traffic& what, byte_view& input);
    void answer_ping(byte_view payload);

    std::size_t number_;
    serializer format_;
    buffer_pool& buffers_;
    byte_stream stream_;
    frame_parser parser_;
    frame_queue queue_;
    handshake_reader handshake_;
    byte_buffer late_pong_; ///< What is to answer the latest PING, as long as nothing may overtake what is queued.
    bool pong_is_late_{false};
    bool agreed_{false};
};

} // namespace junctor::bench
