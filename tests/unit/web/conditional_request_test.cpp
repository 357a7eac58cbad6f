// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/conditional_request.hpp>

#include "support/catch.hpp"

#include <junctor/web/content_types.hpp>
#include <junctor/web/http_date.hpp>

#include "web_test_support.hpp"

using junctor::asked_range;
using junctor::file_version;

namespace {

constexpr std::time_t modified = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT
constexpr auto* const same_date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr auto* const earlier_date = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr auto* const later_date = "Mon, 07 Nov 1994 08:49:37 GMT";

const file_version now{"\"a\"", modified};

junctor::http_request get_with(std::vector<junctor::http_field> fields)
{
    auto request = junctor::test::request_of("GET", "/");
    request.fields = std::move(fields);
    return request;
}

asked_range range_of(std::string text, std::uint64_t size = 100)
{
    return junctor::read_range(get_with({{"Range", std::move(text)}}), now, size);
}

} // namespace

TEST_CASE("http_date: all three forms of dates are read, one is written", "[web]")
{
    CHECK(junctor::http_date(modified) == same_date);
    CHECK(junctor::read_http_date(same_date) == modified);
    CHECK(junctor::read_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == modified);
    CHECK(junctor::read_http_date("Sun Nov  6 08:49:37 1994") == modified);
    CHECK(junctor::read_http_date("") == std::nullopt);
    CHECK(junctor::read_http_date("yesterday") == std::nullopt);
    CHECK(junctor::read_http_date("Sun, 06 Nov 1994 08:49:37 GMT and more") == std::nullopt);
}

TEST_CASE("conditional_request: conditions decide in the order of RFC 9110", "[web]")
{
    struct row {
        std::vector<junctor::http_field> fields;
        unsigned status;
    };
    const std::vector<row> rows{
        {{}, 200},
        {{{"If-None-Match", "\"a\""}}, 304},
        {{{"If-None-Match", "W/\"a\""}}, 304},
        {{{"If-None-Match", "\"b\", \"a\""}}, 304},
        {{{"If-None-Match", "*"}}, 304},
        {{{"If-None-Match", "\"b\""}}, 200},
        {{{"If-None-Match", "\"b\""}, {"If-Modified-Since", later_date}}, 200},
        {{{"If-Modified-Since", same_date}}, 304},
        {{{"If-Modified-Since", later_date}}, 304},
        {{{"If-Modified-Since", earlier_date}}, 200},
        {{{"If-Modified-Since", "some day"}}, 200},
        {{{"If-Match", "\"a\""}}, 200},
        {{{"If-Match", "W/\"a\""}}, 412},
        {{{"If-Match", "\"b\""}}, 412},
        {{{"If-Match", "\"b\""}, {"If-None-Match", "\"a\""}}, 412},
        {{{"If-Unmodified-Since", earlier_date}}, 412},
        {{{"If-Unmodified-Since", same_date}}, 200},
        {{{"If-Match", "\"a\""}, {"If-Unmodified-Since", earlier_date}}, 200},
    };
    for (const auto& each : rows) {
        CAPTURE(each.fields.empty() ? "" : each.fields.front().value);
        CHECK(junctor::status_by_conditions(get_with(each.fields), now) == each.status);
    }
}

TEST_CASE("conditional_request: one range of bytes is a part", "[web]")
{
    const auto [text, offset, size] = GENERATE(table<const char*, std::uint64_t, std::uint64_t>({
        {"bytes=0-0", 0, 1},
        {"bytes=0-99", 0, 100},
        {"bytes=10-19", 10, 10},
        {"bytes=90-1000", 90, 10},
        {"bytes=99-", 99, 1},
        {"bytes=-5", 95, 5},
        {"bytes=-1000", 0, 100},
        {"bytes=0-18446744073709551615", 0, 100},
    }));
    CAPTURE(text);
    const auto asked = range_of(text);
    REQUIRE(asked.what == asked_range::kind::part);
    CHECK(asked.part.offset == offset);
    CHECK(asked.part.size == size);
}

TEST_CASE("conditional_request: what is no single range stands for the whole", "[web]")
{
    const auto* const text = GENERATE("", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=9-8", "bytes=x-", "bytes=1-x",
                                      "bytes=1-2,4-5", "lines=1-2", "bytes=+1-2", "bytes=18446744073709551616-");
    CAPTURE(text);
    CHECK(range_of(text).what == asked_range::kind::whole);
}

TEST_CASE("conditional_request: a range beyond the end is none", "[web]")
{
    CHECK(range_of("bytes=100-").what == asked_range::kind::none);
    CHECK(range_of("bytes=-0").what == asked_range::kind::none);
    CHECK(range_of("bytes=0-", 0).what == asked_range::kind::none);
    CHECK(range_of("bytes=-1", 0).what == asked_range::kind::none);
}

TEST_CASE("conditional_request: a range of another version stands for the whole", "[web]")
{
    const auto [version, expected] = GENERATE(table<const char*, asked_range::kind>({
        {"\"a\"", asked_range::kind::part},
        {"\"b\"", asked_range::kind::whole},
        {"W/\"a\"", asked_range::kind::whole},
        {same_date, asked_range::kind::part},
        {later_date, asked_range::kind::whole},
        {"nothing", asked_range::kind::whole},
    }));
    CAPTURE(version);
    CHECK(junctor::read_range(get_with({{"Range", "bytes=0-1"}, {"If-Range", version}}), now, 100).what == expected);
}

TEST_CASE("conditional_request: only GET has ranges", "[web]")
{
    auto request = get_with({{"Range", "bytes=0-1"}});
    request.method = "HEAD";
    CHECK(junctor::read_range(request, now, 100).what == asked_range::kind::whole);
}

TEST_CASE("content_types: the end of a name tells the type, in any case", "[web]")
{
    junctor::content_types types;
    types.add(".JGZ", "text/javascript").add(".css", "text/x-css");
    CHECK(types.of("index.html") == "text/html; charset=utf-8");
    CHECK(types.of("LOGO.PNG") == "image/png");
    CHECK(types.of("app.min.js") == "text/javascript; charset=utf-8");
    CHECK(types.of("app.jgz") == "text/javascript");
    CHECK(types.of("style.css") == "text/x-css");
    CHECK(types.of("README") == "application/octet-stream");
    CHECK(types.of("x.unknown") == "application/octet-stream");
    for (const auto* const name : {"a.aac", "a.zip", "a.woff2", "a.webp"})
        CHECK(types.of(name) != "application/octet-stream"); // The table is sorted.
}
