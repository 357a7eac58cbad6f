// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// What a codec does with input that somebody has damaged, or made to damage it.

#include <junctor/codec/codec.hpp>

#include <string>

#include "codec_support.hpp"
#include "fuzz/codec_agreement.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// A message with all that a message may hold.
value sample_message()
{
    return list{48,
                id_max,
                dict{{"disclose_me", true}, {"timeout", 60'000}, {"caf\xC3\xA9", value()}},
                "com.example.procedure",
                list{-1, -70'000, 0.25, "a \"text\"\n \xF0\x9F\x98\x80", hex("00ff10"), list{list(), dict()}, false},
                dict{{"key", std::string(40, 'x')}, {"more", list{1, 2, 3, dict{{"deep", list{65'536}}}}}}};
}

/// Forms of the same message that our own writers do not use.
std::vector<encoded> foreign_messages()
{
    static const auto open_cbor =
        hex("9f 1830 1b0020000000000000 bf 616b f5 7f 6161 6162 ff c1 1a514b67b0 ff 7f 6161 ff 9f f93e00 "
            "fa47c35000 5f 4101 4102 ff f7 f820 3bffffffffffffffff ff bf 01 20 ff ff");
    static const auto wide_msgpack =
        hex("dd00000006 d10030 d30020000000000000 df00000001 d90161 c3 db00000001 61 "
            "dc0004 ca3fc00000 c500020102 d6ff00000000 c8000100ff de0001 07 d3ffffffffffffffff");
    return {{serializer::json, as_bytes(" [ 48 , 9e3,{ \"k\\u0061\" : true }, \"\\ud83d\\ude00\" , "
                                        "[ 1.5e-3 , \"\\u0000AQI=\" , null ] , { } ] ")},
            {serializer::msgpack, wide_msgpack},
            {serializer::cbor, open_cbor}};
}

/// All messages that are damaged below, each with its serializer.
std::vector<std::pair<serializer, binary>> messages()
{
    std::vector<std::pair<serializer, binary>> all;
    for (const auto format : all_serializers)
        all.emplace_back(format, encode(sample_message(), format));
    for (const auto& message : foreign_messages())
        all.emplace_back(message.format, binary(message.bytes.begin(), message.bytes.end()));
    return all;
}

/// Whether `input` is one well-formed value; all ways of reading it must agree on what it is.
bool is_well_formed(serializer format, byte_view input)
{
    const exact_bytes copy(input);
    const auto outcome = read_in_every_way({format, copy});
    REQUIRE(outcome.disagreement == "");
    return outcome.well_formed;
}

} // namespace

TEST_CASE("damage: a message that is cut short anywhere is an error", "[codec][damage]")
{
    for (const auto& [format, bytes] : messages()) {
        REQUIRE(is_well_formed(format, bytes));
        const auto whole = as_text(bytes);
        // White space at the end of JSON may go.
        const auto needed = whole.find_last_not_of(' ') + 1;
        for (std::size_t size = 0; size < needed; ++size) {
            CAPTURE(format, size);
            const auto error = skip_error(format, byte_view(bytes).first(size));
            REQUIRE(error == errc::truncated);
            REQUIRE_FALSE(is_well_formed(format, byte_view(bytes).first(size)));
        }
    }
}

TEST_CASE("damage: every other octet in every place is refused or read in the same way by all", "[codec][damage]")
{
    for (auto& [format, bytes] : messages()) {
        std::size_t accepted = 0;
        std::size_t refused = 0;
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            const auto original = bytes[at];
            for (int octet = 0; octet < 256; octet += 3) {
                bytes[at] = static_cast<std::byte>(octet) ^ original;
                CAPTURE(format, at, octet);
                ++(is_well_formed(format, bytes) ? accepted : refused);
            }
            bytes[at] = original;
        }
        CHECK(accepted > 0);
        CHECK(refused > 0);
    }
}

TEST_CASE("damage: octets that go missing or come twice are refused or read in the same way by all", "[codec][damage]")
{
    for (const auto& [format, bytes] : messages()) {
        std::size_t refused = 0;
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            CAPTURE(format, at);
            auto missing = bytes;
            missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(at));
            refused += is_well_formed(format, missing) ? 0u : 1u;
            auto twice = bytes;
            twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(at), bytes[at]);
            refused += is_well_formed(format, twice) ? 0u : 1u;
        }
        CHECK(refused > 0);
    }
}

TEST_CASE("damage: a nesting bomb is refused at the limit, not at its end", "[codec][damage]")
{
    const std::size_t size = 1'000'000;
    struct bomb {
        serializer format;
        std::string_view unit;
    };
    const bomb bombs[] = {
        {serializer::json, "["},        {serializer::json, "{\"a\":"},     {serializer::json, "[{\"\":"},
        {serializer::msgpack, "\x91"},  {serializer::msgpack, "\x81\xA0"}, {serializer::cbor, "\x81"},
        {serializer::cbor, "\x9F"},     {serializer::cbor, "\xA1\x60"},    {serializer::cbor, "\xBF\x60"},
        {serializer::cbor, "\xC1\x81"},
    };
    for (const auto& [format, unit] : bombs) {
        std::string text;
        while (text.size() < size)
            text += unit;
        CAPTURE(format, unit.size());
        CHECK(skip_error(format, as_bytes(text)) == errc::nested_too_deep);
        CHECK(read_exactly(format, as_bytes(text)).error() == errc::nested_too_deep);
        byte_buffer out;
        for (const auto to : all_serializers) {
            if (to != format)
                CHECK(transcode({format, as_bytes(text)}, to, out) == errc::nested_too_deep);
        }
    }
}
