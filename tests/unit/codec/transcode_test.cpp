// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/codec.hpp>

#include <limits>

#include <junctor/base/limits.hpp>

#include "codec_support.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::string_literals;

namespace {

list numbers_up_to(int count)
{
    list numbers;
    for (int n = 0; n < count; ++n)
        numbers.push_back(n);
    return numbers;
}

dict entries_up_to(int count)
{
    dict entries;
    for (int n = 0; n < count; ++n)
        entries.append(std::to_string(n), n);
    return entries;
}

/// What must come through every pair of serializers unchanged.
std::vector<value> values()
{
    return {
        value(),
        true,
        false,
        0,
        -1,
        -129,
        std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::uint64_t>::max(),
        id_max,
        0.5,
        -1e300,
        1.0,
        -0.0,
        "",
        "text",
        "quote \" backslash \\ line \n",
        "Gr\xC3\xBC\xC3\x9F"
        "e, \xE4\xB8\x96\xE7\x95\x8C \xF0\x9F\x98\x80",
        "a\0b"s,
        std::string(70'000, 'x'),
        binary(),
        hex("00"),
        hex("00ff80"),
        binary(70'000, std::byte{7}),
        list(),
        dict(),
        list{list(), dict(), list{list(), dict{{"", dict()}}}},
        dict{{"a", dict{{"b", list{1, value(), true, -2.5, "c", hex("0102")}}}}, {"\"", value()}},
        nested_lists(limits::nesting_depth_max),
        numbers_up_to(15),
        numbers_up_to(16),
        numbers_up_to(23),
        numbers_up_to(24),
        numbers_up_to(255),
        numbers_up_to(256),
        numbers_up_to(65'535),
        numbers_up_to(65'536),
        entries_up_to(15),
        entries_up_to(16),
        entries_up_to(300),
    };
}

boost::system::result<binary> transcoded(encoded input, serializer to)
{
    byte_buffer out;
    out.append("before");
    const auto code = transcode(input, to, out);
    if (code != errc{})
        return code;
    CHECK(as_text(out.view()).starts_with("before"));
    const auto bytes = out.view(6);
    return binary(bytes.begin(), bytes.end());
}

std::string to_json(std::string_view digits, serializer from)
{
    const auto bytes = transcoded({from, hex(digits)}, serializer::json);
    return bytes ? std::string(as_text(*bytes)) : std::string(text_of(static_cast<errc>(bytes.error().value())));
}

} // namespace

TEST_CASE("transcode: values come through every pair of serializers unchanged", "[codec][transcode]")
{
    for (const auto& content : values()) {
        for (const auto from : all_serializers) {
            const auto source = encode(content, from);
            REQUIRE((*read_exactly(from, source) == content));
            for (const auto to : all_serializers) {
                CAPTURE(from, to, content.kind(), source.size());
                const exact_bytes copy(source);
                const auto target = transcoded({from, copy}, to);
                REQUIRE(target.has_value());
                // The long ones only count: their text would fill the screen.
                CHECK((*target == encode(content, to)));
                CHECK((*read_exactly(to, *target) == content));
            }
        }
    }
}

TEST_CASE("transcode: within one serializer the bytes are verbatim", "[codec][transcode]")
{
    CHECK(*transcoded({serializer::msgpack, hex("dc0001d30000000000000001")}, serializer::msgpack) ==
          hex("dc0001d30000000000000001"));
    CHECK(*transcoded({serializer::cbor, hex("9fc101ff")}, serializer::cbor) == hex("9fc101ff"));
    const auto text = as_bytes("[ 1.50, \"\\u0041\" ]");
    CHECK(*transcoded({serializer::json, text}, serializer::json) == binary(text.begin(), text.end()));
}

TEST_CASE("transcode: binary data changes between base64 and bytes", "[codec][transcode]")
{
    const auto json_text = as_bytes(R"(["\u0000AQID",{"k":"\u0000"}])");
    CHECK(to_hex(*transcoded({serializer::json, json_text}, serializer::msgpack)) == "92c40301020381a16bc400");
    CHECK(to_hex(*transcoded({serializer::json, json_text}, serializer::cbor)) == "8243010203a1616b40");
    CHECK(to_json("92c40301020381a16bc400", serializer::msgpack) == R"(["\u0000AQID",{"k":"\u0000"}])");
    CHECK(to_json("5f420102 4103 ff", serializer::cbor) == R"("\u0000AQID")");
    // What follows U+0000 must be base64, else the text is one.
    CHECK(to_hex(*transcoded({serializer::json, as_bytes(R"("\u0000no")")}, serializer::msgpack)) == "a3006e6f");
}

TEST_CASE("transcode: forms without a counterpart become the nearest one", "[codec][transcode]")
{
    CHECK(to_json("93ca3fc00000cb7ff8000000000000cb7ff0000000000000", serializer::msgpack) == "[1.5,null,null]");
    CHECK(to_json("82f7f93e00", serializer::cbor) == "[null,1.5]");
    CHECK(to_json("82c0613101", serializer::cbor) == R"(["1",1])");
    CHECK(to_json("3bffffffffffffffff", serializer::cbor) == "-18446744073709551616.0");
    CHECK(to_hex(*transcoded({serializer::json, as_bytes("18446744073709551616")}, serializer::msgpack)) ==
          "cb43f0000000000000");
    CHECK(to_hex(*transcoded({serializer::json, as_bytes("[1e3,5.0]")}, serializer::msgpack)) ==
          "92cb408f400000000000cb4014000000000000");
}

TEST_CASE("transcode: integer keys become decimal text", "[codec][transcode]")
{
    CHECK(to_json("83 01a161 e0c0 cd0100c3", serializer::msgpack) == R"({"1":"a","-32":null,"256":true})");
    CHECK(to_json("a3 016161 381ff6 190100f5", serializer::cbor) == R"({"1":"a","-32":null,"256":true})");
    CHECK(to_hex(*transcoded({serializer::msgpack, hex("8101c0")}, serializer::cbor)) == "a16131f6");
    CHECK(to_hex(*transcoded({serializer::cbor, hex("a120f6")}, serializer::msgpack)) == "81a22d31c0");
}

TEST_CASE("transcode: what no other serializer has a form for is told so", "[codec][transcode]")
{
    const auto error = [](const char* digits, serializer from, serializer to) {
        return transcoded({from, hex(digits)}, to).error();
    };
    for (const auto* const digits : {"d4ff00", "93c701ff000102", "81a16bd6ff00000000", "81c0c0", "81c3c0", "81c40100c0",
                                     "8190c0", "81cb0000000000000000c0"}) {
        CAPTURE(digits);
        CHECK(error(digits, serializer::msgpack, serializer::json) == errc::not_expressible);
        CHECK(error(digits, serializer::msgpack, serializer::cbor) == errc::not_expressible);
    }
    for (const auto* const digits : {"e0", "81f820", "a16161f0", "a1f6f6", "a14100f6", "a180f6", "a1f93c00f6"}) {
        CAPTURE(digits);
        CHECK(error(digits, serializer::cbor, serializer::json) == errc::not_expressible);
        CHECK(error(digits, serializer::cbor, serializer::msgpack) == errc::not_expressible);
    }
}

TEST_CASE("transcode: input that is no value fails, however it got here", "[codec][transcode]")
{
    CHECK(transcoded({serializer::json, as_bytes("[1")}, serializer::msgpack).error() == errc::truncated);
    CHECK(transcoded({serializer::json, as_bytes("1 2")}, serializer::msgpack).error() == errc::trailing_bytes);
    CHECK(transcoded({serializer::msgpack, hex("c1")}, serializer::json).error() == errc::malformed);
    CHECK(transcoded({serializer::cbor, hex("61ff")}, serializer::json).error() == errc::invalid_utf8);
    CHECK(transcoded({serializer::json, {}}, serializer::cbor).error() == errc::truncated);
}
