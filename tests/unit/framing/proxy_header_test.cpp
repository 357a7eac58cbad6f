// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/proxy_header.hpp>

#include <span>
#include <string>
#include <string_view>

#include "support/catch.hpp"

using namespace junctor;
using namespace std::string_literals;

namespace {

byte_view bytes_of(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

auto parse(std::string_view text)
{
    return parse_proxy_header(bytes_of(text));
}

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};

/// A header of version 2.
std::string binary(char command, char family, const std::string& rest)
{
    std::string header(signature);
    header += command;
    header += family;
    header += static_cast<char>(rest.size() >> 8U);
    header += static_cast<char>(rest.size() & 0xFFU);
    return header + rest;
}

const std::string v4_addresses = "\xC0\x00\x02\x07\xC0\x00\x02\x01\x14\xC0\x1F\x90"s;
const std::string v6_addresses =
    "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x07"s + "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x01"s + "\x14\xC0\x1F\x90"s;

// The CRC-32C of the header with these four octets as zeros, which another implementation has computed.
const std::string checksum = "\x03\x00\x04"s + "\x94\x43\xAE\xDB"s;

} // namespace

TEST_CASE("proxy header: the client is who the proxy connects for", "[framing][proxy]")
{
    struct header {
        std::string text;
        std::string client;
        bool relayed;
    };
    const header cases[] = {
        {"PROXY TCP4 192.0.2.7 192.0.2.1 5312 8080\r\n", "tcp4:192.0.2.7:5312", true},
        {"PROXY TCP6 2001:db8::7 2001:DB8:0::1 0 65535\r\n", "tcp6:[2001:db8::7]:0", true},
        {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
         "tcp6:[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", true},
        {"PROXY UNKNOWN\r\n", "", true},
        {"PROXY UNKNOWN ffff::1 ffff::2 what ever\r\n", "", true},
        {binary('\x21', '\x11', v4_addresses), "tcp4:192.0.2.7:5312", true},
        {binary('\x21', '\x21', v6_addresses), "tcp6:[2001:db8::7]:5312", true},
        {binary('\x21', '\x11', v4_addresses + "\x04\x00\x00"s + "\x02\x00\x03www"s), "tcp4:192.0.2.7:5312", true},
        {binary('\x21', '\x11', v4_addresses + checksum), "tcp4:192.0.2.7:5312", true},
        {binary('\x21', '\x12', v4_addresses), "", true},
        {binary('\x21', '\x31', std::string(216, 'x')), "", true},
        {binary('\x21', '\x00', ""), "", true},
        {binary('\x21', '\x00', "what ever"), "", true},
        {binary('\x20', '\x00', ""), "", false},
        {binary('\x20', '\x11', v4_addresses), "", false},
        {binary('\x20', '\x77', "what ever"), "", false},
    };
    for (const auto& [text, client, relayed] : cases) {
        CAPTURE(text);
        const auto parsed = parse(text + "\x7F\xF1\x00\x00"s);
        REQUIRE((parsed && *parsed));
        CHECK((**parsed).size == text.size());
        CHECK((**parsed).client == client);
        CHECK((**parsed).relayed == relayed);
        for (std::size_t size = 0; size != text.size(); ++size) {
            const auto part = parse(std::string_view(text).substr(0, size));
            CHECK((part && !*part));
        }
    }
}

TEST_CASE("proxy header: what is none, or malformed, is an error", "[framing][proxy]")
{
    struct mistake {
        std::string text;
        proxy_error error;
    };
    const auto long_name = "\x02\x0F\xF0"s + std::string(4080, 'x');
    const mistake cases[] = {
        {"\x7F\xF1\x00\x00"s, proxy_error::no_header},
        {"GET / HTTP/1.1\r\n", proxy_error::no_header},
        {"PROXX", proxy_error::no_header},
        {"\r\n\r\n\r", proxy_error::no_header},
        {"PROXY\r\n", proxy_error::no_header},
        {"PROXY \r\n", proxy_error::malformed},
        {"PROXY UNKNOWNS\r\n", proxy_error::malformed},
        {"PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n", proxy_error::malformed},
        {"PROXY TCP4 192.0.2.7 192.0.2.1 1\r\n", proxy_error::malformed},
        {"PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n", proxy_error::malformed},
        {"PROXY TCP4  192.0.2.7 192.0.2.1 1 2\r\n", proxy_error::malformed},
        {"PROXY TCP4 192.0.2.7 192.0.2.1 1 65536\r\n", proxy_error::malformed},
        {"PROXY TCP4 192.0.2.7 192.0.2.1 01 2\r\n", proxy_error::malformed},
        {"PROXY TCP4 192.0.2.7 192.0.2.1 -1 2\r\n", proxy_error::malformed},
        {"PROXY TCP4 192.0.2 192.0.2.1 1 2\r\n", proxy_error::malformed},
        {"PROXY TCP4 2001:db8::7 192.0.2.1 1 2\r\n", proxy_error::malformed},
        {"PROXY TCP6 192.0.2.7 192.0.2.1 1 2\r\n", proxy_error::malformed},
        {"PROXY UNKNOWN" + std::string(94, 'x'), proxy_error::too_long},
        {binary('\x11', '\x11', v4_addresses), proxy_error::malformed},
        {binary('\x22', '\x11', v4_addresses), proxy_error::malformed},
        {binary('\x21', '\x41', v6_addresses), proxy_error::malformed},
        {binary('\x21', '\x13', v4_addresses), proxy_error::malformed},
        {binary('\x21', '\x11', v4_addresses.substr(1)), proxy_error::malformed},
        {binary('\x21', '\x21', v4_addresses), proxy_error::malformed},
        {binary('\x21', '\x31', v6_addresses), proxy_error::malformed},
        {binary('\x21', '\x11', v4_addresses + "\x04\x00"s), proxy_error::malformed},
        {binary('\x21', '\x11', v4_addresses + "\x04\x00\x05xxxx"s), proxy_error::malformed},
        {binary('\x21', '\x11', v4_addresses + "\x03\x00\x03xxx"s), proxy_error::malformed},
        {binary('\x21', '\x11', v4_addresses + "\x03\x00\x04xxxx"s), proxy_error::checksum_wrong},
        {binary('\x21', '\x11', v4_addresses + long_name), proxy_error::too_long},
    };
    for (const auto& [text, error] : cases) {
        CAPTURE(text);
        const auto parsed = parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error() == error);
        CHECK_FALSE(parsed.error().message().empty());
    }
}

TEST_CASE("proxy header: one that is as long as can be is taken", "[framing][proxy]")
{
    const auto room = proxy_header_bytes_max - 16 - v4_addresses.size() - 3;
    std::string name = "\x02"s;
    name += static_cast<char>(room >> 8U);
    name += static_cast<char>(room & 0xFFU);
    const auto parsed = parse(binary('\x21', '\x11', v4_addresses + name + std::string(room, 'x')));
    REQUIRE((parsed && *parsed));
    CHECK((**parsed).size == proxy_header_bytes_max);
}
