// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/signed_requests.hpp>

#include "support/catch.hpp"

#include <junctor/web/query_parameter.hpp>

#include "web_test_support.hpp"

using namespace std::chrono_literals;

using junctor::query_parameter;
using junctor::read_timestamp;
using junctor::signed_requests;

namespace {

/// 2011-10-14T16:59:51Z
const signed_requests::clock::time_point signed_at{std::chrono::seconds(1318611591)};

// Computed by Python's hmac.
constexpr auto* const good = "key=app&timestamp=2011-10-14T16:59:51.123Z&seq=1&nonce=42"
                             "&signature=b39ugGA4DRqcetlxYToh_IXoGfYqupZOsoIrzIGsvEo=";
constexpr auto* const body = R"({"topic":"com.example.news","args":["hi"]})";

junctor::http_request signed_request(std::string query, std::string content = body)
{
    auto request = junctor::test::request_of("POST", "/publish?" + query);
    request.body = std::move(content);
    return request;
}

signed_requests requests(std::chrono::seconds delta_max = 300s)
{
    return {"app", junctor::secret("geheim"), delta_max};
}

/// The status that refuses `query`; 0 if it is accepted.
unsigned refusal_of(const std::string& query, signed_requests::clock::time_point now = signed_at,
                    std::chrono::seconds delta_max = 300s)
{
    auto checked = requests(delta_max);
    const auto refused = checked.check(signed_request(query), now);
    return refused ? refused->status : 0;
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    return text.replace(text.find(what), what.size(), by);
}

} // namespace

TEST_CASE("query_parameter: the first parameter of a name is decoded", "[web]")
{
    CHECK(query_parameter("a=1&b=2&a=3", "a") == "1");
    CHECK(query_parameter("a=1&b=2", "b") == "2");
    CHECK(query_parameter("a=x%20y+z%3D", "a") == "x y z=");
    CHECK(query_parameter("%61=1", "a") == "1");
    CHECK(query_parameter("a=%4", "a") == "%4");
    CHECK(query_parameter("a=%zz%", "a") == "%zz%");
    CHECK(query_parameter("a", "a") == "");
    CHECK(query_parameter("a==", "a") == "=");
    CHECK(query_parameter("&&", "a") == std::nullopt);
    CHECK(query_parameter("", "a") == std::nullopt);
}

TEST_CASE("signed_requests: timestamps are of ISO 8601 in UTC", "[web]")
{
    CHECK(read_timestamp("2011-10-14T16:59:51.123Z") == signed_at);
    CHECK(read_timestamp("2011-10-14T16:59:51Z") == signed_at);
    CHECK(read_timestamp("1970-01-01T00:00:00.000000Z") == signed_requests::clock::time_point());
    const auto* const wrong = GENERATE(
        "", "Z", ".Z", "2011-10-14T16:59:51", "2011-10-14T16:59:51.Z", "2011-10-14T16:59:51.-1Z",
        "2011-10-14 16:59:51Z", "2011-13-14T16:59:51Z", "2011-02-30T16:59:51Z", "2011-10-14T24:00:00Z",
        "2011-10-14T16:60:51Z", "-011-10-14T16:59:51Z", "2011-10-14T16:59:51+01:00", "2011-10-14T16:59:51.123ZZ");
    CAPTURE(wrong);
    CHECK(read_timestamp(wrong) == std::nullopt);
}

TEST_CASE("signed_requests: what is signed with the secret is accepted", "[web]")
{
    CHECK(refusal_of(good) == 0);
    CHECK(refusal_of("other=1&" + std::string(good)) == 0);
    CHECK(refusal_of(replaced(replaced(good, "_", "%2F"), "vEo=", "vEo")) == 0); // The standard alphabet, no padding.
}

TEST_CASE("signed_requests: what is not is refused", "[web]")
{
    CHECK(refusal_of("") == 400);
    for (const auto* const name : {"key=", "timestamp=", "seq=", "nonce=", "signature="}) {
        CAPTURE(name);
        CHECK(refusal_of(replaced(good, name, "x=")) == 400);
    }
    CHECK(refusal_of(replaced(good, "seq=1", "seq=one")) == 400);
    CHECK(refusal_of(replaced(good, "nonce=42", "nonce=")) == 400);
    CHECK(refusal_of(replaced(good, "16:59", "1659")) == 400);
    CHECK(refusal_of(replaced(good, "key=app", "key=apx")) == 401);
    CHECK(refusal_of(replaced(good, "seq=1", "seq=2")) == 401);
    CHECK(refusal_of(replaced(good, "vEo=", "vEp=")) == 401);
    CHECK(refusal_of(replaced(good, "vEo=", "")) == 401);
    auto checked = requests();
    CHECK(checked.check(signed_request(good, "{}"), signed_at)->status == 401);
}

TEST_CASE("signed_requests: what was signed too long ago, or will be, is refused", "[web]")
{
    CHECK(refusal_of(good, signed_at + 300s) == 0);
    CHECK(refusal_of(good, signed_at - 300s) == 0);
    CHECK(refusal_of(good, signed_at + 301s) == 400);
    CHECK(refusal_of(good, signed_at - 301s) == 400);
    CHECK(refusal_of(good, signed_at + 24h, 0s) == 0);
}

TEST_CASE("signed_requests: nobody can repeat a request", "[web]")
{
    auto checked = requests();
    CHECK_FALSE(checked.check(signed_request(good), signed_at));
    const auto again = checked.check(signed_request(good), signed_at + 300s);
    REQUIRE(again);
    CHECK(again->status == 401);
    CHECK(again->text == "the request has come before");
}
