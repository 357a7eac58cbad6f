// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include <junctor/codec/base64.hpp>

#include "json_text.hpp"

namespace junctor {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

/// The longest form of a 64-bit integer or a double has 24 characters.
constexpr std::size_t number_chars_max = 32;

template <class Number>
std::string_view print(std::array<char, number_chars_max>& buffer, Number n) noexcept
{
    const auto printed = std::to_chars(buffer.data(), buffer.data() + buffer.size(), n);
    return {buffer.data(), static_cast<std::size_t>(printed.ptr - buffer.data())};
}

/// The letter of a two-character escape, or 0 if `c` has none.
constexpr char escape_letter(char c) noexcept
{
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
    }
}

void escape(char c, byte_buffer& out)
{
    out.push('\\');
    if (const char letter = escape_letter(c); letter != 0) {
        out.push(letter);
        return;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.append("u00");
    out.push(hex_digits[octet >> 4]);
    out.push(hex_digits[octet & 0xF]);
}

} // namespace

void json_writer::too_deep()
{
    throw std::length_error("lists and dicts are nested too deeply");
}

void json_writer::key(std::string_view text)
{
    separate();
    quote(text);
    out_.push(':');
    comma_ = false;
}

void json_writer::integer(std::int64_t n)
{
    std::array<char, number_chars_max> buffer;
    put(print(buffer, n));
}

void json_writer::unsigned_integer(std::uint64_t n)
{
    std::array<char, number_chars_max> buffer;
    put(print(buffer, n));
}

void json_writer::real(double n)
{
    if (!std::isfinite(n)) {
        null();
        return;
    }
    std::array<char, number_chars_max> buffer;
    const auto digits = print(buffer, n);
    put(digits);
    if (digits.find_first_of(".e") == std::string_view::npos)
        out_.append(".0");
}

void json_writer::text(std::string_view text)
{
    separate();
    quote(text);
}

void json_writer::binary(byte_view bytes)
{
    separate();
    out_.append("\"\\u0000");
    write_base64(bytes, out_);
    out_.push('"');
}

void json_writer::quote(std::string_view text)
{
    out_.push('"');
    for (;;) {
        const auto plain = plain_prefix(text);
        out_.append(text.substr(0, plain));
        if (plain == text.size())
            break;
        escape(text[plain], out_);
        text.remove_prefix(plain + 1);
    }
    out_.push('"');
}

} // namespace junctor
