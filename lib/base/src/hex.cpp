// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/hex.hpp>

namespace junctor {

namespace {

constexpr int no_digit = -1;

int digit_value(char digit) noexcept
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return no_digit;
}

} // namespace

std::string to_hex(byte_view bytes)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto octet : bytes) {
        const auto number = std::to_integer<unsigned>(octet);
        text += digits[number >> 4U];
        text += digits[number & 15U];
    }
    return text;
}

std::optional<binary> from_hex(std::string_view digits)
{
    if (digits.size() % 2 != 0)
        return std::nullopt;
    binary octets;
    octets.reserve(digits.size() / 2);
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        const auto high = digit_value(digits[at]);
        const auto low = digit_value(digits[at + 1]);
        if (high == no_digit || low == no_digit)
            return std::nullopt;
        octets.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return octets;
}

} // namespace junctor
