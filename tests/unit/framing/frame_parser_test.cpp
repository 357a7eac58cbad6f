// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/frame_parser.hpp>

#include <random>
#include <utility>
#include <vector>

#include "octets.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;
using junctor::test::text;
using junctor::test::wire_frame;

namespace {

constexpr std::size_t limit = 1024;

using frames = std::vector<std::pair<frame_type, std::string>>;

/// Whether messages are taken together where they can be.
enum class messages { one_by_one, together };

/// Adds the frames of one input; the input is overwritten afterwards, as a read buffer would be.
frame_status feed(frame_parser& parser, std::string bytes, frames& into, messages taken = messages::one_by_one)
{
    auto input = as_bytes(bytes);
    for (;;) {
        if (taken == messages::together)
            parser.take_messages(input,
                                 [&](byte_view payload) { into.emplace_back(frame_type::message, text(payload)); });
        const auto step = parser.next(input);
        if (step.status != frame_status::complete) {
            if (step.status == frame_status::need_more)
                CHECK(input.empty());
            bytes.assign(bytes.size(), '?');
            parser.recycle();
            return step.status;
        }
        into.emplace_back(step.type, text(step.payload));
    }
}

boost::system::error_code error_of(std::string bytes)
{
    buffer_pool pool(4, 4096);
    frame_parser parser(limit, pool);
    frames found;
    CHECK(feed(parser, bytes, found) == frame_status::failed);
    CHECK(found.empty());
    CHECK(feed(parser, wire_frame(0, "good"), found) == frame_status::failed);
    CHECK(found.empty());
    return parser.error();
}

const frames expected{{frame_type::message, "hello"},
                      {frame_type::ping, ""},
                      {frame_type::message, ""},
                      {frame_type::pong, "?!"},
                      {frame_type::message, std::string(limit, 'x')},
                      {frame_type::ping, std::string(limit, 'p')},
                      {frame_type::message, "end"}};

std::string wire(const frames& all)
{
    std::string bytes;
    for (const auto& [type, payload] : all)
        bytes += wire_frame(static_cast<unsigned>(type), payload);
    return bytes;
}

} // namespace

TEST_CASE("frame_parser: to take messages together changes nothing, wherever the input is cut", "[framing][frame]")
{
    const auto bytes = wire(expected);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        buffer_pool pool(4, 4096);
        frame_parser parser(limit, pool);
        frames found;
        CHECK(feed(parser, bytes.substr(0, cut), found, messages::together) == frame_status::need_more);
        CHECK(feed(parser, bytes.substr(cut), found, messages::together) == frame_status::need_more);
        CHECK(found == expected);
    }
}

TEST_CASE("frame_parser: what is taken together is messages that are not too long", "[framing][frame]")
{
    const auto limit_of_parser = GENERATE(as<std::size_t>(), limit, std::size_t{1} << 24);
    CAPTURE(limit_of_parser);
    buffer_pool pool(4, 4096);
    frame_parser parser(limit_of_parser, pool);
    const auto first = wire_frame(0, "one") + wire_frame(0, "");
    for (const auto& last : {wire_frame(1, ""), wire_frame(2, "x"), octets({0, 0, 4}), octets({1, 0, 0, 0}),
                             octets({8, 0, 0, 0}), wire_frame(0, "cut short").substr(0, 8), std::string()}) {
        CAPTURE(last);
        const auto bytes = first + last;
        auto input = as_bytes(bytes);
        std::vector<std::string> taken;
        parser.take_messages(input, [&](byte_view payload) { taken.push_back(text(payload)); });
        CHECK(taken == std::vector<std::string>{"one", ""});
        CHECK(text(input) == last);
    }
    const auto too_long = octets({0, 0, 4, 1}) + std::string(limit + 1, 'x');
    auto input = as_bytes(too_long);
    std::size_t count = 0;
    parser.take_messages(input, [&](byte_view) { ++count; });
    CHECK(count == (limit_of_parser == limit ? 0 : 1));
}

TEST_CASE("frame_parser: all whole frames of one input come out, in order and uncopied", "[framing][frame]")
{
    buffer_pool pool(4, 4096);
    frame_parser parser(limit, pool);
    const auto bytes = wire(expected);
    auto input = as_bytes(bytes);
    for (const auto& [type, payload] : expected) {
        const auto step = parser.next(input);
        REQUIRE(step.status == frame_status::complete);
        CHECK(step.type == type);
        CHECK(text(step.payload) == payload);
        CHECK(step.payload.data() >= as_bytes(bytes).data());
        CHECK(step.payload.data() + step.payload.size() <= as_bytes(bytes).data() + bytes.size());
    }
    CHECK(parser.next(input).status == frame_status::need_more);
    CHECK(parser.missing() == 0);
}

TEST_CASE("frame_parser: frames come out whole however the stream is cut in two", "[framing][frame]")
{
    const auto bytes = wire(expected);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        buffer_pool pool(4, 4096);
        frame_parser parser(limit, pool);
        frames found;
        feed(parser, bytes.substr(0, cut), found);
        feed(parser, bytes.substr(cut), found);
        if (found != expected)
            FAIL("cut at " << cut);
    }
    SUCCEED();
}

TEST_CASE("frame_parser: frames come out whole when octets come one by one", "[framing][frame]")
{
    buffer_pool pool(4, 4096);
    frame_parser parser(limit, pool);
    frames found;
    for (const char octet : wire(expected))
        feed(parser, std::string(1, octet), found);
    CHECK(found == expected);
}

TEST_CASE("frame_parser: frames come out whole when the stream is cut at random", "[framing][frame]")
{
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::string bytes;
    frames sent;
    for (int i = 0; i < 200; ++i) {
        const std::string payload(random() % limit, static_cast<char>('a' + i % 26));
        sent.emplace_back(frame_type::message, payload);
        bytes += wire_frame(0, payload);
    }
    buffer_pool pool(4, 4096);
    frame_parser parser(limit, pool);
    frames found;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto size = random() % 5000;
        feed(parser, bytes.substr(at, size), found);
        at += size;
    }
    CHECK(found == sent);
}

TEST_CASE("frame_parser: a frame beyond the limit fails from its header alone", "[framing][frame]")
{
    CHECK(error_of(octets({0, 0, 4, 1})) == framing_error::frame_too_long);
    CHECK(error_of(octets({1, 0, 4, 1})) == framing_error::frame_too_long);
    CHECK(error_of(octets({0, 0xFF, 0xFF, 0xFF})) == framing_error::frame_too_long);
    CHECK(error_of(octets({8, 0, 0, 0})) == framing_error::frame_too_long);
}

TEST_CASE("frame_parser: reserved bits, reserved types and lengths above 2^24 fail for good", "[framing][frame]")
{
    CHECK(error_of(octets({0x10, 0, 0, 0})) == framing_error::reserved_frame_bits_used);
    CHECK(error_of(octets({0x80, 0, 0, 1, 'x'})) == framing_error::reserved_frame_bits_used);
    for (const unsigned type : {3u, 4u, 5u, 6u, 7u})
        CHECK(error_of(octets({type, 0, 0, 0})) == framing_error::reserved_frame_type);
    CHECK(error_of(octets({8, 0, 0, 1})) == framing_error::extended_length_malformed);
}

TEST_CASE("frame_parser: frames before a bad one are delivered", "[framing][frame]")
{
    buffer_pool pool(4, 4096);
    frame_parser parser(limit, pool);
    frames found;
    CHECK(feed(parser, wire_frame(0, "good") + octets({0xFF, 0, 0, 0}), found) == frame_status::failed);
    CHECK(found == frames{{frame_type::message, "good"}});
}

TEST_CASE("frame_parser: a message of 2^24 bytes with the X bit, read in place", "[framing][frame]")
{
    constexpr std::size_t longest = std::size_t{1} << 24;
    buffer_pool pool(4, 4096);
    frame_parser parser(longest, pool);
    const auto header = octets({8, 0, 0, 0});
    auto input = as_bytes(header);
    CHECK(parser.next(input).status == frame_status::need_more);

    std::size_t sent = 0;
    while (parser.missing() != 0) {
        const auto room = parser.room();
        REQUIRE_FALSE(room.empty());
        REQUIRE(room.size() <= parser.missing());
        for (auto& octet : room)
            octet = static_cast<std::byte>(sent++ % 251);
        parser.filled(room.size());
    }
    auto nothing = byte_view();
    const auto step = parser.next(nothing);
    REQUIRE(step.status == frame_status::complete);
    REQUIRE(step.payload.size() == longest);
    bool intact = true;
    for (std::size_t at = 0; at < longest; ++at)
        intact = intact && step.payload[at] == static_cast<std::byte>(at % 251);
    CHECK(intact);
}

TEST_CASE("frame_parser: a header alone does not allocate what it announces", "[framing][frame]")
{
    buffer_pool pool(4, 4096);
    frame_parser parser(std::size_t{1} << 24, pool);
    const auto header = octets({8, 0, 0, 0});
    auto input = as_bytes(header);
    CHECK(parser.next(input).status == frame_status::need_more);
    CHECK(parser.missing() == std::size_t{1} << 24);
    CHECK(parser.room().size() <= 4096);

    // Room grows with what has come: it doubles at most.
    std::size_t come = 0;
    for (int i = 0; i < 6; ++i) {
        const auto room = parser.room().size();
        CHECK(room <= std::max<std::size_t>(4096, come));
        parser.filled(room);
        come += room;
    }
}

TEST_CASE("frame_parser: memory of frames goes back to the pool", "[framing][frame]")
{
    buffer_pool pool(4, 4096);
    {
        frame_parser parser(limit, pool);
        frames found;
        feed(parser, wire_frame(0, "split").substr(0, 6), found);
        feed(parser, wire_frame(0, "split").substr(6), found);
        CHECK(found == frames{{frame_type::message, "split"}});
        CHECK(pool.size() == 1);
        feed(parser, wire_frame(0, "begun").substr(0, 6), found);
        CHECK(pool.size() == 0);
    }
    CHECK(pool.size() == 1);
}
