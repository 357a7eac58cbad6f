// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/hex.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("hex: octets and their digits", "[base]")
{
    const binary octets{std::byte{0x00}, std::byte{0x9F}, std::byte{0xA0}, std::byte{0xFF}};
    CHECK(to_hex(octets) == "009fa0ff");
    CHECK(from_hex("009fa0ff") == octets);
    CHECK(from_hex("009FA0Ff") == octets);
    CHECK(to_hex({}).empty());
    CHECK(from_hex("") == binary());
}

TEST_CASE("hex: what are no octets", "[base]")
{
    for (const auto* const digits : {"0", "000", "0g", "g0", " 0", "0x", "\xC3\xA4", "@0", "`0", "/0", ":0"})
        CHECK_FALSE(from_hex(digits));
}
