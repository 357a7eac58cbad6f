// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The socket of a client of the program, and the frames on it: those of RawSocket or of WebSocket, octet by octet.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <junctor/codec/serializer.hpp>
#include <junctor/framing/rawsocket.hpp>

#include "running_program.hpp"
#include "unit/transport/socket_client.hpp"
#include "unit/transport/tls_client.hpp"

namespace junctor::test {

/// A frame with all of its payload. The program sends none in fragments.
struct frame {
    frame_type type{};
    std::string payload;
};

/// A connection on which messages can be sent. Used by one thread. Whatever takes longer than ten seconds throws.
class framed_socket {
public:
    /// Connects by this entrance of `program`, and shakes hands. Throws if the program refuses. Over RawSocket, it
    /// announces to take messages of so many bytes; WebSocket clients cannot.
    framed_socket(running_program& program, entrance by, serializer format, std::size_t message_bytes_max);

    /// Writes a frame, unless nothing comes any more. The program may have ended the connection: those who read will
    /// find out.
    void write(frame_type type, std::string_view payload);

    /// The next frame, for which it waits; nothing at the end.
    [[nodiscard]] std::optional<frame> read();

    /// Whether nothing comes any more.
    [[nodiscard]] bool has_ended() const noexcept { return ended_; }

    /// Ends the connection without a word.
    void hang_up();

private:
    void open_rawsocket(serializer format, std::size_t message_bytes_max);
    void open_websocket(serializer format);
    [[nodiscard]] std::string octets_of(frame_type type, std::string_view payload) const;
    [[nodiscard]] std::optional<frame> read_rawsocket();
    [[nodiscard]] std::optional<frame> read_websocket();
    void write_octets(const std::string& octets);
    [[nodiscard]] bool fill(std::size_t count);
    [[nodiscard]] std::size_t number_at(std::size_t at, std::size_t octets) const;
    [[nodiscard]] frame take_frame(frame_type type, std::size_t header_octets, std::size_t payload_octets);

    std::optional<std::variant<socket_client, tls_client>> socket_; ///< None once it has been hung up.
    bool is_websocket_;
    serializer format_;
    std::string unparsed_;
    bool ended_{false};
};

} // namespace junctor::test
