// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/websocket_parser.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "octets.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;
using junctor::test::text;

namespace {

constexpr std::string_view mask = "\x37\xfa\x21\x3d";

/// A frame of a client as it stands on the wire, written out by hand rather than by the code under test.
std::string client_frame(unsigned first_octet, std::string payload)
{
    const auto size = static_cast<unsigned>(payload.size());
    for (std::size_t i = 0; i != payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    auto made = size < 126 ? octets({first_octet, 0x80 | size}) : octets({first_octet, 0xFE, size >> 8, size & 0xFF});
    return made.append(mask).append(payload);
}

using found = std::vector<std::pair<frame_type, std::string>>;

/// A parser that is given its input in pieces.
class fed_parser {
public:
    explicit fed_parser(std::size_t message_bytes_max = 1000) : parser({message_bytes_max, 500}, pool) {}

    /// What is found in `piece`, and whether its memory may be given back behind it.
    found feed(std::string piece)
    {
        found all;
        std::span<std::byte> input = std::as_writable_bytes(std::span(piece));
        std::vector<std::pair<frame_type, byte_view>> steps;
        for (auto step = parser.next(input); step.status == frame_status::complete; step = parser.next(input)) {
            steps.emplace_back(step.type, step.payload);
            if (step.type != frame_type::message) // The next frame may use its place.
                all.emplace_back(step.type, text(step.payload));
        }
        // Messages must still be there when all have been found.
        std::size_t at = 0;
        for (const auto& [type, payload] : steps) {
            if (type == frame_type::message)
                all.insert(all.begin() + static_cast<std::ptrdiff_t>(at), {type, text(payload)});
            ++at;
        }
        parser.recycle();
        return all;
    }

    boost::system::error_code failure_of(std::string piece)
    {
        static_cast<void>(feed(std::move(piece)));
        return parser.error();
    }

    buffer_pool pool{4, 4096};
    websocket_parser parser;
};

/// `message` in some frames with control frames between them, and what shall be found.
std::string any_frames(const std::string& message, std::mt19937& random, found& expected)
{
    std::string all;
    std::size_t at = 0;
    unsigned opcode = 1;
    for (;;) {
        const auto size = std::min<std::size_t>(random() % 200, message.size() - at);
        const bool last = at + size == message.size();
        all += client_frame((last ? 0x80 : 0) | opcode, message.substr(at, size));
        if (last)
            break;
        at += size;
        opcode = 0;
        if (random() % 3 == 0) {
            const std::string payload(random() % 126, 'p');
            all += client_frame(0x89, payload);
            expected.emplace_back(frame_type::ping, payload);
        }
    }
    expected.emplace_back(frame_type::message, message);
    return all;
}

} // namespace

TEST_CASE("websocket_parser: however messages are divided, and the stream is cut, they are found",
          "[framing][websocket]")
{
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round != 300; ++round) {
        fed_parser client;
        std::string stream;
        found expected;
        for (int i = 0; i != 5; ++i)
            stream += any_frames(std::string(random() % 500, static_cast<char>('a' + i)), random, expected);
        found all;
        const auto piece_max = round % 3 == 0 ? stream.size() : 1 + random() % 100;
        for (std::size_t at = 0; at < stream.size();) {
            const auto size = std::min<std::size_t>(1 + random() % piece_max, stream.size() - at);
            const auto some = client.feed(stream.substr(at, size));
            all.insert(all.end(), some.begin(), some.end());
            at += size;
        }
        REQUIRE(all == expected);
        REQUIRE_FALSE(client.parser.error());
    }
}

TEST_CASE("websocket_parser: a message that has come whole may have any length", "[framing][websocket]")
{
    fed_parser client;
    for (std::size_t size = 0; size <= 300; ++size) {
        std::string message;
        for (std::size_t i = 0; i != size; ++i)
            message += static_cast<char>('!' + i % 90);
        const found expected{{frame_type::message, message}, {frame_type::message, "next"}};
        INFO("of " << size);
        CHECK(client.feed(client_frame(0x81, message) + client_frame(0x81, "next")) == expected);
    }
}

TEST_CASE("websocket_parser: bounds are exact", "[framing][websocket]")
{
    const std::string half(500, 'a');
    CHECK_FALSE(fed_parser().failure_of(client_frame(0x01, half) + client_frame(0x80, half)));
    CHECK(fed_parser().failure_of(client_frame(0x81, half + 'a')) == websocket_error::frame_too_long);
    CHECK(fed_parser().failure_of(client_frame(0x01, half) + client_frame(0, half) + client_frame(0x80, "a")) ==
          websocket_error::message_too_long);
    CHECK(fed_parser(10).failure_of(client_frame(0x81, "12345678901").substr(0, 6)) ==
          websocket_error::message_too_long);
}

TEST_CASE("websocket_parser: nothing is taken after a failure, or behind a Close frame", "[framing][websocket]")
{
    fed_parser failed;
    CHECK(failed.failure_of(client_frame(0x83, "")) == websocket_error::reserved_opcode);
    CHECK(failed.feed(client_frame(0x81, "[]")).empty());

    fed_parser closed;
    CHECK(closed.feed(client_frame(0x88, "") + client_frame(0x83, "")) == found{{frame_type::close, ""}});
    CHECK(closed.feed(client_frame(0x81, "[]")).empty());
    CHECK_FALSE(closed.parser.error());
}

TEST_CASE("websocket_parser: every error has a text and a code for the peer", "[framing][websocket]")
{
    for (auto number = 1; number <= static_cast<int>(websocket_error::batch_too_long); ++number) {
        const auto error = make_error_code(static_cast<websocket_error>(number));
        CHECK(error.message() != "unknown WebSocket error");
        CHECK(close_code_of(error) != websocket_close_code::normal);
    }
    CHECK(close_code_of({}) == websocket_close_code::normal);
    CHECK(close_code_of(websocket_error::text_not_utf8) == websocket_close_code::invalid_payload);
}

TEST_CASE("websocket_parser: what was read waits once compressed messages have become long", "[framing][websocket]")
{
    constexpr std::size_t message_bytes = limits::inflated_bytes_at_once / 2;
    buffer_pool pool(2, 4096);
    deflate_contexts shared;
    websocket_parser parser({message_bytes}, pool);
    parser.expect_compressed({deflate_window_bits_max, false}, shared);
    byte_buffer compressed;
    shared.fresh_deflater(deflate_window_bits_max, 8).deflate(as_bytes(std::string(message_bytes, 'a')), compressed);
    auto frames = client_frame(0xC1, text(compressed.view()));
    const auto one = frames.size();
    frames += frames + frames;

    std::span<std::byte> input = std::as_writable_bytes(std::span(frames));
    for (int i = 0; i != 2; ++i)
        CHECK(parser.next(input).payload.size() == message_bytes);
    CHECK(parser.next(input).status == frame_status::need_more);
    CHECK(parser.rests());
    CHECK(input.size() == one);
    parser.recycle();
    CHECK_FALSE(parser.rests());
    CHECK(parser.next(input).payload.size() == message_bytes);
    CHECK(input.empty());
}

TEST_CASE("websocket_parser: a batch has messages, of which each is whole", "[framing][websocket]")
{
    const auto outcome = [](websocket_batching batching, std::string payload) {
        fed_parser fed;
        const bool is_text = batching == websocket_batching::separated;
        fed.parser.expect(is_text ? websocket_opcode::text : websocket_opcode::binary, batching);
        std::string all;
        for (const auto& [type, message] : fed.feed(client_frame(is_text ? 0x81 : 0x82, std::move(payload))))
            all += message + ";";
        return fed.parser.error() ? all + "!" : all;
    };
    using enum websocket_batching;
    CHECK(outcome(separated, "a\x1E"
                             "bc\x1E") == "a;bc;");
    CHECK(outcome(separated, "a\x18"
                             "bc\x18") == "a;bc;");
    CHECK(outcome(separated, "a\x1E"
                             "bc\x18") == "a;!");
    CHECK(outcome(separated, "a\x1E\x1E") == "a;!");
    CHECK(outcome(separated, "") == "!");
    CHECK(outcome(prefixed, octets({0, 0, 0, 1, 'a', 0, 0, 0, 2, 'b', 'c'})) == "a;bc;");
    CHECK(outcome(prefixed, octets({0, 0, 0, 1, 'a', 0, 0, 0, 3, 'b', 'c'})) == "a;!");
    CHECK(outcome(prefixed, octets({0, 0, 0, 0})) == "!");
    CHECK(outcome(prefixed, octets({0, 0, 0})) == "!");
}
