// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/reader.hpp>

#include <limits>
#include <tuple>

#include <junctor/base/limits.hpp>

#include "codec_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

constexpr auto depth_max = limits::nesting_depth_max;

/// One value of each kind that all serializers have, with the kind it is read as.
struct sample {
    value content;
    value_kind kind;
};

const std::vector<sample>& samples()
{
    static const std::vector<sample> all{{value(), value_kind::null},  {true, value_kind::boolean},
                                         {false, value_kind::boolean}, {0, value_kind::integer},
                                         {-7, value_kind::integer},    {1'000'000, value_kind::integer},
                                         {0.5, value_kind::real},      {"", value_kind::text},
                                         {"text", value_kind::text},   {std::string(300, 'x'), value_kind::text},
                                         {list(), value_kind::list},   {list{1}, value_kind::list},
                                         {dict(), value_kind::dict},   {dict{{"a", 1}}, value_kind::dict}};
    return all;
}

/// Calls each reading function but that for `kind` on a new reader of `bytes`, and gives its error to `check`.
template <class Reader, class Check>
void read_as_other_kinds(byte_view bytes, value_kind kind, Check check)
{
    const auto attempt = [&](value_kind asked, auto read) {
        if (asked == kind)
            return;
        reading<Reader> r(bytes);
        read(*r);
        check(asked, r->error());
    };
    attempt(value_kind::null, [](auto& r) { r.read_null(); });
    attempt(value_kind::boolean, [](auto& r) { CHECK_FALSE(r.read_boolean()); });
    attempt(value_kind::text, [](auto& r) { CHECK(r.read_text().empty()); });
    attempt(value_kind::list, [](auto& r) { CHECK_FALSE(r.enter_list()); });
    attempt(value_kind::dict, [](auto& r) { CHECK_FALSE(r.enter_dict()); });
    if (kind != value_kind::integer && kind != value_kind::real) {
        attempt(value_kind::other, [](auto& r) { CHECK(r.read_unsigned() == 0); });
        attempt(value_kind::other, [](auto& r) { CHECK(r.read_integer() == 0); });
        attempt(value_kind::other, [](auto& r) { CHECK(r.read_number() == any_number()); });
    }
}

} // namespace

TEMPLATE_TEST_CASE("reader: pulls the elements of a message one by one", "[codec][reader]", json, msgpack, cbor)
{
    const value message = list{48,
                               std::uint64_t{1} << 53,
                               dict{{"disclose_me", true}, {"timeout", -3}, {"roles", dict()}},
                               "com.example.caf\xC3\xA9",
                               list{"payload", 1.5, list()},
                               dict{{"key", value()}}};
    reading<typename TestType::reader> r(encode(message, TestType::reader::format));

    CHECK(r->peek() == value_kind::list);
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 48);
    REQUIRE(r->next());
    CHECK(r->read_integer() == std::int64_t{1} << 53);
    REQUIRE(r->next());
    REQUIRE(r->enter_dict());
    std::string_view key;
    REQUIRE(r->next_key(key));
    CHECK(key == "disclose_me");
    CHECK(r->read_boolean());
    REQUIRE(r->next_key(key));
    CHECK(key == "timeout");
    CHECK(r->read_integer() == -3);
    REQUIRE(r->next_key(key));
    CHECK(key == "roles");
    REQUIRE(r->enter_dict());
    CHECK_FALSE(r->next_key(key));
    CHECK_FALSE(r->next_key(key));
    REQUIRE(r->next());
    CHECK(r->read_text() == "com.example.caf\xC3\xA9");
    REQUIRE(r->next());
    CHECK(std::ranges::equal(r->skip(), encode(list{"payload", 1.5, list()}, TestType::reader::format)));
    REQUIRE(r->next());
    CHECK(std::ranges::equal(r->skip(), encode(dict{{"key", value()}}, TestType::reader::format)));
    CHECK_FALSE(r->next());
    r->finish();
    CHECK(r->error() == errc{});
}

TEMPLATE_TEST_CASE("reader: goes on where another one has come to", "[codec][reader]", json, msgpack, cbor)
{
    using reader_type = typename TestType::reader;
    const list elements{48, "x", dict(), list{list{1}, 2}, 5};
    const auto bytes = encode(elements, reader_type::format);
    for (std::size_t taken = 1; taken <= elements.size(); ++taken) {
        CAPTURE(taken);
        reading<reader_type> first(bytes);
        REQUIRE(first->enter_list());
        for (std::size_t i = 0; i != taken; ++i) {
            REQUIRE(first->next());
            first->skip();
        }
        text_scratch scratch;
        reader_type second(first->rest(), first->due(), scratch);
        for (auto i = taken; i != elements.size(); ++i) {
            REQUIRE(second.next());
            CHECK(std::ranges::equal(second.skip(), encode(elements[i], reader_type::format)));
        }
        CHECK_FALSE(second.next());
        CHECK_FALSE(second.next());
        second.finish();
        CHECK(second.ok());
    }
}

TEMPLATE_TEST_CASE("reader: tells the kind of the next value and leaves it there", "[codec][reader]", json, msgpack,
                   cbor)
{
    for (const auto& [content, kind] : samples()) {
        CAPTURE(content);
        reading<typename TestType::reader> r(encode(content, TestType::reader::format));
        CHECK(r->peek() == kind);
        CHECK(r->peek() == kind);
        CHECK(r->rest().size() == r.bytes().size());
        CHECK(r->skip().size() == r.bytes().size());
        CHECK(r->rest().empty());
        r->finish();
        CHECK(r->ok());
    }
}

TEMPLATE_TEST_CASE("reader: a value of another kind is unexpected", "[codec][reader]", json, msgpack, cbor)
{
    for (const auto& [content, kind] : samples()) {
        CAPTURE(content);
        const auto bytes = encode(content, TestType::reader::format);
        read_as_other_kinds<typename TestType::reader>(bytes, kind, [](value_kind asked, errc error) {
            CAPTURE(static_cast<int>(asked));
            CHECK(error == errc::unexpected_type);
        });
    }
}

TEMPLATE_TEST_CASE("reader: where nothing follows, everything is truncated", "[codec][reader]", json, msgpack, cbor)
{
    reading<typename TestType::reader> r(byte_view{});
    CHECK(r->peek() == value_kind{});
    CHECK(r->error() == errc::truncated);
    read_as_other_kinds<typename TestType::reader>({}, value_kind::binary,
                                                   [](value_kind, errc error) { CHECK(error == errc::truncated); });
    CHECK(skip_error<typename TestType::reader>({}) == errc::truncated);
}

TEMPLATE_TEST_CASE("reader: the first error stays, and everything after it is empty", "[codec][reader]", json, msgpack,
                   cbor)
{
    reading<typename TestType::reader> r(
        encode(list{"text", 1, list{2}, dict{{"key", true}}}, TestType::reader::format));
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 0);
    CHECK(r->error() == errc::unexpected_type);

    std::string_view key;
    CHECK(r->peek() == value_kind{});
    CHECK_FALSE(r->next());
    CHECK_FALSE(r->next_key(key));
    CHECK_FALSE(r->enter_list());
    CHECK_FALSE(r->enter_dict());
    CHECK(r->read_unsigned() == 0);
    CHECK(r->read_integer() == 0);
    CHECK_FALSE(r->read_boolean());
    CHECK(r->read_text().empty());
    CHECK(r->skip().empty());
    CHECK(r->rest().empty());
    r->finish();
    r->fail(errc::malformed);
    CHECK_FALSE(r->ok());
    CHECK(r->error() == errc::unexpected_type);
}

TEMPLATE_TEST_CASE("reader: a loop over elements ends at an error", "[codec][reader]", json, msgpack, cbor)
{
    reading<typename TestType::reader> r(encode(list{1, 2, "three", 4, 5, 6}, TestType::reader::format));
    std::size_t turns = 0;
    REQUIRE(r->enter_list());
    for (; r->next(); ++turns)
        static_cast<void>(r->read_unsigned());
    CHECK(turns == 3);
    CHECK(r->error() == errc::unexpected_type);
}

TEMPLATE_TEST_CASE("reader: the outermost list has ended however often one asks", "[codec][reader]", json, msgpack,
                   cbor)
{
    reading<typename TestType::reader> r(encode(list{1, list{}}, TestType::reader::format));
    std::string_view key;
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    r->skip();
    REQUIRE(r->next());
    r->skip();
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(r->next());
        CHECK_FALSE(r->next_key(key));
    }
    r->finish();
    CHECK(r->error() == errc{});
}

TEMPLATE_TEST_CASE("reader: integers are exact up to the ends of their range", "[codec][reader]", json, msgpack, cbor)
{
    constexpr auto format = TestType::reader::format;
    for (const std::uint64_t n :
         {std::uint64_t{0}, std::uint64_t{23}, std::uint64_t{24}, std::uint64_t{127}, std::uint64_t{128},
          std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{65535}, std::uint64_t{65536},
          std::uint64_t{0xFFFF'FFFF}, std::uint64_t{0x1'0000'0000}, id_max, id_max + 1, std::uint64_t{1} << 63,
          std::numeric_limits<std::uint64_t>::max()}) {
        CAPTURE(n);
        reading<typename TestType::reader> r(encode(n, format));
        CHECK(r->peek() == value_kind::integer);
        CHECK(r->read_unsigned() == n);
        CHECK(r->ok());

        reading<typename TestType::reader> as_signed(encode(n, format));
        const bool fits = std::in_range<std::int64_t>(n);
        CHECK(as_signed->read_integer() == (fits ? static_cast<std::int64_t>(n) : 0));
        CHECK(as_signed->error() == (fits ? errc{} : errc::number_out_of_range));
    }
    for (const std::int64_t n :
         {std::int64_t{-1}, std::int64_t{-24}, std::int64_t{-25}, std::int64_t{-32}, std::int64_t{-33},
          std::int64_t{-128}, std::int64_t{-129}, std::int64_t{-32768}, std::int64_t{-32769}, std::int64_t{-2147483648},
          std::int64_t{-2147483649}, std::numeric_limits<std::int64_t>::min()}) {
        CAPTURE(n);
        reading<typename TestType::reader> r(encode(n, format));
        CHECK(r->peek() == value_kind::integer);
        CHECK(r->read_integer() == n);
        CHECK(r->ok());
        reading<typename TestType::reader> as_unsigned(encode(n, format));
        CHECK(as_unsigned->read_unsigned() == 0);
        CHECK(as_unsigned->error() == errc::number_out_of_range);
    }
}

TEMPLATE_TEST_CASE("reader: an integral real number passes for an integer", "[codec][reader]", json, msgpack, cbor)
{
    constexpr auto format = TestType::reader::format;
    reading<typename TestType::reader> r(encode(list{5.0, -5.0, 0x1p53, 5.5}, format));
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 5);
    REQUIRE(r->next());
    CHECK(r->read_integer() == -5);
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == id_max);
    REQUIRE(r->next());
    CHECK(r->read_unsigned() == 0);
    CHECK(r->error() == errc::unexpected_type);

    reading<typename TestType::reader> beyond(encode(0x1p54, format));
    CHECK(beyond->read_unsigned() == 0);
    CHECK(beyond->error() == errc::number_out_of_range);
}

TEMPLATE_TEST_CASE("reader: nests as deep as the limit, pulled or skipped", "[codec][reader]", json, msgpack, cbor)
{
    constexpr auto format = TestType::reader::format;
    const auto deepest = encode(nested_lists(depth_max), format);
    CHECK(skip_error<typename TestType::reader>(deepest) == errc{});
    CHECK(read_exactly(format, deepest).has_value());

    // One level more than the writer would write.
    binary beyond;
    if constexpr (format == serializer::json)
        beyond.push_back(std::byte{'['});
    else
        beyond.push_back(std::byte{format == serializer::msgpack ? std::uint8_t{0x91} : std::uint8_t{0x81}});
    beyond.insert(beyond.end(), deepest.begin(), deepest.end());
    if constexpr (format == serializer::json)
        beyond.push_back(std::byte{']'});
    CHECK(skip_error<typename TestType::reader>(beyond) == errc::nested_too_deep);

    reading<typename TestType::reader> r(beyond);
    for (std::size_t level = 0; level < depth_max; ++level) {
        REQUIRE(r->enter_list());
        REQUIRE(r->next());
    }
    CHECK_FALSE(r->enter_list());
    CHECK(r->error() == errc::nested_too_deep);
}

TEMPLATE_TEST_CASE("reader: what is skipped counts the levels around it", "[codec][reader]", json, msgpack, cbor)
{
    const auto bytes = encode(nested_lists(depth_max), TestType::reader::format);
    reading<typename TestType::reader> r(bytes);
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    REQUIRE(r->enter_list());
    REQUIRE(r->next());
    CHECK_FALSE(r->skip().empty());
    CHECK_FALSE(r->next());
    CHECK_FALSE(r->next());
    r->finish();
    CHECK(r->error() == errc{});
}

TEMPLATE_TEST_CASE("reader: an empty container one level too deep is too deep", "[codec][reader]", json, msgpack, cbor)
{
    const auto format = TestType::reader::format;
    std::string opening(1, format == serializer::json ? '[' : format == serializer::msgpack ? '\x91' : '\x81');
    std::string innermost = format == serializer::json ? "{}" : format == serializer::msgpack ? "\x80" : "\xA0";
    std::string text;
    for (std::size_t level = 0; level < depth_max; ++level)
        text += opening;
    text += innermost;
    if (format == serializer::json)
        text.append(depth_max, ']');
    CHECK(skip_error<typename TestType::reader>(as_bytes(text)) == errc::nested_too_deep);
    CHECK(read_exactly(format, as_bytes(text)).error() == errc::nested_too_deep);
}

TEMPLATE_TEST_CASE("reader: bytes behind the message are an error of their own", "[codec][reader]", json, msgpack, cbor)
{
    auto bytes = encode(list{1}, TestType::reader::format);
    bytes.push_back(std::byte{'1'});
    CHECK(skip_error<typename TestType::reader>(bytes) == errc::trailing_bytes);
    CHECK(read_exactly(TestType::reader::format, bytes).error() == errc::trailing_bytes);
}
