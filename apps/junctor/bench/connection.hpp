// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One connection of a benchmark: messages in, messages out.

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include <junctor/framing/frame_parser.hpp>
#include <junctor/framing/frame_queue.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/framing/websocket_parser.hpp>

#include "byte_stream.hpp"
#include "upgrade.hpp"

namespace junctor::bench {

class connection;

/// What is done with all that comes.
class traffic {
public:
    virtual ~traffic() = default;

    /// The router has agreed to the handshake of RawSocket or WebSocket: messages may be sent.
    virtual void on_open(connection& from) = 0;

    /// A message came; it is valid during the call only.
    virtual void on_message(connection& from, byte_view message) = 0;

    /// The router has closed the connection. Throws `failure` unless that may be.
    virtual void on_end(connection& from);
};

/// A connection of RawSocket or WebSocket. What is sent is queued until `flush`, so that one system call takes all of
/// it.
class connection {
public:
    /// Asks `to`, where `stream` leads, for `format` with the first `flush`. `number` is for whoever uses the
    /// connection. Over WebSocket, the router must agree to compress what it sends if there are `inflaters`; what is
    /// sent to it is not compressed, as RFC 7692 allows. `buffers` and `inflaters` must outlive the connection.
    connection(std::size_t number, byte_stream stream, const address& to, serializer format, buffer_pool& buffers,
               deflate_contexts* inflaters);

    /// Begins a message, which is to be appended to the buffer and ended by `close` before anything else.
    [[nodiscard]] byte_buffer& open() { return queue_.open(buffers_); }
    void close() noexcept
    {
        renew_mask();
        queue_.close();
    }

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
    void ask(const address& to);
    void take(traffic& what, std::span<std::byte> input);
    void take_handshake(traffic& what, std::span<std::byte>& input);
    [[nodiscard]] bool take_reply(std::span<std::byte>& input);
    [[nodiscard]] bool take_upgrade(std::span<std::byte>& input);
    template <class Parser>
    void take_frames(Parser& parser, traffic& what, typename Parser::input_view input);
    void answer_ping(byte_view payload);
    void push_pong(byte_view payload);
    void renew_mask() noexcept;
    [[nodiscard]] bool is_websocket() const noexcept { return parser_.index() == 1; }

    std::size_t number_;
    serializer format_;
    buffer_pool& buffers_;
    deflate_contexts* inflaters_; ///< Null: nothing is compressed.
    byte_stream stream_;
    std::variant<frame_parser, websocket_parser> parser_;
    frame_queue queue_;
    handshake_reader handshake_;
    upgrade_reader upgrade_;
    std::uint32_t latest_mask_; ///< Not 0.
    byte_buffer late_pong_;     ///< What is to answer the latest PING, as long as nothing may overtake what is queued.
    bool pong_is_late_{false};
    bool agreed_{false};
};

} // namespace junctor::bench
