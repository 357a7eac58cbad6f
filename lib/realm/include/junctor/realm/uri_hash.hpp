// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The seeded hash of the tables whose keys come from peers, and how those keys are compared.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <junctor/base/bytes.hpp>

namespace junctor {

namespace detail {

/// Both halves of the 128-bit product, folded: one multiplication that lets every bit of either operand act on every
/// bit.
[[nodiscard]] inline std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) noexcept
{
    __extension__ using wide = unsigned __int128;
    const auto product = static_cast<wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t hash_multiplier = 0x9E3779B97F4A7C15u;
inline constexpr std::uint64_t hash_offset = 0xD1B54A32D192ED03u;

} // namespace detail

/// Hashes URIs in the way of wyhash: 16 bytes a step, each folded in by one multiplication. Peers who do not know the
/// seed cannot make keys that collide.
class uri_hash {
public:
    using is_avalanching = void; // spares the table a mixing step of its own
    using is_transparent = void;

    explicit uri_hash(std::uint64_t seed = 0) noexcept
        : seed_{detail::fold_product(seed ^ detail::hash_offset, detail::hash_multiplier)}
    {
    }

    [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept
    {
        const char* at = text.data();
        std::size_t left = text.size();
        std::uint64_t mixed = seed_;
        for (; left > 16; at += 16, left -= 16)
            mixed = detail::fold_product(detail::load_word<std::uint64_t>(at) ^ detail::hash_offset,
                                         detail::load_word<std::uint64_t>(at + 8) ^ mixed);

        std::uint64_t head = 0;
        std::uint64_t tail = 0;
        if (left >= 8) {
            head = detail::load_word<std::uint64_t>(at);
            tail = detail::load_word<std::uint64_t>(at + left - 8);
        } else if (left >= 4) {
            head = detail::load_word<std::uint32_t>(at);
            tail = detail::load_word<std::uint32_t>(at + left - 4);
        } else if (left > 0) {
            head = octet(at[0]) | octet(at[left / 2]) << 8 | octet(at[left - 1]) << 16;
        }
        mixed = detail::fold_product(head ^ detail::hash_offset, tail ^ mixed);
        return detail::fold_product(mixed ^ text.size(), detail::hash_multiplier);
    }

private:
    static std::uint64_t octet(char c) noexcept { return static_cast<unsigned char>(c); }

    std::uint64_t seed_;
};

/// Whether two URIs are the same. Inline, by 16 octets at a time, the last of them twice: for texts as short as URIs
/// the way into the C library is longer.
[[nodiscard]] inline bool same_uri(std::string_view a, std::string_view b) noexcept
{
    using detail::word_pair;
    if (a.size() != b.size())
        return false;
    if (a.size() < sizeof(word_pair))
        return a == b;
    const auto difference = [&](std::size_t at) {
        return detail::load_word<word_pair>(a.data() + at) ^ detail::load_word<word_pair>(b.data() + at);
    };
    const auto last = a.size() - sizeof(word_pair);
    auto differences = difference(last);
    for (std::size_t at = 0; at < last; at += sizeof(word_pair))
        differences |= difference(at);
    return (differences[0] | differences[1]) == 0;
}

/// Hashes pairs of numbers, such as a session and one of its requests.
class pair_hash {
public:
    using is_avalanching = void;

    explicit pair_hash(std::uint64_t seed = 0) noexcept : seed_{seed ^ detail::hash_offset} {}

    [[nodiscard]] std::size_t operator()(std::uint64_t a, std::uint64_t b) const noexcept
    {
        return detail::fold_product(detail::fold_product(a ^ seed_, detail::hash_multiplier) ^ b,
                                    detail::hash_multiplier);
    }

private:
    std::uint64_t seed_;
};

} // namespace junctor
