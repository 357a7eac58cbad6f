// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The RawSocket protocol: handshake and frame header. Spec: advanced profile, "RawSocket Transport".

#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include <boost/endian/conversion.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/framing/framing_error.hpp>

namespace junctor {

/// The first octet of both handshakes.
inline constexpr std::byte rawsocket_magic{0x7F};

/// The number of octets of a handshake, and of a frame header.
inline constexpr std::size_t rawsocket_handshake_bytes = 4;
inline constexpr std::size_t frame_header_bytes = 4;

/// One handshake, or one frame header, as it stands on the wire.
using rawsocket_octets = std::array<std::byte, 4>;

/// A set of serializers.
class serializer_set {
public:
    constexpr serializer_set() noexcept = default;
    constexpr serializer_set(std::initializer_list<serializer> members) noexcept
    {
        for (const auto member : members)
            insert(member);
    }

    /// All that Junctor has.
    [[nodiscard]] static constexpr serializer_set all() noexcept
    {
        serializer_set every;
        for (const auto member : all_serializers)
            every.insert(member);
        return every;
    }

    constexpr void insert(serializer member) noexcept { bits_ |= bit(member); }
    [[nodiscard]] constexpr bool contains(serializer member) const noexcept { return (bits_ & bit(member)) != 0; }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }

    friend constexpr bool operator==(serializer_set, serializer_set) noexcept = default;

private:
    static constexpr std::uint16_t bit(serializer member) noexcept
    {
        return static_cast<std::uint16_t>(1u << static_cast<unsigned>(member));
    }

    std::uint16_t bits_{0};
};

/// The limit in bytes that a length nibble (0 to 15) announces: 512 to 2^24.
[[nodiscard]] constexpr std::size_t message_bytes_of_nibble(std::uint8_t nibble) noexcept
{
    return limits::rawsocket_message_bytes_min << nibble;
}

/// The nibble that announces the smallest limit of at least `bytes`; 15 if `bytes` is beyond what can be announced.
[[nodiscard]] constexpr std::uint8_t nibble_of_message_bytes(std::size_t bytes) noexcept
{
    std::uint8_t nibble = 0;
    while (nibble < 15 && message_bytes_of_nibble(nibble) < bytes)
        ++nibble;
    return nibble;
}

/// What a client asks for with its four octets.
struct handshake_request {
    std::uint8_t length_nibble{};     ///< The largest message that the client takes.
    std::uint8_t serializer_number{}; ///< 0 to 15; not all of them are serializers.
    bool reserved_octets_used{};      ///< The third or fourth octet is not 0.
};

/// What a router agreed to.
struct handshake_acceptance {
    std::uint8_t length_nibble{}; ///< The largest message that the router takes.
    serializer format{serializer::json};
};

/// Collects the four octets of a handshake from input that may come one octet at a time.
class handshake_reader {
public:
    /// `not_rawsocket` is known from the first octet on.
    enum class status : std::uint8_t { need_more, complete, not_rawsocket };

    /// Takes what belongs to the handshake from the front of `input`.
    status read(byte_view& input) noexcept;

    /// The octets of a complete handshake.
    [[nodiscard]] const rawsocket_octets& octets() const noexcept { return octets_; }

private:
    rawsocket_octets octets_{};
    std::size_t size_{0};
};

/// The four octets with which a client asks, and their meaning once the first is known to be right.
[[nodiscard]] rawsocket_octets encode_handshake_request(std::uint8_t length_nibble, serializer format) noexcept;
[[nodiscard]] handshake_request decode_handshake_request(const rawsocket_octets& octets) noexcept;

/// The four octets with which a router accepts or refuses.
[[nodiscard]] rawsocket_octets encode_handshake_reply(const handshake_acceptance& accepted) noexcept;
[[nodiscard]] rawsocket_octets encode_handshake_reply(rawsocket_error error) noexcept;

/// What a router's reply says to a client that asked for `format`: acceptance, a `rawsocket_error` (any number from 1
/// to 15, also those without a name), `framing_error::reply_malformed` (also for the illegal number 0) or
/// `reply_serializer_other`.
[[nodiscard]] boost::system::result<handshake_acceptance> decode_handshake_reply(const rawsocket_octets& octets,
                                                                                 serializer format) noexcept;

/// What a router is ready to agree to.
struct handshake_terms {
    serializer_set serializers{serializer_set::all()};
    std::uint8_t length_nibble{};          ///< The largest message that the router takes.
    std::size_t peer_message_bytes_min{0}; ///< Clients that announce less are refused.
    bool connection_limit_reached{false};
};

/// How a router answers a client's handshake.
struct handshake_answer {
    boost::system::error_code error;       ///< Why the connection ends after the reply; no error if it lives on.
    std::optional<rawsocket_octets> reply; ///< Nothing is to be sent if it is absent.
    serializer format{serializer::json};   ///< Agreed upon; meaningful without error only.
    std::size_t peer_message_bytes_max{};  ///< No larger message may be sent to the client.
};

/// Decides on `request`. The first rule that is broken decides: reserved octets, serializer, length, connection limit.
[[nodiscard]] handshake_answer answer_handshake(const handshake_request& request,
                                                const handshake_terms& terms) noexcept;

/// What a frame carries. The numbers are those of RawSocket, which has no `close`.
enum class frame_type : std::uint8_t { message = 0, ping = 1, pong = 2, close = 3 };

/// The header of a frame with `payload_bytes` (up to 2^24, which sets the X bit).
[[nodiscard]] inline rawsocket_octets encode_frame_header(frame_type type, std::size_t payload_bytes) noexcept
{
    assert(payload_bytes <= limits::rawsocket_message_bytes_max);
    constexpr unsigned length_bits = 24;
    constexpr unsigned extension_bit = 27; // worth 2^24, which is the only length that needs it
    const auto length = static_cast<std::uint32_t>(payload_bytes);
    const auto word = static_cast<std::uint32_t>(type) << length_bits | (length >> length_bits) << extension_bit |
                      (length & ((1u << length_bits) - 1));
    return std::bit_cast<rawsocket_octets>(boost::endian::native_to_big(word));
}

/// A frame header that is within the rules.
struct frame_header {
    frame_type type{frame_type::message};
    std::uint32_t payload_bytes{};
};

/// The meaning of a header, or why the connection must fail.
[[nodiscard]] boost::system::result<frame_header> decode_frame_header(const rawsocket_octets& octets) noexcept;

/// The length, with its header, of the frame at the front of `frames`, which this program has put there itself.
[[nodiscard]] std::size_t first_frame_bytes(byte_view frames) noexcept;

} // namespace junctor
