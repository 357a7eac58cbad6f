// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which characters stand in JSON strings as they are.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <junctor/codec/utf8.hpp>

namespace junctor {

/// Whether `c` needs no escape within a string: it is no quote, backslash or control character.
[[nodiscard]] constexpr bool is_plain(char c) noexcept
{
    return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
}

namespace detail {

/// Times an octet, eight of it.
inline constexpr std::uint64_t each = 0x0101'0101'0101'0101u;

/// The high bit of each octet of `eight` that is less than `limit`. From the first such octet on, in memory order of a
/// little-endian machine, others may be marked wrongly.
constexpr std::uint64_t octets_below(std::uint64_t eight, std::uint64_t limit) noexcept
{
    return (eight - each * limit) & ~eight & high_bits;
}

/// Not zero if one of the octets needs an escape.
constexpr std::uint64_t escapes_in(std::uint64_t eight) noexcept
{
    return octets_below(eight, 0x20) | octets_below(eight ^ each * '"', 1) | octets_below(eight ^ each * '\\', 1);
}

} // namespace detail

/// How many characters at the start of `text` are plain.
[[nodiscard]] inline std::size_t plain_prefix(std::string_view text) noexcept
{
    std::size_t at = 0;
    for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
        const auto escapes = detail::escapes_in(detail::load_word<std::uint64_t>(text.data() + at));
        if (escapes == 0)
            continue;
        if constexpr (std::endian::native == std::endian::little)
            return at + static_cast<std::size_t>(std::countr_zero(escapes)) / 8;
        break;
    }
    while (at < text.size() && is_plain(text[at]))
        ++at;
    return at;
}

} // namespace junctor
