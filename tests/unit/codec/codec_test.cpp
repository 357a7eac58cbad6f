// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/codec.hpp>

#include "codec_support.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("serializer: names and serializers are one to one", "[codec][serializer]")
{
    CHECK(to_string(serializer::json) == "json");
    CHECK(to_string(serializer::msgpack) == "msgpack");
    CHECK(to_string(serializer::cbor) == "cbor");
    for (const auto format : all_serializers)
        CHECK(parse_serializer(to_string(format)) == format);
    CHECK_FALSE(parse_serializer("ubjson").has_value());
    CHECK_FALSE(parse_serializer("").has_value());
    CHECK_FALSE(parse_serializer("JSON").has_value());
    // The numbers of the RawSocket handshake.
    CHECK(static_cast<int>(serializer::json) == 1);
    CHECK(static_cast<int>(serializer::msgpack) == 2);
    CHECK(static_cast<int>(serializer::cbor) == 3);
}

TEST_CASE("encoded: nothing is not a value", "[codec][serializer]")
{
    CHECK_FALSE(encoded{}.present());
    CHECK(encoded{serializer::json, as_bytes("null")}.present());
}

TEST_CASE("with_reader and with_writer: give the codec of the serializer", "[codec]")
{
    for (const auto format : all_serializers) {
        byte_buffer out;
        with_writer(format, out, [&](auto& writer) {
            CHECK(writer.format == format);
            writer.text("x");
        });
        text_scratch scratch;
        const auto text = with_reader({format, out.view()}, scratch, [&](auto& reader) {
            CHECK(reader.format == format);
            return reader.read_text();
        });
        CHECK(text == "x");
    }
}

TEST_CASE("read_value: a dict that has a key twice is malformed", "[codec]")
{
    CHECK(read_exactly(serializer::json, as_bytes(R"({"a":1,"b":2,"a":3})")).error() == errc::malformed);
    CHECK(read_exactly(serializer::json, as_bytes(R"({"a":1,"\u0061":2})")).error() == errc::malformed);
    CHECK(read_exactly(serializer::msgpack, hex("82a16101a16102")).error() == errc::malformed);
    CHECK(read_exactly(serializer::msgpack, hex("820101a13102")).error() == errc::malformed);
    CHECK(read_exactly(serializer::cbor, hex("a2616101616102")).error() == errc::malformed);
    CHECK(read_exactly(serializer::json, as_bytes(R"([{"a":1},{"a":2}])")).has_value());
}

TEST_CASE("read_value: what is wrong inside a dict outweighs a key that comes twice", "[codec]")
{
    CHECK(read_exactly(serializer::json, as_bytes(R"({"a":1,"a":)")).error() == errc::truncated);
    CHECK(read_exactly(serializer::msgpack, hex("82a161c0a161d4ff00")).error() == errc::not_expressible);
}

TEST_CASE("read_value: keeps the order of keys", "[codec]")
{
    const value content = dict{{"z", 1}, {"a", 2}, {"m", 3}};
    for (const auto format : all_serializers) {
        const auto back = read_exactly(format, encode(content, format));
        REQUIRE(back.has_value());
        CHECK(encode(*back, serializer::json) == encode(content, serializer::json));
    }
}

TEST_CASE("read_value: a dict with very many keys takes work in proportion", "[codec]")
{
    dict entries;
    for (int n = 0; n < 100'000; ++n)
        entries.append(std::to_string(n), n);
    const value content(std::move(entries));
    for (const auto format : all_serializers) {
        const auto back = read_exactly(format, encode(content, format));
        REQUIRE(back.has_value());
        CHECK(back->get_if<dict>()->size() == 100'000);
    }
}

TEST_CASE("text_scratch: its texts stay where they are", "[codec]")
{
    text_scratch scratch;
    auto& first = scratch.add();
    first = "first";
    const std::string_view view = first;
    for (int i = 0; i < 1000; ++i)
        scratch.add() = std::to_string(i);
    CHECK(view == "first");
    CHECK(view.data() == first.data());
    scratch.clear();
    CHECK(scratch.add().empty());
}
