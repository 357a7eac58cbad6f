// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "framed_socket.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace junctor::test {

namespace {

constexpr std::size_t rawsocket_header_octets = 4;

// The key and its answer are those of the example in RFC 6455.
constexpr auto websocket_request = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                   "Sec-WebSocket-Protocol: wamp.2.";
constexpr auto websocket_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::size_t answer_octets_max = 4096;

std::variant<socket_client, tls_client> connect_to(running_program& program, entrance by)
{
    const auto& url = program.url(by);
    if (const auto at = url.find("unix:"); at != std::string::npos)
        return socket_client::to(url.substr(at));
    auto socket = socket_client::tcp(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    if (!url.starts_with("rss:") && !url.starts_with("wss:"))
        return socket;
    tls_client_behaviour options;
    options.authority = program.authority();
    tls_client secured(std::move(socket), options);
    secured.handshake();
    return secured;
}

unsigned websocket_opcode_of(frame_type type, serializer format)
{
    switch (type) {
    case frame_type::message: return format == serializer::json ? 1U : 2U;
    case frame_type::ping: return 9U;
    case frame_type::pong: return 10U;
    case frame_type::close: return 8U;
    }
    throw std::logic_error("no such frame");
}

std::string big_endian(std::size_t number, std::size_t octets)
{
    std::string text;
    for (auto left = octets; left != 0; --left)
        text += static_cast<char>(number >> (8 * (left - 1)) & 0xFF);
    return text;
}

/// A whole message or control frame of a client.
std::string masked_frame(unsigned opcode, std::string_view payload)
{
    constexpr std::array<char, 4> mask{0x37, '\xFA', 0x21, 0x3D};
    std::string octets(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126)
        octets += static_cast<char>(0x80 | payload.size());
    else if (payload.size() <= 0xFFFF)
        octets += "\xFE" + big_endian(payload.size(), 2);
    else
        octets += "\xFF" + big_endian(payload.size(), 8);
    octets.append(mask.data(), mask.size());
    for (std::size_t at = 0; at != payload.size(); ++at)
        octets += static_cast<char>(payload[at] ^ mask[at % mask.size()]);
    return octets;
}

} // namespace

framed_socket::framed_socket(running_program& program, entrance by, serializer format, std::size_t message_bytes_max)
    : socket_{connect_to(program, by)}, is_websocket_{program.url(by).starts_with("ws")}, format_{format}
{
    if (is_websocket_)
        open_websocket(format);
    else
        open_rawsocket(format, message_bytes_max);
}

void framed_socket::open_rawsocket(serializer format, std::size_t message_bytes_max)
{
    write_octets(std::string(as_text(encode_handshake_request(nibble_of_message_bytes(message_bytes_max), format))));
    rawsocket_octets reply{};
    if (fill(reply.size()))
        std::memcpy(reply.data(), unparsed_.data(), reply.size());
    if (!decode_handshake_reply(reply, format))
        throw std::runtime_error("the handshake was refused");
    unparsed_.erase(0, reply.size());
}

void framed_socket::open_websocket(serializer format)
{
    write_octets(std::string(websocket_request) + std::string(to_string(format)) + "\r\n\r\n");
    auto end = std::string::npos;
    while (end == std::string::npos && unparsed_.size() < answer_octets_max && fill(unparsed_.size() + 1))
        end = unparsed_.find("\r\n\r\n");
    const auto head = unparsed_.substr(0, end);
    if (!head.starts_with("HTTP/1.1 101 ") || head.find(websocket_accept) == std::string::npos)
        throw std::runtime_error("the handshake was refused: " + head);
    unparsed_.erase(0, end + 4);
}

void framed_socket::write(frame_type type, std::string_view payload)
{
    if (!ended_)
        write_octets(octets_of(type, payload));
}

std::optional<frame> framed_socket::read()
{
    return is_websocket_ ? read_websocket() : read_rawsocket();
}

void framed_socket::hang_up()
{
    socket_.reset();
    ended_ = true;
}

std::string framed_socket::octets_of(frame_type type, std::string_view payload) const
{
    if (is_websocket_)
        return masked_frame(websocket_opcode_of(type, format_), payload);
    return wire_frame(static_cast<unsigned>(type), payload);
}

std::optional<frame> framed_socket::read_rawsocket()
{
    if (!fill(rawsocket_header_octets))
        return std::nullopt;
    const auto type = static_cast<frame_type>(number_at(0, 1));
    const auto size = number_at(1, 3);
    if (!fill(rawsocket_header_octets + size))
        return std::nullopt;
    return take_frame(type, rawsocket_header_octets, size);
}

std::optional<frame> framed_socket::read_websocket()
{
    if (!fill(2))
        return std::nullopt;
    auto size = number_at(1, 1);
    const std::size_t length_octets = size < 126 ? 0 : size == 126 ? 2 : 8;
    if (!fill(2 + length_octets))
        return std::nullopt;
    if (length_octets != 0)
        size = number_at(2, length_octets);
    if (!fill(2 + length_octets + size))
        return std::nullopt;
    const auto first = number_at(0, 1);
    for (const auto type : {frame_type::message, frame_type::ping, frame_type::pong, frame_type::close}) {
        if (first == (0x80 | websocket_opcode_of(type, format_)))
            return take_frame(type, 2 + length_octets, size);
    }
    throw std::runtime_error("the router sent a frame that starts with octet " + std::to_string(first));
}

/// The router may have ended the connection, which those who read will find out.
void framed_socket::write_octets(const std::string& octets)
{
    try {
        std::visit([&](auto& socket) { socket.send(octets); }, *socket_);
    } catch (const std::system_error& failure) {
        if (failure.code() != std::errc::broken_pipe && failure.code() != std::errc::connection_reset)
            throw;
    }
}

/// Reads until so many octets are there; false at the end.
bool framed_socket::fill(std::size_t count)
{
    constexpr std::size_t at_once = 65'536;
    while (!ended_ && unparsed_.size() < count) {
        const auto more = std::visit([](auto& socket) { return socket.receive_some(at_once); }, *socket_);
        ended_ = more.empty();
        unparsed_ += more;
    }
    return unparsed_.size() >= count;
}

/// The big-endian number in so many of the octets that have come.
std::size_t framed_socket::number_at(std::size_t at, std::size_t octets) const
{
    std::size_t number = 0;
    for (const auto octet : unparsed_.substr(at, octets))
        number = number << 8 | static_cast<unsigned char>(octet);
    return number;
}

frame framed_socket::take_frame(frame_type type, std::size_t header_octets, std::size_t payload_octets)
{
    frame whole{type, unparsed_.substr(header_octets, payload_octets)};
    unparsed_.erase(0, header_octets + payload_octets);
    return whole;
}

} // namespace junctor::test
