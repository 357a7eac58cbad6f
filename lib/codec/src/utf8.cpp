// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/utf8.hpp>

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

[[gnu::always_inline]] inline void see_two_words(wide_word& seen, const char* at) noexcept
{
    wide_word first;
    wide_word second;
    std::memcpy(&first, at, sizeof first);
    std::memcpy(&second, at + sizeof first, sizeof second);
    seen |= first | second;
}

/// `is_long_ascii` for whatever instructions its caller is compiled to.
[[gnu::always_inline]] inline bool has_only_ascii(std::string_view text) noexcept
{
    const auto* const last = text.data() + text.size() - detail::long_text;
    wide_word seen{};
    for (const auto* at = text.data(); at < last; at += detail::long_text)
        see_two_words(seen, at);
    see_two_words(seen, last);
    return ((seen[0] | seen[1] | seen[2] | seen[3]) & detail::high_bits) == 0;
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
