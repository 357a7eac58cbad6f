// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Whether bytes are well-formed UTF-8.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <junctor/base/bytes.hpp>

namespace junctor {

namespace detail {

/// The high bits of eight octets: none of them is set if and only if all eight are ASCII.
inline constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080u;

/// Whether the highest bit of any of the 16 octets is set.
[[nodiscard]] inline bool has_high_bits(word_pair octets) noexcept
{
#if defined(__SSE2__)
    using single_octets [[gnu::vector_size(sizeof(word_pair))]] = char;
    return __builtin_ia32_pmovmskb128(reinterpret_cast<single_octets>(octets)) != 0;
#else
    return ((octets[0] | octets[1]) & high_bits) != 0;
#endif
}

/// `is_utf8` for texts that are not all ASCII.
[[nodiscard]] bool is_utf8_beyond_ascii(std::string_view text) noexcept;

} // namespace detail

namespace detail {

/// `is_ascii` for texts of at least `long_text` octets, 64 of them at a time.
inline constexpr std::size_t long_text = 64;
[[nodiscard]] bool is_long_ascii(std::string_view text) noexcept;

} // namespace detail

/// Whether all of `text` is ASCII. The last octets are looked at twice rather than one by one.
[[nodiscard]] inline bool is_ascii(std::string_view text) noexcept
{
    const auto* const data = text.data();
    const auto size = text.size();
    if (size >= detail::long_text)
        return detail::is_long_ascii(text);
    if (size >= sizeof(detail::word_pair)) {
        const auto* const last = data + size - sizeof(detail::word_pair);
        auto pair = detail::load_word<detail::word_pair>(last);
        for (const auto* at = data; at < last; at += sizeof(detail::word_pair))
            pair |= detail::load_word<detail::word_pair>(at);
        return !detail::has_high_bits(pair);
    }
    std::uint64_t seen = 0;
    if (size >= sizeof(std::uint64_t)) {
        const auto* const last = data + size - sizeof(std::uint64_t);
        seen = detail::load_word<std::uint64_t>(data) | detail::load_word<std::uint64_t>(last);
    } else if (size >= sizeof(std::uint32_t)) {
        seen = detail::load_word<std::uint32_t>(data) |
               detail::load_word<std::uint32_t>(data + size - sizeof(std::uint32_t));
    } else if (size != 0) {
        seen = static_cast<unsigned char>(data[0] | data[size / 2] | data[size - 1]);
    }
    return (seen & detail::high_bits) == 0;
}

/// Whether `text` is UTF-8 as Unicode defines it: shortest forms only, no surrogates, nothing above U+10FFFF.
/// Spec: The Unicode Standard, table 3-7; RFC 3629.
[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept
{
    return is_ascii(text) || detail::is_utf8_beyond_ascii(text);
}

} // namespace junctor
