// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/base64.hpp>

#include <array>
#include <cstdint>

namespace junctor {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xFF;

constexpr auto digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t digit = 0; digit < alphabet.size(); ++digit)
        table[static_cast<unsigned char>(alphabet[digit])] = static_cast<std::uint8_t>(digit);
    return table;
}();

constexpr std::uint32_t digit_of(char c) noexcept
{
    return digits[static_cast<unsigned char>(c)];
}

/// Four characters as 24 bits, or more than 24 bits if one of them is no digit: only then a digit exceeds six bits.
std::uint32_t read_group(const char* group, std::size_t count) noexcept
{
    std::uint32_t bits = 0;
    std::uint32_t seen = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto digit = i < count ? digit_of(group[i]) : 0;
        seen |= digit;
        bits = bits << 6 | (digit & 0x3F);
    }
    return seen > 0x3F ? UINT32_MAX : bits;
}

void write_group(std::uint32_t bits, std::size_t octets, std::byte* out) noexcept
{
    for (std::size_t i = 0; i < 4; ++i) {
        const auto digit = (bits >> (18 - 6 * i)) & 0x3F;
        out[i] = static_cast<std::byte>(i <= octets ? alphabet[digit] : '=');
    }
}

} // namespace

void write_base64(byte_view bytes, byte_buffer& out)
{
    auto* to = out.extend((bytes.size() + 2) / 3 * 4);
    while (!bytes.empty()) {
        const auto octets = bytes.size() < 3 ? bytes.size() : 3;
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < octets ? std::to_integer<std::uint32_t>(bytes[i]) : 0);
        write_group(bits, octets, to);
        to += 4;
        bytes = bytes.subspan(octets);
    }
}

std::optional<binary> read_base64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;

    binary bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (; !text.empty(); text.remove_prefix(4)) {
        // Padding may stand at the very end only: elsewhere `=` is just no digit.
        const bool last = text.size() == 4;
        const std::size_t padding = !last || text[3] != '=' ? 0 : text[2] != '=' ? 1 : 2;
        const auto bits = read_group(text.data(), 4 - padding);
        const auto unused = (std::uint32_t{1} << (8 * padding)) - 1;
        if (bits == UINT32_MAX || (bits & unused) != 0)
            return std::nullopt;
        for (std::size_t i = 0; i < 3 - padding; ++i)
            bytes.push_back(static_cast<std::byte>(bits >> (16 - 8 * i)));
    }
    return bytes;
}

} // namespace junctor
