// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Frames and subprotocols of WebSocket. Spec: RFC 6455; advanced profile, "WebSocket Transport".

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/framing/websocket_error.hpp>

namespace junctor {

/// What a frame carries.
enum class websocket_opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// The opcode of all messages in `format`.
[[nodiscard]] constexpr websocket_opcode data_opcode(serializer format) noexcept
{
    return format == serializer::json ? websocket_opcode::text : websocket_opcode::binary;
}

/// The longest payload of control frames.
inline constexpr std::size_t websocket_control_bytes_max = 125;

namespace limits {

/// Shorter messages are sent as they are: compression would win a few bytes, and cost more than all else that is done
/// for them.
inline constexpr std::size_t compressed_message_bytes_min = 64;

/// Once the compressed messages of one read have become so long in all, what else was read waits until these are dealt
/// with: a small read can stand for a thousand times as much.
inline constexpr std::size_t inflated_bytes_at_once = std::size_t{1} << 20;

/// Messages in one WebSocket message of a batched subprotocol. Each takes memory to be noted; programs send as many as
/// they have at one time.
inline constexpr std::size_t batch_messages_max = std::size_t{1} << 15;

/// What the router puts into one WebSocket message of a batched subprotocol, if it has so much, and compresses between
/// two writes. As long as a large read of the peer.
inline constexpr std::size_t packed_bytes_at_once = std::size_t{64} * 1024;

} // namespace limits

/// What the payload of a frame of a client is mixed with.
using websocket_mask = std::array<std::byte, 4>;

/// Mixes `payload` with `mask` or, what is the same, takes the mask off, and turns the mask to where the rest of the
/// payload goes on with it.
void apply_mask(std::span<std::byte> payload, websocket_mask& mask) noexcept;

/// The header of a frame with a whole message, of a router, or, with a mask, of a client.
class websocket_header {
public:
    static constexpr std::size_t bytes_max = 14;

    websocket_header(websocket_opcode opcode, std::size_t payload_bytes, const websocket_mask* mask = nullptr) noexcept;

    /// Says that the message is compressed.
    void set_compressed() noexcept { octets_[0] |= std::byte{0x40}; }

    [[nodiscard]] byte_view view() const noexcept { return byte_view(octets_).first(size_); }

private:
    std::array<std::byte, bytes_max> octets_;
    std::size_t size_;
};

/// The length of such a header without its mask.
[[nodiscard]] constexpr std::size_t websocket_header_bytes(std::size_t payload_bytes) noexcept
{
    if (payload_bytes <= websocket_control_bytes_max)
        return 2;
    return payload_bytes <= 0xFFFF ? 4 : 10;
}

/// The length, with its header, of the frame at the front of `frames`, which this program has put there itself.
[[nodiscard]] std::size_t first_websocket_frame_bytes(byte_view frames) noexcept;

/// The payload of a Close frame.
[[nodiscard]] std::array<std::byte, 2> encode_close_code(websocket_close_code code) noexcept;

/// What is wrong with the payload of a Close frame; no error if nothing is.
[[nodiscard]] boost::system::error_code check_close(byte_view payload) noexcept;

/// How many WAMP messages one WebSocket message carries.
enum class websocket_batching : std::uint8_t {
    none,      ///< One.
    separated, ///< Any number but none, each with a character behind it.
    prefixed,  ///< Any number but none, each behind its length in 4 octets, the highest first.
};

/// What a subprotocol such as "wamp.2.json" or "wamp.2.cbor.batched" stands for.
struct websocket_subprotocol {
    serializer format{serializer::json};
    bool batched{false};

    [[nodiscard]] websocket_batching batching() const noexcept
    {
        if (!batched)
            return websocket_batching::none;
        return format == serializer::json ? websocket_batching::separated : websocket_batching::prefixed;
    }
};

/// The name of the subprotocol for `format` without batches, such as "wamp.2.json".
[[nodiscard]] std::string_view subprotocol_of(serializer format) noexcept;

/// The name of any subprotocol, and what such a name stands for.
[[nodiscard]] std::string name_of(const websocket_subprotocol& subprotocol);
[[nodiscard]] std::optional<websocket_subprotocol> parse_subprotocol(std::string_view name) noexcept;

} // namespace junctor
