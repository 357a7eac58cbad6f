// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/utf8.hpp>

#include <cstring>

namespace junctor {

namespace {

constexpr bool is_continuation(unsigned char octet) noexcept
{
    return (octet & 0xC0) == 0x80;
}

/// The range of the second octet, which depends on the first: this is what excludes overlong forms, surrogates and
/// numbers above U+10FFFF.
constexpr bool may_follow(unsigned char first, unsigned char second) noexcept
{
    switch (first) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return is_continuation(second);
    }
}

/// The length of the sequence that `first` begins; 0 if none begins with it.
constexpr std::size_t sequence_length(unsigned char first) noexcept
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// The length of the well-formed sequence at the start of `text`; 0 if there is none.
std::size_t take_sequence(std::string_view text) noexcept
{
    const auto octet = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const auto length = sequence_length(octet(0));
    if (length > text.size() || (length > 1 && !may_follow(octet(0), octet(1))))
        return 0;
    for (std::size_t at = 2; at < length; ++at) {
        if (!is_continuation(octet(at)))
            return 0;
    }
    return length;
}

/// How many octets at the start of `text` are ASCII for certain, eight looked at at once.
std::size_t ascii_prefix(std::string_view text) noexcept
{
    std::size_t at = 0;
    while (text.size() - at >= sizeof(std::uint64_t) &&
           (detail::load_word<std::uint64_t>(text.data() + at) & detail::high_bits) == 0)
        at += sizeof(std::uint64_t);
    return at;
}

/// As many octets as the wide registers of most processors hold.
using wide_word [[gnu::vector_size(32)]] = std::uint64_t;
static_assert(detail::long_text == 2 * sizeof(wide_word));

/// The octets of `text`, of which there are at least `step`, all laid over each other; `step` of them a turn.
template <std::size_t step>
[[gnu::always_inline]] inline std::uint64_t octets_of(std::string_view text) noexcept
{
    wide_word seen{};
    const auto see = [&seen](const char* at) {
#pragma GCC unroll 8
        for (std::size_t word = 0; word != step; word += sizeof(wide_word)) {
            wide_word octets;
            std::memcpy(&octets, at + word, sizeof octets);
            seen |= octets;
        }
    };
    const auto* const last = text.data() + text.size() - step;
    for (const auto* at = text.data(); at < last; at += step)
        see(at);
    see(last);
    return seen[0] | seen[1] | seen[2] | seen[3];
}

/// `is_long_ascii` for whatever instructions its caller is compiled to.
[[gnu::always_inline]] inline bool has_only_ascii(std::string_view text) noexcept
{
    constexpr auto long_step = 4 * detail::long_text;
    const auto seen = text.size() >= long_step ? octets_of<long_step>(text) : octets_of<detail::long_text>(text);
    return (seen & detail::high_bits) == 0;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] bool has_only_ascii_by_avx2(std::string_view text) noexcept
{
    return has_only_ascii(text);
}

/// Whether this processor has the wide registers. All have some of half the width.
const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
#endif

} // namespace

bool detail::is_long_ascii(std::string_view text) noexcept
{
#if defined(__x86_64__)
    if (has_avx2)
        return has_only_ascii_by_avx2(text);
#endif
    return has_only_ascii(text);
}

bool detail::is_utf8_beyond_ascii(std::string_view text) noexcept
{
    while (!text.empty()) {
        const auto length = take_sequence(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
        if (length == 1)
            text.remove_prefix(ascii_prefix(text));
    }
    return true;
}

} // namespace junctor
