// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/websocket.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <tuple>

#include <boost/endian/conversion.hpp>

#include <junctor/codec/utf8.hpp>

namespace junctor {

namespace {

constexpr std::byte final_bit{0x80};
constexpr std::byte mask_bit{0x80};
constexpr std::byte length_bits{0x7F};
constexpr unsigned length_in_2_octets = 126;
constexpr unsigned length_in_8_octets = 127;
constexpr std::string_view batched_suffix = ".batched";

unsigned char* raw(std::byte* octets) noexcept
{
    return reinterpret_cast<unsigned char*>(octets);
}

const unsigned char* raw(const std::byte* octets) noexcept
{
    return reinterpret_cast<const unsigned char*>(octets);
}

/// Whether peers may send it: those of the specification but for the ones that say what was not sent, and the ranges
/// for libraries and applications.
constexpr bool may_be_sent(unsigned code) noexcept
{
    if (code >= 3000)
        return code <= 4999;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

} // namespace

void apply_mask(std::span<std::byte> payload, websocket_mask& mask) noexcept
{
    using boost::endian::load_little_u32, boost::endian::store_little_u32;
    using boost::endian::load_little_u64, boost::endian::store_little_u64;
    constexpr std::size_t words_at_once = 4; // Which compilers make vectors of.
    constexpr std::size_t word_bytes = sizeof(std::uint64_t);

    const auto once = load_little_u32(raw(mask.data()));
    const auto twice = std::uint64_t{once} << 32 | once;
    auto* at = raw(payload.data());
    auto left = payload.size();
    for (; left >= words_at_once * word_bytes; left -= words_at_once * word_bytes)
        for (std::size_t i = 0; i != words_at_once; ++i, at += word_bytes)
            store_little_u64(at, load_little_u64(at) ^ twice);
    for (; left >= word_bytes; left -= word_bytes, at += word_bytes)
        store_little_u64(at, load_little_u64(at) ^ twice);
    if (left >= mask.size()) {
        store_little_u32(at, load_little_u32(at) ^ once);
        left -= mask.size();
        at += mask.size();
    }
    for (std::size_t i = 0; i != left; ++i)
        at[i] = static_cast<unsigned char>(at[i] ^ once >> 8 * i);
    store_little_u32(raw(mask.data()), std::rotr(once, static_cast<int>(8 * left)));
}

websocket_header::websocket_header(websocket_opcode opcode, std::size_t payload_bytes,
                                   const websocket_mask* mask) noexcept
    : octets_{}, size_{websocket_header_bytes(payload_bytes)}
{
    octets_[0] = final_bit | static_cast<std::byte>(opcode);
    switch (size_) {
    case 2: octets_[1] = static_cast<std::byte>(payload_bytes); break;
    case 4:
        octets_[1] = static_cast<std::byte>(length_in_2_octets);
        boost::endian::store_big_u16(raw(&octets_[2]), static_cast<std::uint16_t>(payload_bytes));
        break;
    default:
        octets_[1] = static_cast<std::byte>(length_in_8_octets);
        boost::endian::store_big_u64(raw(&octets_[2]), payload_bytes);
    }
    if (mask == nullptr)
        return;
    octets_[1] |= mask_bit;
    std::copy(mask->begin(), mask->end(), octets_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += mask->size();
}

std::size_t first_websocket_frame_bytes(byte_view frames) noexcept
{
    assert(frames.size() >= 2);
    const bool masked = (frames[1] & mask_bit) != std::byte{0};
    const std::size_t mask = masked ? std::tuple_size_v<websocket_mask> : 0;
    const auto length = std::to_integer<std::size_t>(frames[1] & length_bits);
    if (length == length_in_2_octets)
        return 4 + mask + boost::endian::load_big_u16(raw(&frames[2]));
    if (length == length_in_8_octets)
        return 10 + mask + boost::endian::load_big_u64(raw(&frames[2]));
    return 2 + mask + length;
}

std::array<std::byte, 2> encode_close_code(websocket_close_code code) noexcept
{
    std::array<std::byte, 2> payload{};
    boost::endian::store_big_u16(raw(payload.data()), static_cast<std::uint16_t>(code));
    return payload;
}

boost::system::error_code check_close(byte_view payload) noexcept
{
    if (payload.empty())
        return {};
    if (payload.size() < 2 || !may_be_sent(boost::endian::load_big_u16(raw(payload.data()))))
        return websocket_error::close_malformed;
    if (!is_utf8(as_text(payload.subspan(2))))
        return websocket_error::text_not_utf8;
    return {};
}

std::string_view subprotocol_of(serializer format) noexcept
{
    switch (format) {
    case serializer::json: return "wamp.2.json";
    case serializer::msgpack: return "wamp.2.msgpack";
    case serializer::cbor: return "wamp.2.cbor";
    }
    return {};
}

std::string name_of(const websocket_subprotocol& subprotocol)
{
    return std::string(subprotocol_of(subprotocol.format)).append(subprotocol.batched ? batched_suffix : "");
}

std::optional<websocket_subprotocol> parse_subprotocol(std::string_view name) noexcept
{
    const bool batched = name.ends_with(batched_suffix);
    if (batched)
        name.remove_suffix(batched_suffix.size());
    for (const auto known : all_serializers)
        if (name == subprotocol_of(known))
            return websocket_subprotocol{known, batched};
    return std::nullopt;
}

} // namespace junctor
