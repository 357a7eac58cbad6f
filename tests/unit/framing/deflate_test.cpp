// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/deflate.hpp>

#include <list>
#include <string>

#include <junctor/framing/websocket_error.hpp>

#include "octets.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;
using junctor::test::text;

namespace {

std::string deflate(message_deflater& by, std::string_view message)
{
    byte_buffer made;
    by.deflate(as_bytes(message), made);
    return text(made.view());
}

/// The message, or why there is none.
std::string inflate(message_inflater& by, std::string_view compressed, std::size_t bytes_max = 1 << 20)
{
    byte_buffer made;
    const auto error = by.inflate(as_bytes(compressed), bytes_max, made);
    REQUIRE(made.size() <= bytes_max + 1);
    return error ? error.message() : text(made.view());
}

std::string why(websocket_error error)
{
    return std::string(text_of(error));
}

} // namespace

TEST_CASE("deflate: the examples of RFC 7692 are read", "[framing][deflate]")
{
    deflate_contexts shared;
    message_inflater with({}, shared);
    CHECK(inflate(with, octets({0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00})) == "Hello");
    CHECK(inflate(with, octets({0xF2, 0x00, 0x11, 0x00, 0x00})) == "Hello"); // Refers to the one before.
    CHECK(inflate(with, octets({0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00})) == "Hello");
    CHECK(inflate(with, octets({0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00})) == "Hello");
    CHECK(inflate(with, octets({0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00})) ==
          "Hello");
    CHECK(inflate(with, octets({0x00})).empty());
}

TEST_CASE("deflate: what is compressed comes back, whatever the window and the memory", "[framing][deflate]")
{
    for (int bits = deflate_window_bits_min; bits <= deflate_window_bits_max; ++bits) {
        for (const bool takeover : {false, true}) {
            deflate_contexts shared;
            message_deflater out({bits, takeover}, 1 + bits % 9, shared);
            message_inflater in({bits, takeover}, shared);
            for (const std::size_t length : {0U, 1U, 100U, 5000U, 100'000U}) {
                std::string message;
                while (message.size() < length)
                    message += std::to_string(message.size() * 7919 % 1000);
                CAPTURE(bits, takeover, length);
                CHECK(inflate(in, deflate(out, message)) == message);
            }
        }
    }
}

TEST_CASE("deflate: a message refers to those before it only if that is agreed", "[framing][deflate]")
{
    constexpr std::string_view message = "a message that has little in it that comes twice";
    deflate_contexts shared;
    message_deflater keeps({15, true}, 8, shared);
    message_deflater forgets({15, false}, 8, shared);
    const auto first = deflate(keeps, message);
    CHECK(deflate(keeps, message).size() < first.size() / 2);
    for (int i = 0; i != 2; ++i)
        CHECK(deflate(forgets, message) == first);

    message_inflater forgetful({15, false}, shared);
    CHECK(inflate(forgetful, first) == message);
    message_deflater again({15, true}, 8, shared);
    static_cast<void>(deflate(again, message));
    CHECK(inflate(forgetful, deflate(again, message)) == why(websocket_error::compressed_malformed));
    CHECK(inflate(forgetful, first) == message);
}

TEST_CASE("deflate: connections that have sent nothing for long have no deflater", "[framing][deflate]")
{
    constexpr std::string_view message = "a message that has little in it that comes twice";
    deflate_contexts shared;
    message_deflater lasting({}, 8, shared);
    message_inflater in({}, shared);
    const auto first = deflate(lasting, message);
    CHECK(inflate(in, first) == message);
    std::list<message_deflater> others;
    for (std::size_t i = 0; i != limits::deflaters_lent_max - 1; ++i)
        static_cast<void>(deflate(others.emplace_back(deflate_side{9, true}, 1, shared), message));
    const auto again = deflate(lasting, message);
    CHECK(again.size() < first.size() / 2);
    CHECK(inflate(in, again) == message);

    for (auto& other : others)
        static_cast<void>(deflate(other, message));
    static_cast<void>(deflate(others.emplace_back(deflate_side{9, true}, 1, shared), message));
    CHECK(deflate(lasting, message) == first);
    CHECK(inflate(in, first) == message);
}

TEST_CASE("deflate: no more is made than a message may have", "[framing][deflate]")
{
    deflate_contexts shared;
    message_deflater out({}, 8, shared);
    const auto bomb = deflate(out, std::string(10'000'000, 'a'));
    for (const std::size_t bytes_max : {0U, 1U, 255U, 256U, 1000U, 100'000U, 9'999'999U}) {
        message_inflater in({}, shared);
        CHECK(inflate(in, bomb, bytes_max) == why(websocket_error::message_too_long));
    }
    message_inflater in({}, shared);
    CHECK(inflate(in, bomb, 10'000'000).size() == 10'000'000);
}

TEST_CASE("deflate: what stands for nothing is refused", "[framing][deflate]")
{
    deflate_contexts shared;
    for (const auto& wrong : {octets({}), octets({0x07}), octets({0xF2, 0x48, 0xCD}), octets({0, 1, 0, 0, 0, 'a'}),
                              octets({0xF2, 0x00, 0x11, 0x00, 0x00}), octets({0xFF, 0xFF, 0xFF})}) {
        message_inflater in({}, shared);
        CHECK(inflate(in, wrong) == why(websocket_error::compressed_malformed));
    }
}
