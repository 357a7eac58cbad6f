// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/rawsocket.hpp>

#include <set>

#include "octets.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;

namespace {

std::string text(const rawsocket_octets& bytes)
{
    return test::text(bytes);
}

rawsocket_octets from(std::string_view bytes)
{
    rawsocket_octets made{};
    std::copy_n(as_bytes(bytes).begin(), made.size(), made.begin());
    return made;
}

handshake_answer answer(std::initializer_list<unsigned> request, const handshake_terms& terms = {})
{
    return answer_handshake(decode_handshake_request(from(octets(request))), terms);
}

handshake_terms nibble_terms(std::uint8_t nibble)
{
    handshake_terms terms;
    terms.length_nibble = nibble;
    return terms;
}

} // namespace

TEST_CASE("rawsocket: a length nibble L stands for 2^(9+L) bytes", "[framing][handshake]")
{
    CHECK(message_bytes_of_nibble(0) == 512);
    CHECK(message_bytes_of_nibble(8) == 131'072);
    CHECK(message_bytes_of_nibble(15) == 16'777'216);
}

TEST_CASE("rawsocket: the announced limit is the next power of two within what can be said", "[framing][handshake]")
{
    CHECK(nibble_of_message_bytes(0) == 0);
    CHECK(nibble_of_message_bytes(1) == 0);
    CHECK(nibble_of_message_bytes(512) == 0);
    CHECK(nibble_of_message_bytes(513) == 1);
    CHECK(nibble_of_message_bytes(131'072) == 8);
    CHECK(nibble_of_message_bytes(131'073) == 9);
    CHECK(nibble_of_message_bytes(std::size_t{1} << 24) == 15);
    CHECK(nibble_of_message_bytes(std::size_t{64} << 20) == 15);
}

TEST_CASE("rawsocket: a handshake is read one octet at a time, and leaves what follows it", "[framing][handshake]")
{
    const auto bytes = octets({0x7F, 0xF1, 0, 0, 'x'});
    handshake_reader reader;
    for (std::size_t at = 0; at < 4; ++at) {
        auto input = as_bytes(bytes).subspan(at, 1);
        CHECK(reader.read(input) ==
              (at < 3 ? handshake_reader::status::need_more : handshake_reader::status::complete));
        CHECK(input.empty());
    }
    CHECK(text(reader.octets()) == bytes.substr(0, 4));

    handshake_reader at_once;
    auto input = as_bytes(bytes);
    CHECK(at_once.read(input) == handshake_reader::status::complete);
    CHECK(as_text(input) == "x");
}

TEST_CASE("rawsocket: the first octet tells other protocols", "[framing][handshake]")
{
    for (const std::string_view first : {"G", "\x16", "\x80"}) {
        handshake_reader reader;
        auto input = as_bytes(first);
        CHECK(reader.read(input) == handshake_reader::status::not_rawsocket);
    }
    handshake_reader reader;
    auto nothing = byte_view();
    CHECK(reader.read(nothing) == handshake_reader::status::need_more);
}

TEST_CASE("rawsocket: every pair of nibbles of a request survives encoding", "[framing][handshake]")
{
    for (std::uint8_t nibble = 0; nibble < 16; ++nibble)
        for (const auto format : all_serializers) {
            const auto request = decode_handshake_request(encode_handshake_request(nibble, format));
            CHECK(request.length_nibble == nibble);
            CHECK(request.serializer_number == static_cast<unsigned>(format));
            CHECK_FALSE(request.reserved_octets_used);
        }
    CHECK(text(encode_handshake_request(15, serializer::msgpack)) == octets({0x7F, 0xF2, 0, 0}));
}

TEST_CASE("rawsocket: an accepted request is answered with our own limit and the client's serializer",
          "[framing][handshake]")
{
    const auto accepted = answer({0x7F, 0x02, 0, 0}, nibble_terms(8));
    CHECK_FALSE(accepted.error);
    CHECK(text(accepted.reply.value()) == octets({0x7F, 0x82, 0, 0}));
    CHECK(accepted.format == serializer::msgpack);
    CHECK(accepted.peer_message_bytes_max == 512);

    CHECK(answer({0x7F, 0xF3, 0, 0}).peer_message_bytes_max == 16'777'216);
    CHECK(answer({0x7F, 0xF3, 0, 0}).format == serializer::cbor);
}

TEST_CASE("rawsocket: serializers that are unknown or not offered are refused", "[framing][handshake]")
{
    for (const unsigned number : {4u, 5u, 15u}) {
        const auto refused = answer({0x7F, 0xF0 | number, 0, 0});
        CHECK(refused.error == rawsocket_error::serializer_unsupported);
        CHECK(text(refused.reply.value()) == octets({0x7F, 0x10, 0, 0}));
    }
    handshake_terms json_only;
    json_only.serializers = {serializer::json};
    CHECK(answer({0x7F, 0xF2, 0, 0}, json_only).error == rawsocket_error::serializer_unsupported);
    CHECK_FALSE(answer({0x7F, 0xF1, 0, 0}, json_only).error);
}

TEST_CASE("rawsocket: serializer 0 ends the connection without a reply", "[framing][handshake]")
{
    const auto refused = answer({0x7F, 0xF0, 0, 0});
    CHECK(refused.error == framing_error::serializer_illegal);
    CHECK_FALSE(refused.reply);
}

TEST_CASE("rawsocket: reserved octets that are used are refused before anything else", "[framing][handshake]")
{
    for (const auto& request :
         {octets({0x7F, 0xF1, 1, 0}), octets({0x7F, 0xF1, 0, 0x80}), octets({0x7F, 0xFF, 0, 1})}) {
        const auto refused = answer_handshake(decode_handshake_request(from(request)), {});
        CHECK(refused.error == rawsocket_error::reserved_bits_used);
        CHECK(text(refused.reply.value()) == octets({0x7F, 0x30, 0, 0}));
    }
}

TEST_CASE("rawsocket: a client that takes less than the configured minimum is refused", "[framing][handshake]")
{
    handshake_terms terms;
    terms.peer_message_bytes_min = 4096;
    const auto refused = answer({0x7F, 0x21, 0, 0}, terms);
    CHECK(refused.error == rawsocket_error::message_length_unacceptable);
    CHECK(text(refused.reply.value()) == octets({0x7F, 0x20, 0, 0}));
    CHECK_FALSE(answer({0x7F, 0x31, 0, 0}, terms).error);
}

TEST_CASE("rawsocket: a client beyond the limit of connections is told so", "[framing][handshake]")
{
    handshake_terms terms;
    terms.connection_limit_reached = true;
    const auto refused = answer({0x7F, 0xF1, 0, 0}, terms);
    CHECK(refused.error == rawsocket_error::connection_limit_reached);
    CHECK(text(refused.reply.value()) == octets({0x7F, 0x40, 0, 0}));
}

TEST_CASE("rawsocket: a client understands each reply", "[framing][handshake]")
{
    const auto accepted = decode_handshake_reply(from(octets({0x7F, 0x82, 0, 0})), serializer::msgpack);
    REQUIRE(accepted);
    CHECK(accepted->length_nibble == 8);
    CHECK(accepted->format == serializer::msgpack);

    const auto refused =
        decode_handshake_reply(encode_handshake_reply(rawsocket_error::connection_limit_reached), serializer::json);
    CHECK(refused.error() == rawsocket_error::connection_limit_reached);
    CHECK(decode_handshake_reply(from(octets({0x7F, 0x90, 0, 0})), serializer::json).error().category() ==
          rawsocket_category());

    for (const auto& nonsense : {octets({0x47, 0x81, 0, 0}), octets({0x7F, 0x81, 0, 1}), octets({0x7F, 0, 0, 0})})
        CHECK(decode_handshake_reply(from(nonsense), serializer::json).error() == framing_error::reply_malformed);
    CHECK(decode_handshake_reply(from(octets({0x7F, 0x82, 0, 0})), serializer::json).error() ==
          framing_error::reply_serializer_other);
}

TEST_CASE("rawsocket: a set of serializers holds what was inserted", "[framing][handshake]")
{
    CHECK(serializer_set().empty());
    CHECK(serializer_set::all() == serializer_set{serializer::cbor, serializer::msgpack, serializer::json});
    serializer_set some;
    some.insert(serializer::cbor);
    CHECK(some.contains(serializer::cbor));
    CHECK_FALSE(some.contains(serializer::json));
    CHECK_FALSE(some.empty());
}

TEST_CASE("rawsocket: a frame header holds the type and a length of up to 2^24", "[framing][frame]")
{
    CHECK(text(encode_frame_header(frame_type::message, 0)) == octets({0, 0, 0, 0}));
    CHECK(text(encode_frame_header(frame_type::ping, 3)) == octets({1, 0, 0, 3}));
    CHECK(text(encode_frame_header(frame_type::pong, 0x012345)) == octets({2, 0x01, 0x23, 0x45}));
    CHECK(text(encode_frame_header(frame_type::message, 0xFFFFFF)) == octets({0, 0xFF, 0xFF, 0xFF}));
    CHECK(text(encode_frame_header(frame_type::message, 0x1000000)) == octets({8, 0, 0, 0}));
}

TEST_CASE("rawsocket: the X bit is the 25th bit of the length", "[framing][frame]")
{
    const auto longest = decode_frame_header(from(octets({0x08, 0, 0, 0})));
    REQUIRE(longest);
    CHECK(longest->type == frame_type::message);
    CHECK(longest->payload_bytes == 0x1000000);
    CHECK(decode_frame_header(from(octets({0x09, 0, 0, 0})))->type == frame_type::ping);
    for (const auto& beyond : {octets({8, 0, 0, 1}), octets({8, 0x80, 0, 0})})
        CHECK(decode_frame_header(from(beyond)).error() == framing_error::extended_length_malformed);
}

TEST_CASE("rawsocket: every first octet of a frame is decided on", "[framing][frame]")
{
    std::set<unsigned> accepted;
    for (unsigned first = 0; first < 256; ++first) {
        const auto header = decode_frame_header(from(octets({first, 0, 0, 0})));
        if (header)
            accepted.insert(first);
        else if ((first & 0xF0) != 0)
            CHECK(header.error() == framing_error::reserved_frame_bits_used);
        else
            CHECK(header.error() == framing_error::reserved_frame_type);
    }
    CHECK(accepted == std::set<unsigned>{0x00, 0x01, 0x02, 0x08, 0x09, 0x0A});
}
