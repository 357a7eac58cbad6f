// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/json.hpp>

#include <cmath>
#include <limits>

#include "codec_support.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::string_literals;

namespace {

errc skipping(std::string_view text)
{
    return skip_error<json_reader>(as_bytes(text));
}

boost::system::result<value> parsing(std::string_view text)
{
    return read_exactly(serializer::json, as_bytes(text));
}

std::string writing(const value& content)
{
    return std::string(as_text(encode(content, serializer::json)));
}

} // namespace

TEST_CASE("json: white space may stand between all tokens", "[codec][json]")
{
    reading_json r(as_bytes(" \n[ 48 ,\t7\r,{ \"a\" : true , \"b\":{ } } , \"x\" , [ 1 , 2 ] , [ ] ] \n"));
    std::string_view key;
    CHECK(r->peek() == value_kind::list);
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 48);
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 7);
    REQUIRE(r->next());
    REQUIRE(r->enter_dict());
    REQUIRE(r->next_key(key));
    CHECK(key == "a");
    CHECK(r->read_boolean());
    REQUIRE(r->next_key(key));
    CHECK(key == "b");
    CHECK(as_text(r->skip()) == "{ }");
    CHECK_FALSE(r->next_key(key));
    REQUIRE(r->next());
    CHECK(as_text(r->skip()) == "\"x\"");
    REQUIRE(r->next());
    CHECK(as_text(r->skip()) == "[ 1 , 2 ]");
    REQUIRE(r->next());
    REQUIRE(r->enter_list());
    CHECK_FALSE(r->next());
    CHECK_FALSE(r->next());
    r->finish();
    CHECK(r->error() == errc{});
}

TEST_CASE("json: escapes are decoded", "[codec][json]")
{
    struct row {
        std::string_view text;
        std::string expected;
    };
    const row rows[] = {
        {R"("plain")", "plain"},
        {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
        {R"("a\u0041b")", "aAb"},
        {R"("\u00e9\u00E9")", "\xC3\xA9\xC3\xA9"},
        {R"("\u20ac")", "\xE2\x82\xAC"},
        {R"("\ud83d\ude00!")", "\xF0\x9F\x98\x80!"},
        {R"("\ud800\udc00\udbff\udfff")", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        {R"("\u0000x")", "\0x"s},
        {R"("\ud7ff\ue000\uffff")", "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"},
        {"\"caf\xC3\xA9 \\u00e9 longer than eight \\n octets\"", "caf\xC3\xA9 \xC3\xA9 longer than eight \n octets"},
    };
    for (const auto& [text, expected] : rows) {
        CAPTURE(text);
        reading_json r(as_bytes(text));
        CHECK(r->read_text() == expected);
        r->finish();
        CHECK(r->error() == errc{});
        CHECK(skipping(text) == errc{});
    }
}

TEST_CASE("json: texts that were read stay valid while the scratch does", "[codec][json]")
{
    const auto input = R"(["a\n","b\n","c","d\n"])"s;
    text_scratch scratch;
    json_reader reader(as_bytes(input), scratch);
    std::vector<std::string_view> texts;
    reader.enter_list();
    while (reader.next())
        texts.push_back(reader.read_text());
    CHECK(reader.ok());
    CHECK(texts == std::vector<std::string_view>{"a\n", "b\n", "c", "d\n"});
}

TEST_CASE("json: what is wrong with a text is told apart", "[codec][json]")
{
    struct row {
        std::string text;
        errc error;
    };
    const row rows[] = {
        {R"(")", errc::truncated},
        {R"("abc)", errc::truncated},
        {R"("abc\)", errc::truncated},
        {R"("abc\")", errc::truncated},
        {R"("\u)", errc::truncated},
        {R"("\u00)", errc::truncated},
        {R"("\ud83d)", errc::truncated},
        {R"("\ud83d\)", errc::truncated},
        {R"("\ud83d\ude)", errc::truncated},
        {R"("\x41")", errc::malformed},
        {R"("\u00g0")", errc::malformed},
        {R"("\U0041")", errc::malformed},
        {"\"a\nb\"", errc::malformed},
        {"\"a\0b\""s, errc::malformed},
        {"\"\\n\x1F\"", errc::malformed},
        {R"("\ud800")", errc::invalid_utf8},
        {R"("\ud800x")", errc::invalid_utf8},
        {R"("\ud800\n")", errc::invalid_utf8},
        {R"("\ud800\u0041")", errc::invalid_utf8},
        {R"("\ud800\ud800")", errc::invalid_utf8},
        {R"("\udc00")", errc::invalid_utf8},
        {R"("\udc00\ud800")", errc::invalid_utf8},
        {"\"\xFF\"", errc::invalid_utf8},
        {"\"\xC0\x80\"", errc::invalid_utf8},
        {"\"\xED\xA0\x80\"", errc::invalid_utf8},
        {"\"\\n\xF4\x90\x80\x80\"", errc::invalid_utf8},
        {"\"longer than eight octets \xE2\x82\"", errc::invalid_utf8},
    };
    for (const auto& [text, error] : rows) {
        CAPTURE(text);
        reading_json r(as_bytes(text));
        CHECK(r->read_text().empty());
        CHECK(r->error() == error);
        CHECK(skipping(text) == error);
        CHECK(skipping("[" + text) == error);
    }
}

TEST_CASE("json: integers are exact, and become real numbers beyond 64 bits", "[codec][json]")
{
    CHECK(*parsing("0") == value(0));
    CHECK(*parsing("-0") == value(0));
    CHECK(*parsing("9007199254740993") == value(9007199254740993));
    CHECK(*parsing("18446744073709551615") == value(std::numeric_limits<std::uint64_t>::max()));
    CHECK(*parsing("-9223372036854775808") == value(std::numeric_limits<std::int64_t>::min()));
    CHECK(*parsing("18446744073709551616") == value(0x1p64));
    CHECK(*parsing("-9223372036854775809") == value(-0x1p63));
    CHECK(*parsing("100000000000000000000000") == value(1e23));

    for (const std::string_view text : {"18446744073709551616", "-9223372036854775809", "1e3", "1.0"}) {
        reading_json r(as_bytes(text));
        CHECK(r->peek() == value_kind::real);
    }
    reading_json beyond(as_bytes("18446744073709551616"));
    CHECK(beyond->read_unsigned() == 0);
    CHECK(beyond->error() == errc::number_out_of_range);
}

TEST_CASE("json: an integral real number passes for an integer in any notation", "[codec][json]")
{
    for (const std::string_view text : {"1000", "1e3", "1E3", "1e+3", "1000.0", "10000e-1", "1000.000e0", "0.001e6"}) {
        CAPTURE(text);
        reading_json r(as_bytes(text));
        CHECK(r->read_unsigned() == 1000);
        CHECK(r->ok());
        CHECK(skipping(text) == errc{});
    }
}

TEST_CASE("json: real numbers are the closest doubles", "[codec][json]")
{
    const auto infinity = std::numeric_limits<double>::infinity();
    CHECK(*parsing("0.1") == value(0.1));
    CHECK(*parsing("1.7976931348623157e308") == value(std::numeric_limits<double>::max()));
    CHECK(*parsing("5e-324") == value(std::numeric_limits<double>::denorm_min()));
    CHECK(*parsing("9007199254740993.0") == value(9007199254740992.0));
    CHECK(*parsing("1e400") == value(infinity));
    CHECK(*parsing("-1e400") == value(-infinity));
    CHECK(*parsing("1e-400") == value(0.0));
    CHECK(*parsing("1e99999999999999999999") == value(infinity));
    CHECK(*parsing("1e-99999999999999999999") == value(0.0));
    for (const std::string_view text : {"1e400", "-1E+400", "1e99999999999999999999", "[1e-99999999999999999999, 2e9]"})
        CHECK(skipping(text) == errc{});
    CHECK(*parsing("1" + std::string(400, '0')) == value(infinity));
    CHECK(*parsing("1" + std::string(400, '0') + "e-5") == value(infinity));
    CHECK(*parsing("1" + std::string(400, '0') + "e-400") == value(1.0));
    CHECK(*parsing("0." + std::string(400, '0') + "1") == value(0.0));
    CHECK(*parsing("0." + std::string(400, '0') + "1e+5") == value(0.0));
    CHECK(*parsing("0." + std::string(400, '0') + "1e401") == value(1.0));
}

TEST_CASE("json: the grammar is strict", "[codec][json]")
{
    struct row {
        std::string text;
        errc error;
    };
    const row rows[] = {
        {"[1,]", errc::malformed},
        {"[,1]", errc::malformed},
        {"[1 2]", errc::malformed},
        {"[1}", errc::malformed},
        {"]", errc::malformed},
        {"}", errc::malformed},
        {"{1:2}", errc::malformed},
        {"{\"a\"}", errc::malformed},
        {"{\"a\":}", errc::malformed},
        {"{\"a\":1,}", errc::malformed},
        {"{,}", errc::malformed},
        {"{\"a\" 1}", errc::malformed},
        {"{\"a\":1 \"b\":2}", errc::malformed},
        {"{\"a\":1]", errc::malformed},
        {"[01]", errc::malformed},
        {"[+1]", errc::malformed},
        {"[.5]", errc::malformed},
        {"[5.]", errc::malformed},
        {"[1e]", errc::malformed},
        {"[1e+]", errc::malformed},
        {"[-]", errc::malformed},
        {"[--1]", errc::malformed},
        {"[0x10]", errc::malformed},
        {"[1.2.3]", errc::malformed},
        {"[NaN]", errc::malformed},
        {"[Infinity]", errc::malformed},
        {"[-Infinity]", errc::malformed},
        {"[True]", errc::malformed},
        {"[trues]", errc::malformed},
        {"[nul]", errc::malformed},
        {"[falsy]", errc::malformed},
        {"['a']", errc::malformed},
        {"[a]", errc::malformed},
        {"[1] // no", errc::trailing_bytes},
        {"[/**/1]", errc::malformed},
        {"[1]]", errc::trailing_bytes},
        {"\xEF\xBB\xBF[]", errc::malformed},
        {"[\f1]", errc::malformed},
        {"[1\xC2\xA0]", errc::malformed},
        {"[", errc::truncated},
        {"[1", errc::truncated},
        {"[1,", errc::truncated},
        {"[1, ", errc::truncated},
        {"{", errc::truncated},
        {"{\"a", errc::truncated},
        {"{\"a\"", errc::truncated},
        {"{\"a\":", errc::truncated},
        {"{\"a\":1", errc::truncated},
        {"{\"a\":1,", errc::truncated},
        {"t", errc::truncated},
        {"[tru", errc::truncated},
        {"[fals", errc::truncated},
        {"[nul", errc::truncated},
        {"-", errc::truncated},
        {"[1.", errc::truncated},
        {"[1e", errc::truncated},
        {"[1e+", errc::truncated},
        {"", errc::truncated},
        {"  ", errc::truncated},
    };
    for (const auto& [text, error] : rows) {
        CAPTURE(text);
        CHECK(skipping(text) == error);
        const auto content = parsing(text);
        REQUIRE(content.has_error());
        CHECK(content.error() == error);
    }
}

TEST_CASE("json: a slice is verbatim and has no white space around it", "[codec][json]")
{
    reading_json r(as_bytes("[ 1.50 , \"\\u0041\" ,\n{ \"a\" : 1e2 } , -0 \t]"));
    REQUIRE(r->enter_list());
    for (const std::string_view expected : {"1.50", "\"\\u0041\"", "{ \"a\" : 1e2 }", "-0"}) {
        REQUIRE(r->next());
        CHECK(as_text(r->skip()) == expected);
    }
    CHECK_FALSE(r->next());
    r->finish();
    CHECK(r->ok());
}

TEST_CASE("json: a check that failed leaves nothing behind for the next one", "[codec][json]")
{
    for (const std::string_view broken : {"[[[[1,", "{\"a\":", "\"abc", "tru", "[1 2", "\"\\ud800\""}) {
        CHECK(skipping(broken) != errc{});
        CHECK(skipping("[[1,{\"a\":true}],\"b\"]") == errc{});
    }
}

TEST_CASE("json: writes without white space and with the shortest escapes", "[codec][json]")
{
    CHECK(writing(list{}) == "[]");
    CHECK(writing(dict{}) == "{}");
    CHECK(writing(list{1, -2, value(), true, false, list{list(), dict{{"a", 1}, {"b", list{2}}}}, "x"}) ==
          R"([1,-2,null,true,false,[[],{"a":1,"b":[2]}],"x"])");
    CHECK(writing("caf\xC3\xA9 \xF0\x9F\x98\x80 \x7F /") == "\"caf\xC3\xA9 \xF0\x9F\x98\x80 \x7F /\"");
    CHECK(writing("\"\\\b\f\n\r\t") == R"("\"\\\b\f\n\r\t")");
    CHECK(writing("\x01\x1F\v"s) == R"("\u0001\u001f\u000b")");
    CHECK(writing(dict{{"a\nb", 1}}) == R"({"a\nb":1})");
    CHECK(writing("a long text that has its \" beyond eight octets") ==
          R"("a long text that has its \" beyond eight octets")");
}

TEST_CASE("json: every character that needs an escape gets one, wherever it stands", "[codec][json]")
{
    for (int c = 0; c < 0x80; ++c) {
        for (std::size_t at = 0; at < 20; ++at) {
            // Never at the front: a text that begins with U+0000 is binary data.
            std::string text(20, 'x');
            text[at] = static_cast<char>(c);
            text.insert(text.begin(), 'x');
            REQUIRE(*parsing(writing(text)) == value(text));
        }
    }
}

TEST_CASE("json: numbers", "[codec][json]")
{
    CHECK(writing(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(writing(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(writing(1.0) == "1.0");
    CHECK(writing(-0.0) == "-0.0");
    CHECK(writing(0.1) == "0.1");
    CHECK(writing(1e23) == "1e+23");
    CHECK(writing(5e-324) == "5e-324");
    CHECK(writing(0x1p53) == "9007199254740992.0");
    CHECK(writing(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(writing(std::numeric_limits<double>::infinity()) == "null");
    CHECK(writing(list{-std::numeric_limits<double>::infinity(), 1}) == "[null,1]");
}

TEST_CASE("json: binary data is U+0000 and base64", "[codec][json]")
{
    CHECK(writing(hex("10e3ff9053075c526f5fc06d4fe37cdb")) == R"("\u0000EOP/kFMHXFJvX8BtT+N82w==")");
    CHECK(writing(binary()) == R"("\u0000")");
    CHECK(*parsing(R"("\u0000EOP/kFMHXFJvX8BtT+N82w==")") == value(hex("10e3ff9053075c526f5fc06d4fe37cdb")));
    CHECK(*parsing(R"("\u0000")") == value(binary()));
    // What is no base64 stays the text it is, and comes back so.
    for (const auto& text : {"\0Zg="s, "\0not base64"s, "\0\0"s}) {
        CHECK(*parsing(writing(text)) == value(text));
    }
    CHECK(*parsing(R"("Zg==")") == value("Zg=="));
    CHECK(*parsing(R"({"\u0000Zg==":1})") == value(dict{{"\0Zg=="s, 1}}));
}

TEST_CASE("json: the reader itself takes binary data for the text it stands as", "[codec][json]")
{
    reading_json r(as_bytes(R"("\u0000Zg==")"));
    CHECK(r->peek() == value_kind::text);
    CHECK(r->read_text() == "\0Zg=="s);
}

TEST_CASE("json: raw values take their commas", "[codec][json]")
{
    byte_buffer out;
    json_writer writer(out);
    writer.begin_list(3);
    writer.unsigned_integer(50);
    writer.begin_dict();
    writer.end_dict();
    writer.raw(as_bytes("[ 1 ]"));
    writer.begin_dict();
    writer.key("a");
    writer.raw(as_bytes("{}"));
    writer.key("b");
    writer.null();
    writer.end_dict();
    writer.end_list();
    CHECK(as_text(out.view()) == R"([50,{},[ 1 ],{"a":{},"b":null}])");
}

TEST_CASE("json: a writer refuses to nest deeper than any reader would", "[codec][json]")
{
    byte_buffer out;
    CHECK_NOTHROW(write_value(nested_lists(limits::nesting_depth_max), serializer::json, out));
    CHECK_THROWS_AS(write_value(nested_lists(limits::nesting_depth_max + 1), serializer::json, out), std::length_error);
}
