// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the octets of MessagePack mean.

#include <array>
#include <cstddef>
#include <cstdint>

#include <boost/endian/conversion.hpp>

#include <junctor/codec/reader.hpp>

namespace junctor::detail {

/// The first octets of values, by the names of the MessagePack specification.
struct msgpack_lead {
    enum : unsigned char {
        fixint_end = 0x80, ///< One past the positive numbers of one octet.
        fixmap = 0x80,
        fixarray = 0x90,
        fixstr = 0xA0,
        nil = 0xC0,
        never_used = 0xC1,
        false_ = 0xC2,
        true_ = 0xC3,
        bin8 = 0xC4,
        bin16 = 0xC5,
        bin32 = 0xC6,
        float32 = 0xCA,
        float64 = 0xCB,
        uint8 = 0xCC,
        uint16 = 0xCD,
        uint32 = 0xCE,
        uint64 = 0xCF,
        int8 = 0xD0,
        int16 = 0xD1,
        int32 = 0xD2,
        int64 = 0xD3,
        str8 = 0xD9,
        str16 = 0xDA,
        str32 = 0xDB,
        array16 = 0xDC,
        array32 = 0xDD,
        map16 = 0xDE,
        map32 = 0xDF,
        negative_fixint = 0xE0,
    };
};

/// What the first octet of a value says about the rest.
struct msgpack_token {
    value_kind kind;     ///< `other` for extension types and for the octet that is never used.
    std::uint8_t head;   ///< Octets up to the content of variable length; of numbers and the like, all. 0 is malformed.
    std::uint8_t width;  ///< Octets of the length, which stands right after the first octet; 0 if it stands within.
    std::uint8_t inside; ///< The bits of the first octet that are the length; 0 if there is no length within.
};

inline constexpr auto msgpack_tokens = [] {
    std::array<msgpack_token, 256> table{};
    const auto fill = [&table](unsigned first, unsigned last, msgpack_token content) {
        for (auto lead = first; lead <= last; ++lead)
            table[lead] = content;
    };
    const auto put = [&table](unsigned lead, value_kind kind, unsigned head, unsigned width = 0) {
        table[lead] = {kind, static_cast<std::uint8_t>(head), static_cast<std::uint8_t>(width), 0};
    };
    fill(0x00, 0x7F, {value_kind::integer, 1, 0, 0});
    fill(0x80, 0x8F, {value_kind::dict, 1, 0, 0x0F});
    fill(0x90, 0x9F, {value_kind::list, 1, 0, 0x0F});
    fill(0xA0, 0xBF, {value_kind::text, 1, 0, 0x1F});
    fill(0xE0, 0xFF, {value_kind::integer, 1, 0, 0});
    put(msgpack_lead::nil, value_kind::null, 1);
    put(msgpack_lead::never_used, value_kind::other, 0);
    put(msgpack_lead::false_, value_kind::boolean, 1);
    put(msgpack_lead::true_, value_kind::boolean, 1);
    put(msgpack_lead::float32, value_kind::real, 5);
    put(msgpack_lead::float64, value_kind::real, 9);
    for (unsigned i = 0; i < 4; ++i) {
        put(msgpack_lead::uint8 + i, value_kind::integer, 1 + (1u << i));
        put(msgpack_lead::int8 + i, value_kind::integer, 1 + (1u << i));
    }
    for (unsigned i = 0; i < 3; ++i) {
        const auto width = 1u << i;
        put(msgpack_lead::bin8 + i, value_kind::binary, 1 + width, width);
        put(msgpack_lead::str8 + i, value_kind::text, 1 + width, width);
        put(0xC7 + i, value_kind::other, 2 + width, width); // ext 8, 16, 32: length, then the type
    }
    for (unsigned i = 0; i < 5; ++i)
        put(0xD4 + i, value_kind::other, 2 + (1u << i)); // fixext 1, 2, 4, 8, 16
    put(msgpack_lead::array16, value_kind::list, 3, 2);
    put(msgpack_lead::array32, value_kind::list, 5, 4);
    put(msgpack_lead::map16, value_kind::dict, 3, 2);
    put(msgpack_lead::map32, value_kind::dict, 5, 4);
    return table;
}();

/// The big-endian number at `at`, as a signed one if `T` is signed.
template <class T>
[[nodiscard]] inline T load_big(const unsigned char* at) noexcept
{
    return boost::endian::endian_load<T, sizeof(T), boost::endian::order::big>(at);
}

/// The length in the head at `at`, which is complete.
[[nodiscard]] inline std::size_t length_of(const msgpack_token& form, const unsigned char* at) noexcept
{
    if (form.width == 0)
        return *at & form.inside;
    if (form.width == 1)
        return at[1];
    return form.width == 2 ? load_big<std::uint16_t>(at + 1) : load_big<std::uint32_t>(at + 1);
}

} // namespace junctor::detail
