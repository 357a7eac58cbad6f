// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "numbered_argument.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

constexpr unsigned index_bits = 48;

/// In place of the value of a digit: it is none.
constexpr std::uint8_t no_digit = 0x80;

/// The values of hexadecimal digits, by their characters.
constexpr auto values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::uint8_t value = 0; value < 16; ++value)
        table[static_cast<unsigned char>("0123456789abcdef"[value])] = value;
    return table;
}();

/// The two digits of each octet.
constexpr auto digit_pairs = [] {
    std::array<std::array<char, 2>, 256> table{};
    for (std::size_t octet = 0; octet < 256; ++octet)
        table[octet] = {"0123456789abcdef"[octet >> 4], "0123456789abcdef"[octet & 0xF]};
    return table;
}();

} // namespace

numbered_argument::numbered_argument(std::size_t bytes) : text_(std::max(bytes, digits), 'x')
{
    std::fill_n(text_.begin(), digits, '0');
}

void numbered_argument::write(std::span<std::byte, digits> out, message_number number) noexcept
{
    auto rest = std::uint64_t{number.sender} << index_bits | number.index;
    for (auto position = digits; position != 0; rest >>= 8) {
        position -= 2;
        std::memcpy(out.data() + position, digit_pairs[rest & 0xFF].data(), 2);
    }
}

message_number numbered_argument::read(std::string_view argument) const
{
    std::uint64_t number = 0;
    std::uint8_t seen = 0;
    if (argument.size() == text_.size()) {
        for (std::size_t position = 0; position < digits; ++position) {
            const auto value = values[static_cast<unsigned char>(argument[position])];
            seen |= value;
            number = number << 4 | value;
        }
    }
    if (argument.size() != text_.size() || seen >= no_digit ||
        argument.substr(digits) != std::string_view(text_).substr(digits))
        throw failure(
            fmt::format("an argument of {} bytes came back damaged, with {} bytes", text_.size(), argument.size()));
    return {static_cast<std::size_t>(number >> index_bits), number & ((std::uint64_t{1} << index_bits) - 1)};
}

} // namespace junctor::bench
