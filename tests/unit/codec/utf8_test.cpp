// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/utf8.hpp>

#include <cstdint>
#include <string>

#include "support/catch.hpp"

using junctor::is_ascii;
using junctor::is_utf8;

namespace {

/// The UTF-8 form of `code` in `octets` octets, whether or not that is the form it should have.
std::string form(std::uint32_t code, int octets)
{
    static constexpr unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC};
    if (octets == 1)
        return std::string(1, static_cast<char>(code));
    std::string text;
    for (int i = 0; i < octets - 1; ++i, code >>= 6)
        text.insert(text.begin(), static_cast<char>(0x80 | (code & 0x3F)));
    text.insert(text.begin(), static_cast<char>(leads[octets] | code));
    return text;
}

int shortest(std::uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

bool is_surrogate(std::uint32_t code)
{
    return code >= 0xD800 && code <= 0xDFFF;
}

} // namespace

TEST_CASE("utf8: every code point but the surrogates is valid in its shortest form", "[codec][utf8]")
{
    std::uint32_t wrong = 0;
    for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
        if (is_utf8(form(code, shortest(code))) == is_surrogate(code))
            ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("utf8: no overlong form is valid", "[codec][utf8]")
{
    std::uint32_t accepted = 0;
    for (std::uint32_t code = 0; code <= 0xFFFF; ++code) {
        for (int octets = shortest(code) + 1; octets <= 4; ++octets)
            accepted += is_utf8(form(code, octets)) ? 1 : 0;
    }
    CHECK(accepted == 0);
}

TEST_CASE("utf8: nothing above U+10FFFF is valid, nor are forms of five and six octets", "[codec][utf8]")
{
    for (std::uint32_t code = 0x110000; code <= 0x1FFFFF; code += 0x3FF)
        REQUIRE_FALSE(is_utf8(form(code, 4)));
    CHECK_FALSE(is_utf8(form(0x110000, 4)));
    CHECK_FALSE(is_utf8(form(0x200000, 5)));
    CHECK_FALSE(is_utf8(form(0x4000000, 6)));
    CHECK_FALSE(is_utf8("\xFE"));
    CHECK_FALSE(is_utf8("\xFF"));
}

TEST_CASE("utf8: a sequence that is cut short is not valid, wherever it stands", "[codec][utf8]")
{
    for (const std::string whole : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        for (std::size_t size = 1; size < whole.size(); ++size) {
            const auto part = whole.substr(0, size);
            for (std::size_t before = 0; before <= 17; ++before) {
                const std::string ascii(before, 'x');
                CHECK_FALSE(is_utf8(ascii + part));
                CHECK_FALSE(is_utf8(ascii + part + "x"));
                CHECK_FALSE(is_utf8(ascii + part + whole));
                CHECK(is_utf8(ascii + whole + ascii + whole));
            }
            CHECK_FALSE(is_utf8(whole.substr(size)));
        }
    }
}

TEST_CASE("utf8: a second octet is checked against the first", "[codec][utf8]")
{
    CHECK_FALSE(is_utf8("\xE0\x9F\xBF"));
    CHECK(is_utf8("\xE0\xA0\x80"));
    CHECK_FALSE(is_utf8("\xED\xA0\x80"));
    CHECK(is_utf8("\xED\x9F\xBF"));
    CHECK_FALSE(is_utf8("\xF0\x8F\xBF\xBF"));
    CHECK(is_utf8("\xF0\x90\x80\x80"));
    CHECK(is_utf8("\xF4\x8F\xBF\xBF"));
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));
    CHECK_FALSE(is_utf8("\xC2\xC2"));
    CHECK_FALSE(is_utf8("\xE1\x80\x41"));
}

TEST_CASE("is_ascii: sees a single octet that is not, wherever it stands", "[codec][utf8]")
{
    CHECK(is_ascii(""));
    for (std::size_t size = 1; size < 600; ++size) {
        std::string text(size, 'a');
        CHECK(is_ascii(text));
        for (std::size_t at = 0; at < size; ++at) {
            text[at] = static_cast<char>(0x80);
            CHECK_FALSE(is_ascii(text));
            CHECK_FALSE(is_utf8(text));
            text[at] = 'a';
        }
    }
}
