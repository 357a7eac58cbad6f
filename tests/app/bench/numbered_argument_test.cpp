// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "bench/numbered_argument.hpp"

#include <string>

#include "bench/failure.hpp"
#include "support/catch.hpp"

using namespace junctor::bench;

namespace {

/// The text of `bytes` for `number`.
std::string text_for(std::size_t bytes, message_number number)
{
    std::string text(numbered_argument(bytes).text());
    numbered_argument::write(std::as_writable_bytes(std::span{text}).first<numbered_argument::digits>(), number);
    return text;
}

} // namespace

TEST_CASE("numbered_argument: what is written is read", "[bench]")
{
    for (const std::size_t bytes : {1U, 16U, 17U, 1024U}) {
        for (const message_number number : {message_number{0, 0}, {7, 1}, {0xFFFF, 0xFFFF'FFFF'FFFF}}) {
            const auto text = text_for(bytes, number);
            CHECK(text.size() == std::max<std::size_t>(bytes, 16));
            CHECK(numbered_argument(bytes).read(text) == number);
        }
    }
    CHECK(text_for(20, {0x12, 0xABC}) == "0012000000000abcxxxx");
}

TEST_CASE("numbered_argument: any damage is found", "[bench]")
{
    const numbered_argument argument(24);
    const auto sound = text_for(24, {3, 4});
    CHECK_THROWS_AS(argument.read(sound + "x"), failure);
    CHECK_THROWS_AS(argument.read(sound.substr(1)), failure);
    CHECK_THROWS_AS(argument.read(""), failure);
    for (std::size_t place = 0; place < sound.size(); ++place) {
        auto damaged = sound;
        damaged[place] = 'G';
        CHECK_THROWS_AS(argument.read(damaged), failure);
    }
}
