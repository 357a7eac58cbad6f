// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/cbor.hpp>

#include <cmath>
#include <limits>

#include "cbor_vectors.hpp"
#include "codec_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

errc skipping(std::string_view digits)
{
    return skip_error<cbor_reader>(hex(digits));
}

boost::system::result<value> parsing(std::string_view digits)
{
    return read_exactly(serializer::cbor, hex(digits));
}

std::string writing(const value& content)
{
    return to_hex(encode(content, serializer::cbor));
}

double real(std::string_view digits)
{
    reading_cbor r(hex(digits));
    CHECK(r->peek() == value_kind::real);
    const auto n = r->read_number();
    CHECK(r->ok());
    return std::get<double>(n);
}

} // namespace

TEST_CASE("cbor: reads and writes what another implementation does", "[codec][cbor]")
{
    for (const auto& [json_text, digits, canonical] : cbor_vectors) {
        CAPTURE(json_text, digits);
        const auto expected = read_value({serializer::json, as_bytes(json_text)});
        REQUIRE(expected.has_value());
        const auto content = parsing(digits);
        REQUIRE(content.has_value());
        CHECK(*content == *expected);
        CHECK(skipping(digits) == errc{});
        if (canonical)
            CHECK(writing(*expected) == digits);
    }
}

TEST_CASE("cbor: real numbers of 16, 32 and 64 bits", "[codec][cbor]")
{
    // RFC 8949, appendix A.
    const auto infinity = std::numeric_limits<double>::infinity();
    CHECK(real("f90000") == 0.0);
    CHECK(std::signbit(real("f98000")));
    CHECK(real("f93c00") == 1.0);
    CHECK(real("f93e00") == 1.5);
    CHECK(real("f97bff") == 65504.0);
    CHECK(real("f90001") == 5.960464477539063e-8);
    CHECK(real("f90400") == 0.00006103515625);
    CHECK(real("f9c400") == -4.0);
    CHECK(real("f97c00") == infinity);
    CHECK(real("f9fc00") == -infinity);
    CHECK(std::isnan(real("f97e00")));
    CHECK(real("fa47c35000") == 100000.0);
    CHECK(real("fa7f7fffff") == 3.4028234663852886e+38);
    CHECK(std::isnan(real("fa7fc00000")));
    CHECK(real("fb3ff199999999999a") == 1.1);
    CHECK(real("fbc010666666666666") == -4.1);
    CHECK(real("fbfff0000000000000") == -infinity);
    CHECK(writing(1.1) == "fb3ff199999999999a");
}

TEST_CASE("cbor: integers keep their value at the ends of all ranges", "[codec][cbor]")
{
    CHECK(*parsing("1bffffffffffffffff") == value(std::numeric_limits<std::uint64_t>::max()));
    CHECK(*parsing("3b7fffffffffffffff") == value(std::numeric_limits<std::int64_t>::min()));
    // -2^64 and -2^63 - 1 have no integer type.
    CHECK(*parsing("3bffffffffffffffff") == value(-0x1p64));
    CHECK(*parsing("3b8000000000000000") == value(-0x1p63));
    reading_cbor r(hex("3bffffffffffffffff"));
    CHECK(r->peek() == value_kind::real);
    CHECK(r->read_integer() == 0);
    CHECK(r->error() == errc::number_out_of_range);
    // Longer than needed, which only writers must avoid.
    CHECK(*parsing("1800") == value(0));
    CHECK(*parsing("1b0000000000000005") == value(5));
    CHECK(*parsing("3900ff") == value(-256));
}

TEST_CASE("cbor: containers and strings may be open", "[codec][cbor]")
{
    CHECK(*parsing("9fff") == value(list()));
    CHECK(*parsing("bfff") == value(dict()));
    CHECK(*parsing("9f0102ff") == value(list{1, 2}));
    CHECK(*parsing("9f01820203 9f0405ffff") == value(list{1, list{2, 3}, list{4, 5}}));
    CHECK(*parsing("bf61610161629f0203ffff") == value(dict{{"a", 1}, {"b", list{2, 3}}}));
    CHECK(*parsing("826161bf61626163ff") == value(list{"a", dict{{"b", "c"}}}));
    CHECK(*parsing("7f657374726561646d696e67ff") == value("streaming"));
    CHECK(*parsing("7fff") == value(""));
    CHECK(*parsing("5f42010243030405ff") == value(hex("0102030405")));
    CHECK(*parsing("bf7f6161ff01ff") == value(dict{{"a", 1}}));
    CHECK(*parsing("9b000000000000000101") == value(list{1}));
    for (const auto* const digits : {"9fff", "bfff", "9f0102ff", "bf61610161629f0203ffff", "7f657374726561646d696e67ff",
                                     "5f42010243030405ff", "bf7f6161ff01ff"})
        CHECK(skipping(digits) == errc{});
}

TEST_CASE("cbor: an open container is pulled like any other", "[codec][cbor]")
{
    reading_cbor r(hex("9f 1824 bf 61619f01ff ff 6178 9f ff ff"));
    std::string_view key;
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 36);
    REQUIRE(r->next());
    REQUIRE(r->enter_dict());
    REQUIRE(r->next_key(key));
    CHECK(key == "a");
    CHECK(to_hex(r->skip()) == "9f01ff");
    CHECK_FALSE(r->next_key(key));
    REQUIRE(r->next());
    CHECK(r->read_text() == "x");
    REQUIRE(r->next());
    REQUIRE(r->enter_list());
    CHECK_FALSE(r->next());
    CHECK_FALSE(r->next());
    r->finish();
    CHECK(r->error() == errc{});
}

TEST_CASE("cbor: another reader goes on within a list of unknown length", "[codec][cbor]")
{
    reading_cbor first(hex("9f182401a0ff"));
    REQUIRE(first->enter_list());
    REQUIRE(first->next());
    CHECK(first->read_unsigned() == 36);
    text_scratch scratch;
    cbor_reader second(first->rest(), first->due(), scratch);
    REQUIRE(second.next());
    CHECK(second.read_unsigned() == 1);
    REQUIRE(second.next());
    CHECK(second.take_empty_dict());
    CHECK_FALSE(second.next());
    second.finish();
    CHECK(second.ok());
}

TEST_CASE("cbor: tags are passed over, and slices keep them", "[codec][cbor]")
{
    CHECK(*parsing("c11a514b67b0") == value(1363896240));
    CHECK(*parsing("c074323031332d30332d32315432303a30343a30305a") == value("2013-03-21T20:04:00Z"));
    CHECK(*parsing("d9d9f7 82 c101 d818 4100") == value(list{1, hex("00")}));
    CHECK(*parsing("a1c0616101") == value(dict{{"a", 1}}));
    reading_cbor r(hex("82c101c6c7f6"));
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK(r->peek() == value_kind::integer);
    CHECK(to_hex(r->skip()) == "c101");
    REQUIRE(r->next());
    CHECK(r->peek() == value_kind::null);
    r->read_null();
    CHECK_FALSE(r->next());
    CHECK(r->ok());
}

TEST_CASE("cbor: undefined is null, and simple values without a meaning are skipped", "[codec][cbor]")
{
    CHECK(*parsing("f7") == value());
    for (const auto* const digits : {"e0", "f0", "f3", "f820", "f8ff"}) {
        CAPTURE(digits);
        reading_cbor r(hex(digits));
        CHECK(r->peek() == value_kind::other);
        CHECK(to_hex(r->skip()) == digits);
        CHECK(parsing(digits).error() == errc::not_expressible);
    }
}

TEST_CASE("cbor: integer keys are read as decimal text, other keys are not", "[codec][cbor]")
{
    CHECK(*parsing("a3 01f6 20f6 1bfffffffffffffffff6") ==
          value(dict{{"1", value()}, {"-1", value()}, {"18446744073709551615", value()}}));
    for (const auto* const digits :
         {"a1f601", "a1f501", "a1fb000000000000000001", "a1410001", "a18001", "a1a001", "a13bffffffffffffffff01"}) {
        CAPTURE(digits);
        CHECK(parsing(digits).error() == errc::unexpected_type);
        CHECK(skipping(digits) == errc{});
    }
}

TEST_CASE("cbor: what is wrong with an item is told apart", "[codec][cbor]")
{
    struct row {
        const char* digits;
        errc error;
    };
    const row rows[] = {
        // Reserved and impossible heads.
        {"1c", errc::malformed},
        {"1d", errc::malformed},
        {"1e", errc::malformed},
        {"1f", errc::malformed},
        {"3f", errc::malformed},
        {"5c", errc::malformed},
        {"7e", errc::malformed},
        {"9d", errc::malformed},
        {"bc", errc::malformed},
        {"dc", errc::malformed},
        {"df00", errc::malformed},
        {"fc", errc::malformed},
        {"fe", errc::malformed},
        {"f800", errc::malformed},
        {"f81f", errc::malformed},
        {"f818", errc::malformed},
        // Breaks where a value is due.
        {"ff", errc::malformed},
        {"81ff", errc::malformed},
        {"a1ffff", errc::malformed},
        {"a16161ff", errc::malformed},
        {"bf6161ff", errc::malformed},
        {"9fc0ff", errc::malformed},
        {"c0ff", errc::malformed},
        // Pieces of open strings.
        {"5f6161ff", errc::malformed},
        {"7f4161ff", errc::malformed},
        {"7f00ff", errc::malformed},
        {"7f7f6161ffff", errc::malformed},
        {"5fc04100ff", errc::malformed},
        {"7f61c361a9ff", errc::invalid_utf8},
        // Ends that come too early.
        {"18", errc::truncated},
        {"19ff", errc::truncated},
        {"1affffff", errc::truncated},
        {"1bffffffffffffff", errc::truncated},
        {"41", errc::truncated},
        {"62ff", errc::truncated},
        {"81", errc::truncated},
        {"a1", errc::truncated},
        {"a16161", errc::truncated},
        {"9f", errc::truncated},
        {"9f01", errc::truncated},
        {"bf", errc::truncated},
        {"bf6161", errc::truncated},
        {"bf616101", errc::truncated},
        {"5f", errc::truncated},
        {"7f6161", errc::truncated},
        {"c0", errc::truncated},
        {"d8", errc::truncated},
        {"f8", errc::truncated},
        {"f900", errc::truncated},
        {"fa000000", errc::truncated},
        {"fb00000000000000", errc::truncated},
        {"8201", errc::truncated},
        // Texts.
        {"61ff", errc::invalid_utf8},
        {"63eda080", errc::invalid_utf8},
        {"a161ff01", errc::invalid_utf8},
        // More than one value.
        {"0000", errc::trailing_bytes},
        {"f6ff", errc::trailing_bytes},
    };
    for (const auto& [digits, error] : rows) {
        CAPTURE(digits);
        CHECK(skipping(digits) == error);
        const auto content = parsing(digits);
        REQUIRE(content.has_error());
        CHECK(content.error() == error);
    }
}

TEST_CASE("cbor: a length that is only declared fails at once and takes no memory", "[codec][cbor]")
{
    for (const auto* const digits :
         {"9affffffff", "9bffffffffffffffff", "baffffffff", "bbffffffffffffffff", "bb8000000000000000", "5affffffff",
          "5bffffffffffffffff", "7bffffffffffffffff", "5f5bffffffffffffffff", "9f9bffffffffffffffff"}) {
        CAPTURE(digits);
        CHECK(skipping(digits) == errc::truncated);
        CHECK(parsing(digits).error() == errc::truncated);
    }
}

TEST_CASE("cbor: nests as deep as the limit with open containers too", "[codec][cbor]")
{
    const auto nested = [](std::size_t depth) {
        binary bytes(depth, std::byte{0x9F});
        bytes.resize(2 * depth, std::byte{0xFF});
        return bytes;
    };
    CHECK(skip_error<cbor_reader>(nested(limits::nesting_depth_max)) == errc{});
    CHECK(skip_error<cbor_reader>(nested(limits::nesting_depth_max + 1)) == errc::nested_too_deep);
    // Tags may come in any number: they are no levels.
    binary tags(100'000, std::byte{0xC0});
    CHECK(skip_error<cbor_reader>(tags) == errc::truncated);
    tags.push_back(std::byte{0x01});
    CHECK(*read_exactly(serializer::cbor, tags) == value(1));
}

TEST_CASE("cbor: containers of unknown length get the right head at the end", "[codec][cbor]")
{
    struct row {
        std::size_t count;
        std::string_view list_head;
        std::string_view dict_head;
    };
    const row rows[] = {{0, "80", "a0"},
                        {23, "97", "b7"},
                        {24, "9818", "b818"},
                        {255, "98ff", "b8ff"},
                        {256, "990100", "b90100"},
                        {65535, "99ffff", "b9ffff"},
                        {65536, "9a00010000", "ba00010000"}};
    for (const auto& [count, list_head, dict_head] : rows) {
        CAPTURE(count);
        byte_buffer out;
        cbor_writer writer(out);
        writer.begin_list();
        writer.begin_list(1);
        writer.null();
        writer.end_list();
        writer.begin_list();
        for (std::size_t i = 0; i < count; ++i)
            writer.boolean(true);
        writer.end_list();
        writer.begin_dict();
        for (std::size_t i = 0; i < count; ++i) {
            writer.key("");
            writer.raw(hex("1800"));
        }
        writer.end_dict();
        writer.end_list();

        std::string expected = "8381f6" + std::string(list_head);
        for (std::size_t i = 0; i < count; ++i)
            expected += "f5";
        expected += dict_head;
        for (std::size_t i = 0; i < count; ++i)
            expected += "601800";
        CHECK((to_hex(out.view()) == expected));
    }
}

TEST_CASE("cbor: a writer refuses to nest deeper than any reader would", "[codec][cbor]")
{
    byte_buffer out;
    CHECK_NOTHROW(write_value(nested_lists(limits::nesting_depth_max), serializer::cbor, out));
    CHECK_THROWS_AS(write_value(nested_lists(limits::nesting_depth_max + 1), serializer::cbor, out), std::length_error);
}
