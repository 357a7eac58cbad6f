// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/msgpack.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "codec_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

errc skipping(std::string_view digits)
{
    return skip_error<msgpack_reader>(hex(digits));
}

/// Skips a list as a decoder of messages does.
byte_view skip_list(msgpack_reader& r)
{
    const auto plain = r.skip_plain_list();
    return plain.empty() ? r.skip() : plain;
}

errc skipping_list(std::string_view digits)
{
    const auto bytes = hex(digits);
    reading_msgpack r(bytes);
    skip_list(*r);
    return r->error();
}

std::string writing(const value& content)
{
    return to_hex(encode(content, serializer::msgpack));
}

} // namespace

TEST_CASE("msgpack: an integer is the same in every width and signedness", "[codec][msgpack]")
{
    for (const auto* const digits : {"05", "cc05", "cd0005", "ce00000005", "cf0000000000000005", "d005", "d10005",
                                     "d200000005", "d30000000000000005", "ca40a00000", "cb4014000000000000"}) {
        CAPTURE(digits);
        reading_msgpack r(hex(digits));
        CHECK(r->read_unsigned() == 5);
        CHECK(r->ok());
        reading_msgpack as_signed(hex(digits));
        CHECK(as_signed->read_integer() == 5);
        CHECK(as_signed->ok());
    }
    for (const auto* const digits : {"ff", "d0ff", "d1ffff", "d2ffffffff", "d3ffffffffffffffff", "cabf800000"}) {
        CAPTURE(digits);
        reading_msgpack r(hex(digits));
        CHECK(r->read_integer() == -1);
        CHECK(r->ok());
    }
    reading_msgpack id(hex("cf0020000000000000"));
    CHECK(id->read_unsigned() == id_max);
}

TEST_CASE("msgpack: slices keep forms that a writer would not choose", "[codec][msgpack]")
{
    // [36, [5 in nine octets, "a" as str 32, {} as map 32], 0 in two octets]
    const auto bytes = hex("93 24 dc0003 cf0000000000000005 db0000000161 df00000000 cc00");
    reading_msgpack r(bytes);
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 36);
    REQUIRE(r->next());
    CHECK(to_hex(r->skip()) == "dc0003cf0000000000000005db0000000161df00000000");
    REQUIRE(r->next());
    CHECK(to_hex(r->skip()) == "cc00");
    CHECK_FALSE(r->next());
    CHECK(r->ok());
}

TEST_CASE("msgpack: every form of text and binary is read", "[codec][msgpack]")
{
    for (const auto* const digits : {"a161", "d90161", "da000161", "db0000000161"}) {
        reading_msgpack r(hex(digits));
        CHECK(r->peek() == value_kind::text);
        CHECK(r->read_text() == "a");
        CHECK(r->ok());
    }
    for (const auto* const digits : {"c401ff", "c50001ff", "c600000001ff"}) {
        reading_msgpack r(hex(digits));
        CHECK(r->peek() == value_kind::binary);
        CHECK(to_hex(r->read_binary()) == "ff");
        CHECK(r->ok());
    }
    reading_msgpack mismatched(hex("a161"));
    CHECK(mismatched->read_binary().empty());
    CHECK(mismatched->error() == errc::unexpected_type);
}

TEST_CASE("msgpack: every form of list and dict is entered", "[codec][msgpack]")
{
    for (const auto* const digits : {"9107", "dc000107", "dd0000000107"}) {
        reading_msgpack r(hex(digits));
        REQUIRE(r->enter_list());
        REQUIRE(r->next());
        CHECK(r->read_unsigned() == 7);
        CHECK_FALSE(r->next());
        r->finish();
        CHECK(r->ok());
    }
    for (const auto* const digits : {"81a16b07", "de0001a16b07", "df00000001d9016b07"}) {
        reading_msgpack r(hex(digits));
        std::string_view key;
        REQUIRE(r->enter_dict());
        REQUIRE(r->next_key(key));
        CHECK(key == "k");
        CHECK(r->read_unsigned() == 7);
        CHECK_FALSE(r->next_key(key));
        r->finish();
        CHECK(r->ok());
    }
}

TEST_CASE("msgpack: integer keys are read as decimal text, other keys are not", "[codec][msgpack]")
{
    reading_msgpack r(hex("83 07c0 ffc0 cfffffffffffffffffc0"));
    std::string_view first;
    std::string_view second;
    std::string_view third;
    REQUIRE(r->enter_dict());
    REQUIRE(r->next_key(first));
    r->read_null();
    REQUIRE(r->next_key(second));
    r->read_null();
    REQUIRE(r->next_key(third));
    CHECK(first == "7");
    CHECK(second == "-1");
    CHECK(third == "18446744073709551615");

    for (const auto* const digits : {"81c007", "81c307", "81cb000000000000000007", "81c4010007", "819007", "818007"}) {
        reading_msgpack other(hex(digits));
        std::string_view key;
        REQUIRE(other->enter_dict());
        CHECK_FALSE(other->next_key(key));
        CHECK(other->error() == errc::unexpected_type);
        CHECK(skipping(digits) == errc{});
    }
}

TEST_CASE("msgpack: extension types are skipped whole", "[codec][msgpack]")
{
    for (const auto* const digits :
         {"d4ff00", "d5ff0000", "d6ff00000000", "d7ff0000000000000000", "d8ff00000000000000000000000000000000",
          "c700ff", "c701ff00", "c8000200ffff", "c90000000100ff"}) {
        CAPTURE(digits);
        reading_msgpack r(hex(digits));
        CHECK(r->peek() == value_kind::other);
        CHECK(to_hex(r->skip()) == digits);
        CHECK(r->ok());
        CHECK(read_exactly(serializer::msgpack, hex(digits)).error() == errc::not_expressible);
    }
}

TEST_CASE("msgpack: what is malformed or too long is told apart", "[codec][msgpack]")
{
    struct row {
        const char* digits;
        errc error;
    };
    const row rows[] = {
        {"c1", errc::malformed},
        {"91c1", errc::malformed},
        {"81c107", errc::malformed},
        {"92", errc::truncated},
        {"9201", errc::truncated},
        {"81", errc::truncated},
        {"81a161", errc::truncated},
        {"a2", errc::truncated},
        {"a261", errc::truncated},
        {"d9", errc::truncated},
        {"d902 61", errc::truncated},
        {"cf00000000000000", errc::truncated},
        {"cb00000000000000", errc::truncated},
        {"ca000000", errc::truncated},
        {"c402ff", errc::truncated},
        {"c7", errc::truncated},
        {"c70200ff", errc::truncated},
        {"d4ff", errc::truncated},
        {"dc00", errc::truncated},
        {"a1ff", errc::invalid_utf8},
        {"a2c080", errc::invalid_utf8},
        {"81a1ff07", errc::invalid_utf8},
        {"a3eda080", errc::invalid_utf8},
        {"c0c0", errc::trailing_bytes},
        {"91d90180", errc::invalid_utf8},
    };
    for (const auto& [digits, error] : rows) {
        CAPTURE(digits);
        CHECK(skipping(digits) == error);
        CHECK(read_exactly(serializer::msgpack, hex(digits)).error() == error);
    }
}

TEST_CASE("msgpack: a length that is only declared fails at once and takes no memory", "[codec][msgpack]")
{
    for (const auto* const digits :
         {"ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "c9ffffffff00", "dcffff", "deffff", "daffff",
          "c5ffff", "91ddffffffff", "81a161dfffffffff", "df8000000000"}) {
        CAPTURE(digits);
        CHECK(skipping(digits) == errc::truncated);
        const auto content = read_exactly(serializer::msgpack, hex(digits));
        REQUIRE(content.has_error());
        CHECK((content.error() == errc::truncated || content.error() == errc::not_expressible));
    }
    reading_msgpack r(hex("ddffffffff"));
    CHECK_FALSE(r->enter_list());
    CHECK(r->error() == errc::truncated);
}

TEST_CASE("msgpack: writes the shortest form, and never a signed one for what is not negative", "[codec][msgpack]")
{
    struct row {
        value content;
        std::string_view digits;
    };
    const row rows[] = {
        {value(), "c0"},
        {false, "c2"},
        {true, "c3"},
        {0, "00"},
        {127, "7f"},
        {128, "cc80"},
        {255, "ccff"},
        {256, "cd0100"},
        {65535, "cdffff"},
        {65536, "ce00010000"},
        {0xFFFF'FFFFu, "ceffffffff"},
        {std::uint64_t{0x1'0000'0000}, "cf0000000100000000"},
        {std::numeric_limits<std::uint64_t>::max(), "cfffffffffffffffff"},
        {-1, "ff"},
        {-32, "e0"},
        {-33, "d0df"},
        {-128, "d080"},
        {-129, "d1ff7f"},
        {-32768, "d18000"},
        {-32769, "d2ffff7fff"},
        {std::numeric_limits<std::int32_t>::min(), "d280000000"},
        {std::int64_t{std::numeric_limits<std::int32_t>::min()} - 1, "d3ffffffff7fffffff"},
        {std::numeric_limits<std::int64_t>::min(), "d38000000000000000"},
        {1.0, "cb3ff0000000000000"},
        {"", "a0"},
        {"abc", "a3616263"},
        {binary(), "c400"},
        {hex("0102"), "c4020102"},
        {list(), "90"},
        {dict(), "80"},
        {list{1, list{2, dict{{"a", list()}}}}, "920192028"
                                                "1a16190"},
    };
    for (const auto& [content, digits] : rows)
        CHECK(writing(content) == digits);
}

TEST_CASE("msgpack: heads of texts and binary grow with their length", "[codec][msgpack]")
{
    const auto head = [](const value& content, std::size_t octets) { return writing(content).substr(0, 2 * octets); };
    const auto text = [](std::size_t size) { return value(std::string(size, 'x')); };
    const auto bytes = [](std::size_t size) { return value(binary(size)); };
    CHECK(head(text(31), 1) == "bf");
    CHECK(head(text(32), 2) == "d920");
    CHECK(head(text(255), 2) == "d9ff");
    CHECK(head(text(256), 3) == "da0100");
    CHECK(head(text(65535), 3) == "daffff");
    CHECK(head(text(65536), 5) == "db00010000");
    CHECK(head(bytes(255), 2) == "c4ff");
    CHECK(head(bytes(256), 3) == "c50100");
    CHECK(head(bytes(65536), 5) == "c600010000");
}

TEST_CASE("msgpack: containers of unknown length get the right head at the end", "[codec][msgpack]")
{
    struct row {
        std::size_t count;
        std::string_view list_head;
        std::string_view dict_head;
    };
    const row rows[] = {{0, "90", "80"},
                        {15, "9f", "8f"},
                        {16, "dc0010", "de0010"},
                        {65535, "dcffff", "deffff"},
                        {65536, "dd00010000", "df00010000"}};
    for (const auto& [count, list_head, dict_head] : rows) {
        CAPTURE(count);
        byte_buffer out;
        msgpack_writer writer{growing_output(out)};
        writer.begin_list();
        writer.begin_list(1);
        writer.null();
        writer.end_list();
        writer.begin_dict();
        writer.key("inner");
        writer.begin_list();
        for (std::size_t i = 0; i < count; ++i)
            writer.boolean(true);
        writer.end_list();
        writer.end_dict();
        writer.begin_dict();
        for (std::size_t i = 0; i < count; ++i) {
            writer.key("");
            writer.raw(hex("cc00"));
        }
        writer.end_dict();
        writer.end_list();

        std::string expected = "93";
        expected += "91c0";
        expected += "81a5696e6e6572" + std::string(list_head);
        for (std::size_t i = 0; i < count; ++i)
            expected += "c3";
        expected += dict_head;
        for (std::size_t i = 0; i < count; ++i)
            expected += "a0cc00";
        CHECK((to_hex(out.view()) == expected));
    }
}

TEST_CASE("msgpack: a writer refuses to nest deeper than any reader would", "[codec][msgpack]")
{
    byte_buffer out;
    CHECK_NOTHROW(write_value(nested_lists(limits::nesting_depth_max), serializer::msgpack, out));
    CHECK_THROWS_AS(write_value(nested_lists(limits::nesting_depth_max + 1), serializer::msgpack, out),
                    std::length_error);
}

TEST_CASE("msgpack: short lists of plain values are checked as any other", "[codec][msgpack]")
{
    // What ends too early, wherever it does, is truncated; what follows the list is left alone.
    const std::string plain[] = {"90",
                                 "9105",
                                 "9300a17f7f",
                                 "92a0a461626364",
                                 "91da0003616263",
                                 "92d903616263d900",
                                 "93b3616263646566676869707172737475767778790a01"};
    for (const auto& digits : plain) {
        CAPTURE(digits);
        const auto bytes = hex(digits);
        reading_msgpack r(bytes);
        CHECK(to_hex(r->skip_plain_list()) == digits);
    }
    std::vector<std::string> all(std::begin(plain), std::end(plain));
    all.insert(all.end(), {"91a3e282ac", "9191c0", "91cc80", "dc00017f"});
    for (const auto& digits : all) {
        CAPTURE(digits);
        CHECK(skipping_list(digits) == errc{});
        for (std::size_t length = 2; length < digits.size(); length += 2)
            CHECK(skipping_list(digits.substr(0, length)) == errc::truncated);
        const auto bytes = hex("92" + digits + "c1"); // an octet that begins no value
        reading_msgpack r(bytes);
        REQUIRE(r->enter_list());
        REQUIRE(r->next());
        CHECK(to_hex(skip_list(*r)) == digits);
        REQUIRE(r->next());
        CHECK(r->ok());
        r->skip();
        CHECK(r->error() == errc::malformed);
    }
    for (const auto* const digits :
         {"91a1ff", "9205a2c080", "91da0002eda0", "91d902c080", "91a8616263646566c328", "92a161a180"}) {
        CAPTURE(digits);
        CHECK(skipping_list(digits) == errc::invalid_utf8);
    }
    CHECK(skipping_list("92a161c1") == errc::malformed);
}
