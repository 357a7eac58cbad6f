// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/rawsocket.hpp>

#include <cassert>

namespace junctor {

namespace {

constexpr std::size_t extended_length = std::size_t{1} << 24;
constexpr std::byte extended_length_bit{0x08};
constexpr std::byte frame_type_bits{0x07};
constexpr std::byte low_nibble{0x0F};

constexpr std::byte octet(std::size_t number) noexcept
{
    return static_cast<std::byte>(number & 0xFF);
}

constexpr std::byte nibbles(std::uint8_t high, std::uint8_t low) noexcept
{
    return octet((static_cast<unsigned>(high) << 4) | low);
}

constexpr std::uint8_t high_of(std::byte both) noexcept
{
    return std::to_integer<std::uint8_t>(both >> 4);
}

constexpr std::uint8_t low_of(std::byte both) noexcept
{
    return std::to_integer<std::uint8_t>(both & low_nibble);
}

constexpr rawsocket_octets handshake(std::byte second) noexcept
{
    return {rawsocket_magic, second, std::byte{0}, std::byte{0}};
}

constexpr bool reserved_octets_used(const rawsocket_octets& octets) noexcept
{
    return octets[2] != std::byte{0} || octets[3] != std::byte{0};
}

handshake_answer refuse(rawsocket_error error) noexcept
{
    handshake_answer answer;
    answer.error = error;
    answer.reply = encode_handshake_reply(error);
    return answer;
}

bool offered(const serializer_set& serializers, std::uint8_t number) noexcept
{
    for (const auto known : all_serializers)
        if (static_cast<std::uint8_t>(known) == number)
            return serializers.contains(known);
    return false;
}

} // namespace

handshake_reader::status handshake_reader::read(byte_view& input) noexcept
{
    while (size_ < octets_.size() && !input.empty()) {
        octets_[size_++] = input.front();
        input = input.subspan(1);
        if (octets_.front() != rawsocket_magic)
            return status::not_rawsocket;
    }
    return size_ == octets_.size() ? status::complete : status::need_more;
}

rawsocket_octets encode_handshake_request(std::uint8_t length_nibble, serializer format) noexcept
{
    return handshake(nibbles(length_nibble, static_cast<std::uint8_t>(format)));
}

handshake_request decode_handshake_request(const rawsocket_octets& octets) noexcept
{
    return {high_of(octets[1]), low_of(octets[1]), reserved_octets_used(octets)};
}

rawsocket_octets encode_handshake_reply(const handshake_acceptance& accepted) noexcept
{
    return handshake(nibbles(accepted.length_nibble, static_cast<std::uint8_t>(accepted.format)));
}

rawsocket_octets encode_handshake_reply(rawsocket_error error) noexcept
{
    return handshake(nibbles(static_cast<std::uint8_t>(error), 0));
}

boost::system::result<handshake_acceptance> decode_handshake_reply(const rawsocket_octets& octets,
                                                                   serializer format) noexcept
{
    if (octets[0] != rawsocket_magic || reserved_octets_used(octets) || octets[1] == std::byte{0})
        return make_error_code(framing_error::reply_malformed);
    if (low_of(octets[1]) == 0)
        return make_error_code(static_cast<rawsocket_error>(high_of(octets[1])));
    if (low_of(octets[1]) != static_cast<std::uint8_t>(format))
        return make_error_code(framing_error::reply_serializer_other);
    return handshake_acceptance{high_of(octets[1]), format};
}

handshake_answer answer_handshake(const handshake_request& request, const handshake_terms& terms) noexcept
{
    if (request.reserved_octets_used)
        return refuse(rawsocket_error::reserved_bits_used);
    if (request.serializer_number == 0) {
        // In a reply a low nibble of 0 marks an error, so no reply could mean this one: the connection just ends.
        handshake_answer silence;
        silence.error = framing_error::serializer_illegal;
        return silence;
    }
    if (!offered(terms.serializers, request.serializer_number))
        return refuse(rawsocket_error::serializer_unsupported);
    if (message_bytes_of_nibble(request.length_nibble) < terms.peer_message_bytes_min)
        return refuse(rawsocket_error::message_length_unacceptable);
    if (terms.connection_limit_reached)
        return refuse(rawsocket_error::connection_limit_reached);

    handshake_answer accepted;
    accepted.format = static_cast<serializer>(request.serializer_number);
    accepted.reply = encode_handshake_reply(handshake_acceptance{terms.length_nibble, accepted.format});
    accepted.peer_message_bytes_max = message_bytes_of_nibble(request.length_nibble);
    return accepted;
}

boost::system::result<frame_header> decode_frame_header(const rawsocket_octets& octets) noexcept
{
    if (high_of(octets[0]) != 0)
        return make_error_code(framing_error::reserved_frame_bits_used);
    const auto type = std::to_integer<std::uint8_t>(octets[0] & frame_type_bits);
    if (type > static_cast<std::uint8_t>(frame_type::pong))
        return make_error_code(framing_error::reserved_frame_type);

    auto payload_bytes = std::to_integer<std::uint32_t>(octets[1]) << 16 |
                         std::to_integer<std::uint32_t>(octets[2]) << 8 | std::to_integer<std::uint32_t>(octets[3]);
    if ((octets[0] & extended_length_bit) != std::byte{0}) {
        if (payload_bytes != 0)
            return make_error_code(framing_error::extended_length_malformed);
        payload_bytes = extended_length;
    }
    return frame_header{static_cast<frame_type>(type), payload_bytes};
}

std::size_t first_frame_bytes(byte_view frames) noexcept
{
    assert(frames.size() >= frame_header_bytes);
    if ((frames[0] & extended_length_bit) != std::byte{0})
        return frame_header_bytes + extended_length;
    return frame_header_bytes + (std::to_integer<std::size_t>(frames[1]) << 16) +
           (std::to_integer<std::size_t>(frames[2]) << 8) + std::to_integer<std::size_t>(frames[3]);
}

} // namespace junctor
