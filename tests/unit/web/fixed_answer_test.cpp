// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/fixed_answer.hpp>

#include "support/catch.hpp"

#include "web_test_support.hpp"

using junctor::fixed_answer;
using junctor::test::answer_of;
using junctor::test::request_of;

TEST_CASE("fixed_answer: GET and HEAD are answered alike", "[web]")
{
    fixed_answer service(200, {{"Content-Type", "application/json"}}, "{}");
    for (const auto* const method : {"GET", "HEAD"}) {
        const auto answer = answer_of(service, request_of(method, "/"));
        CHECK(answer.status == 200);
        CHECK(answer.body == "{}");
        CHECK(junctor::find_field(answer.fields, "content-type") == "application/json");
    }
}

TEST_CASE("fixed_answer: other methods are told which ones there are", "[web]")
{
    fixed_answer service(200, {}, "");
    const auto answer = answer_of(service, request_of("POST", "/"));
    CHECK(answer.status == 405);
    CHECK(junctor::find_field(answer.fields, "Allow") == "GET, HEAD");
}
