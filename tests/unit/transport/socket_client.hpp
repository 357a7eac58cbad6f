// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A client that speaks bytes over a blocking socket, so that tests see exactly what is on the wire.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace junctor::test {

/// The string of these octets.
[[nodiscard]] std::string octets(std::initializer_list<unsigned> numbers);

/// A frame as it stands on the wire, written out by hand rather than by the code under test.
[[nodiscard]] std::string wire_frame(unsigned first_octet, std::string_view payload);

/// A frame with a message.
[[nodiscard]] inline std::string wire_message(std::string_view payload)
{
    return wire_frame(0, payload);
}

/// A connected socket. Everything that takes longer than ten seconds throws `std::runtime_error`, which fails the test.
class socket_client {
public:
    /// Connects to 127.0.0.1 or ::1.
    [[nodiscard]] static socket_client tcp(std::uint16_t port);
    [[nodiscard]] static socket_client tcp6(std::uint16_t port);

    /// Connects to a Unix domain socket; "@name" is in the abstract name space.
    [[nodiscard]] static socket_client local(const std::string& path);

    /// Connects to what `listener::local_address()` says.
    [[nodiscard]] static socket_client to(const std::string& address);

    /// Takes over a socket that a listener has accepted.
    [[nodiscard]] static socket_client accepted(int descriptor);

    socket_client(socket_client&& other) noexcept;
    socket_client& operator=(socket_client&& other) noexcept;
    ~socket_client();

    void send(std::string_view bytes);

    /// Sends each byte with a call of its own.
    void send_in_pieces(std::string_view bytes, std::size_t piece = 1);

    /// Exactly `count` bytes. Throws if the connection ends before that.
    [[nodiscard]] std::string receive(std::size_t count);

    /// What comes next, at least one byte and at most `count`; nothing at the end.
    [[nodiscard]] std::string receive_some(std::size_t count);

    /// The payload of the next frame, which must be of this type.
    [[nodiscard]] std::string receive_frame(unsigned first_octet = 0);

    /// All that comes until the peer ends the connection, in whatever way.
    [[nodiscard]] std::string receive_until_end();

    /// Sends a handshake and requires the reply that accepts it.
    void shake_hands(unsigned second_octet = 0xF1);

    /// Keeps the system from taking more than about so many octets that are not received yet.
    void limit_receive_buffer(int octets);

    /// Ends the stream in our direction.
    void shut_down();

    /// Where this end is: "tcp4:127.0.0.1:4711".
    [[nodiscard]] std::string local_address() const;

private:
    explicit socket_client(int descriptor) noexcept : descriptor_{descriptor} {}

    int descriptor_;
};

} // namespace junctor::test
