// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include <junctor/base/limits.hpp>
#include <junctor/codec/utf8.hpp>

#include "json_checker.hpp"
#include "json_text.hpp"

namespace junctor {

namespace {

constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

/// A number as it stands in the input.
struct numeral {
    std::string_view text;
    bool integral{true}; ///< Neither point nor exponent.
    errc error{};
};

/// Takes numerals apart by the grammar of RFC 8259, section 6.
class numeral_scanner {
public:
    explicit numeral_scanner(std::string_view rest) noexcept : rest_{rest} {}

    [[nodiscard]] numeral scan() noexcept
    {
        numeral found;
        take('-');
        if (!take('0'))
            digits(found);
        if (take('.')) {
            found.integral = false;
            digits(found);
        }
        if (take('e') || take('E')) {
            found.integral = false;
            if (!take('+'))
                take('-');
            digits(found);
        }
        found.text = rest_.substr(0, at_);
        return found;
    }

private:
    bool take(char c) noexcept
    {
        const bool there = at_ < rest_.size() && rest_[at_] == c;
        at_ += there ? 1 : 0;
        return there;
    }

    void digits(numeral& found) noexcept
    {
        const auto start = at_;
        while (at_ < rest_.size() && is_digit(rest_[at_]))
            ++at_;
        if (at_ == start && found.error == errc{})
            found.error = at_ == rest_.size() ? errc::truncated : errc::malformed;
    }

    std::string_view rest_;
    std::size_t at_{0};
};

template <class Number>
std::errc parse(std::string_view text, Number& n) noexcept
{
    return std::from_chars(text.data(), text.data() + text.size(), n).ec;
}

/// Whether a 64-bit type holds the integer.
bool fits_integer(std::string_view text) noexcept
{
    // What has fewer digits than 2^63 need not be computed.
    if (text.size() < 19)
        return true;
    std::int64_t negative = 0;
    std::uint64_t natural = 0;
    return (text.front() == '-' ? parse(text, negative) : parse(text, natural)) == std::errc{};
}

/// Whether a numeral that is too large or too small for a double is too large. Decided by the power of ten of its first
/// digit that counts; there is one, as zero always has a double.
bool is_huge(std::string_view text) noexcept
{
    const auto exponent_at = text.find_first_of("eE");
    const auto mantissa = text.substr(0, exponent_at);
    const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
    const auto first = static_cast<std::int64_t>(mantissa.find_first_of("123456789"));
    if (exponent_at == std::string_view::npos)
        return first < point;

    auto digits = text.substr(exponent_at + 1);
    if (digits.front() == '+')
        digits.remove_prefix(1);
    std::int64_t exponent = 0;
    if (parse(digits, exponent) != std::errc{})
        return digits.front() != '-';
    return exponent > first - point;
}

/// The double closest to `text`; infinite if that is beyond the largest, as JSON has it in every language in use.
double parse_real(std::string_view text) noexcept
{
    double real = 0;
    if (parse(text, real) != std::errc::result_out_of_range)
        return real;
    const auto magnitude = is_huge(text) ? std::numeric_limits<double>::infinity() : 0.0;
    return text.front() == '-' ? -magnitude : magnitude;
}

/// Appends the UTF-8 form of `code`, which is no surrogate.
void append_utf8(std::string& text, std::uint32_t code)
{
    const auto put = [&text](std::uint32_t octet) { text.push_back(static_cast<char>(octet)); };
    if (code < 0x80) {
        put(code);
        return;
    }
    if (code < 0x800) {
        put(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            put(0xE0 | code >> 12);
        } else {
            put(0xF0 | code >> 18);
            put(0x80 | (code >> 12 & 0x3F));
        }
        put(0x80 | (code >> 6 & 0x3F));
    }
    put(0x80 | (code & 0x3F));
}

constexpr std::uint32_t no_digit = 16;

/// The value of a hexadecimal digit, or `no_digit`.
constexpr std::uint32_t hex_digit(char c) noexcept
{
    if (is_digit(c))
        return static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<std::uint32_t>(c - 'a' + 10);
    return c >= 'A' && c <= 'F' ? static_cast<std::uint32_t>(c - 'A' + 10) : no_digit;
}

constexpr bool is_high_surrogate(std::uint32_t unit) noexcept
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

constexpr bool is_low_surrogate(std::uint32_t unit) noexcept
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

} // namespace

/// Fails because of what stands at the cursor: the end, or something that may not stand there.
void json_reader::fail_here() noexcept
{
    fail(cursor_ == end_ ? errc::truncated : errc::malformed);
}

value_kind json_reader::peek() noexcept
{
    skip_space();
    if (cursor_ == end_) {
        fail(errc::truncated);
        return {};
    }
    switch (*cursor_) {
    case '"': return value_kind::text;
    case '[': return value_kind::list;
    case '{': return value_kind::dict;
    case 't':
    case 'f': return value_kind::boolean;
    case 'n': return value_kind::null;
    default: break;
    }
    if (*cursor_ != '-' && !is_digit(*cursor_)) {
        fail(errc::malformed);
        return {};
    }
    const auto found = numeral_scanner({cursor_, left()}).scan();
    return found.integral && fits_integer(found.text) ? value_kind::integer : value_kind::real;
}

/// Fails because the next value is not what was asked for, unless there is something worse about it.
void json_reader::mismatch() noexcept
{
    if (static_cast<void>(peek()), ok())
        fail(errc::unexpected_type);
}

bool json_reader::next_key(std::string_view& key)
{
    if (!next_before('}'))
        return false;
    skip_space();
    if (!at('"')) {
        fail_here();
        return false;
    }
    key = take_text();
    skip_space();
    if (!at(':')) {
        fail_here();
        return false;
    }
    ++cursor_;
    return true;
}

bool json_reader::take(std::string_view literal) noexcept
{
    const auto found = std::string_view(cursor_, left()).substr(0, literal.size());
    if (found == literal) {
        cursor_ += literal.size();
        return true;
    }
    fail(literal.starts_with(found) ? errc::truncated : errc::malformed);
    return false;
}

bool json_reader::read_boolean() noexcept
{
    skip_space();
    if (at('t'))
        return take("true");
    if (at('f'))
        static_cast<void>(take("false"));
    else
        mismatch();
    return false;
}

void json_reader::read_null() noexcept
{
    skip_space();
    if (at('n'))
        static_cast<void>(take("null"));
    else
        mismatch();
}

any_number json_reader::read_number() noexcept
{
    skip_space();
    if (cursor_ == end_ || (*cursor_ != '-' && !is_digit(*cursor_))) {
        mismatch();
        return {};
    }
    const auto found = numeral_scanner({cursor_, left()}).scan();
    if (found.error != errc{}) {
        fail(found.error);
        return {};
    }
    cursor_ += found.text.size();
    if (found.integral) {
        std::uint64_t natural = 0;
        std::int64_t negative = 0;
        if (parse(found.text, natural) == std::errc{})
            return natural;
        if (parse(found.text, negative) == std::errc{})
            return make_number(negative);
    }
    return parse_real(found.text);
}

std::uint64_t json_reader::read_unusual_unsigned() noexcept
{
    const auto n = read_number();
    const auto whole = to_unsigned(n);
    if (whole)
        return *whole;
    fail(whole.error());
    return 0;
}

std::int64_t json_reader::read_integer() noexcept
{
    const auto n = read_number();
    const auto whole = to_integer(n);
    if (whole)
        return *whole;
    fail(whole.error());
    return 0;
}

std::string_view json_reader::read_text()
{
    skip_space();
    if (at('"'))
        return take_text();
    mismatch();
    return {};
}

/// The text whose opening quote stands at the cursor.
std::string_view json_reader::take_text()
{
    ++cursor_;
    const std::string_view plain(cursor_, plain_prefix({cursor_, left()}));
    const auto* const plain_end = plain.data() + plain.size();
    if (plain_end != end_ && *plain_end == '\\')
        return take_escaped_text(plain);
    cursor_ = plain_end;
    if (!at('"')) {
        fail_here();
        return {};
    }
    ++cursor_;
    if (is_utf8(plain))
        return plain;
    fail(errc::invalid_utf8);
    return {};
}

/// The text that begins with `plain` at the cursor and goes on with an escape.
std::string_view json_reader::take_escaped_text(std::string_view plain)
{
    auto& text = scratch_.add();
    while (!at('"')) {
        text.append(plain);
        cursor_ += plain.size();
        if (at('\\')) {
            ++cursor_;
            if (!take_escape(text))
                return {};
        } else if (!at('"')) {
            fail_here(); // a control character, which is legal only as an escape
            return {};
        }
        plain = {cursor_, plain_prefix({cursor_, left()})};
    }
    ++cursor_;
    if (is_utf8(text))
        return text;
    fail(errc::invalid_utf8);
    return {};
}

/// Takes an escape from behind its backslash.
bool json_reader::take_escape(std::string& text)
{
    if (cursor_ == end_) {
        fail(errc::truncated);
        return false;
    }
    switch (const char letter = *cursor_++; letter) {
    case '"':
    case '\\':
    case '/': text.push_back(letter); return true;
    case 'b': text.push_back('\b'); return true;
    case 'f': text.push_back('\f'); return true;
    case 'n': text.push_back('\n'); return true;
    case 'r': text.push_back('\r'); return true;
    case 't': text.push_back('\t'); return true;
    case 'u': return take_unicode_escape(text);
    default: fail(errc::malformed); return false;
    }
}

bool json_reader::take_unicode_escape(std::string& text)
{
    std::uint32_t code = 0;
    if (!take_hex(code))
        return false;
    if (is_high_surrogate(code)) {
        constexpr std::string_view prefix = "\\u";
        const auto found = std::string_view(cursor_, left()).substr(0, prefix.size());
        if (found != prefix) {
            fail(prefix.starts_with(found) ? errc::truncated : errc::invalid_utf8);
            return false;
        }
        cursor_ += prefix.size();
        std::uint32_t low = 0;
        if (!take_hex(low))
            return false;
        if (!is_low_surrogate(low)) {
            fail(errc::invalid_utf8);
            return false;
        }
        code = 0x10000 + ((code & 0x3FF) << 10 | (low & 0x3FF));
    } else if (is_low_surrogate(code)) {
        fail(errc::invalid_utf8);
        return false;
    }
    append_utf8(text, code);
    return true;
}

/// Takes the four hexadecimal digits of one UTF-16 unit.
bool json_reader::take_hex(std::uint32_t& unit) noexcept
{
    for (int i = 0; i < 4; ++i) {
        const auto digit = cursor_ == end_ ? no_digit : hex_digit(*cursor_);
        if (digit == no_digit) {
            fail_here();
            return false;
        }
        unit = unit << 4 | digit;
        ++cursor_;
    }
    return true;
}

byte_view json_reader::skip()
{
    skip_space();
    const auto* const start = cursor_;
    // The fast check does not tell what is wrong, and refuses a few numbers that are beyond it but well-formed. What it
    // refuses is therefore gone through once more.
    if (const auto size = check_json({cursor_, left()}, limits::nesting_depth_max - depth_); size != 0)
        cursor_ += size;
    else
        walk();
    if (!ok())
        return {};
    return as_bytes({start, static_cast<std::size_t>(cursor_ - start)});
}

/// Reads one value to the bottom. The depth of the recursion is bounded as that of lists and dicts is.
void json_reader::walk()
{
    std::string_view key;
    switch (peek()) {
    case value_kind::null: read_null(); break;
    case value_kind::boolean: static_cast<void>(read_boolean()); break;
    case value_kind::text: static_cast<void>(read_text()); break;
    case value_kind::list:
        enter_list();
        while (next())
            walk();
        break;
    case value_kind::dict:
        enter_dict();
        while (next_key(key))
            walk();
        break;
    default: static_cast<void>(read_number()); break;
    }
}

void json_reader::finish() noexcept
{
    skip_space();
    if (cursor_ != end_)
        fail(errc::trailing_bytes);
}

} // namespace junctor
