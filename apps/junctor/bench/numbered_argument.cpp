// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "numbered_argument.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

constexpr unsigned index_bits = 48;

/// The value of a hexadecimal digit, or more than 15.
constexpr std::uint64_t value_of(char digit) noexcept
{
    if (digit >= '0' && digit <= '9')
        return static_cast<std::uint64_t>(digit - '0');
    return digit >= 'a' && digit <= 'f' ? static_cast<std::uint64_t>(digit - 'a' + 10) : 16;
}

} // namespace

numbered_argument::numbered_argument(std::size_t bytes) : text_(std::max(bytes, digits), 'x')
{
    std::fill_n(text_.begin(), digits, '0');
}

void numbered_argument::write(std::span<std::byte, digits> out, message_number number) noexcept
{
    auto rest = std::uint64_t{number.sender} << index_bits | number.index;
    for (auto position = digits; position-- > 0; rest >>= 4)
        out[position] = static_cast<std::byte>("0123456789abcdef"[rest & 0xF]);
}

message_number numbered_argument::read(std::string_view argument) const
{
    std::uint64_t number = 0;
    bool sound = argument.size() == text_.size();
    for (std::size_t position = 0; sound && position < digits; ++position) {
        const auto value = value_of(argument[position]);
        sound = value < 16;
        number = number << 4 | value;
    }
    if (!sound || argument.substr(digits) != std::string_view(text_).substr(digits))
        throw failure(
            fmt::format("an argument of {} bytes came back damaged, with {} bytes", text_.size(), argument.size()));
    return {static_cast<std::size_t>(number >> index_bits), number & ((std::uint64_t{1} << index_bits) - 1)};
}

} // namespace junctor::bench
