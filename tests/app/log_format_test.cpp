// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "log_format.hpp"

#include <limits>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

std::string one_field(log_format format, log_field field)
{
    return format_event(format, "event", {&field, 1});
}

} // namespace

TEST_CASE("log: an event is its name and its fields", "[app][log]")
{
    const std::vector<log_field> fields{
        {"text", "word"}, {"negative", -7}, {"large", std::uint64_t(-1)}, {"real", 1.5}, {"flag", true}};
    CHECK(format_event(log_format::text, "session joined", fields) ==
          "session joined text=word negative=-7 large=18446744073709551615 real=1.5 flag=true");
    CHECK(
        format_event(log_format::json, "session joined", fields) ==
        R"("event":"session joined","text":"word","negative":-7,"large":18446744073709551615,"real":1.5,"flag":true)");
    CHECK(format_event(log_format::text, "ready", {}) == "ready");
    CHECK(format_event(log_format::json, "ready", {}) == R"("event":"ready")");
}

TEST_CASE("log: text is quoted wherever it could be taken for something else", "[app][log]")
{
    struct quoted {
        std::string_view text;
        std::string_view shown;
    };
    const quoted cases[] = {
        {"com.example.shop", "com.example.shop"},
        {"", R"("")"},
        {"two words", R"("two words")"},
        {"a=b", R"("a=b")"},
        {"say \"x\"", R"("say \"x\"")"},
        {"back\\slash", R"("back\\slash")"},
        {"grün", R"("grün")"},
    };
    for (const auto& [text, shown] : cases)
        CHECK(one_field(log_format::text, {"key", text}) == "event key=" + std::string(shown));
}

TEST_CASE("log: no text of a peer can end the line or control a terminal", "[app][log]")
{
    struct hostile {
        std::string_view text;
        std::string_view shown;
    };
    using namespace std::string_view_literals;
    const hostile cases[] = {
        {"x\n2026-01-01 error forged", R"("x\n2026-01-01 error forged")"},
        {"x\r\t", R"("x\r\t")"},
        {"x\0y"sv, R"("x\u0000y")"},
        {"\x1b[31m", R"("\u001b[31m")"},
        {"\x7f", R"("\u007f")"},
        {"\xc2\x85", R"("\u0085")"},
        {"\xc2\xa0", "\"\xc2\xa0\""},
        {"\xe2\x80\xa8\xe2\x80\xa9", R"("\u2028\u2029")"},
        {"\xff\xfe", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xe2\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\",\"level\":\"error", R"("\",\"level\":\"error")"},
    };
    for (const auto& [text, shown] : cases) {
        CHECK(one_field(log_format::text, {"key", text}) == "event key=" + std::string(shown));
        CHECK(one_field(log_format::json, {"key", text}) == R"("event":"event","key":)" + std::string(shown));
    }
}

TEST_CASE("log: every event is a JSON object, whatever is in it", "[app][log]")
{
    std::string all;
    for (int octet = 0; octet < 256; ++octet)
        all += static_cast<char>(octet);
    const std::vector<log_field> fields{{"all", std::string_view(all)},
                                        {"infinite", std::numeric_limits<double>::infinity()},
                                        {"none", std::numeric_limits<double>::quiet_NaN()}};
    const auto object = boost::json::parse("{" + format_event(log_format::json, all, fields) + "}").as_object();
    CHECK(object.size() == 4);
    CHECK(object.at("infinite").is_null());
    CHECK(object.at("none").is_null());
}
