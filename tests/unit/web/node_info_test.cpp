// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/node_info.hpp>

#include "support/catch.hpp"

#include <junctor/version.hpp>
#include <junctor/web/health.hpp>
#include <junctor/web/json_value.hpp>
#include <junctor/web/redirect.hpp>

#include "fake_host.hpp"
#include "web_test_support.hpp"

using junctor::find_field;
using junctor::test::answer_of;
using junctor::test::fake_host;
using junctor::test::request_of;

namespace {

/// A router that has begun.
struct node {
    boost::asio::io_context io{1};
    junctor::shard_services main{io};
    fake_host host{main};
};

std::string field_of(const junctor::http_response& answer, std::string_view name)
{
    return std::string(find_field(answer.fields, name).value_or("(none)"));
}

} // namespace

TEST_CASE("health: a router that closes lives, but is not ready", "[web]")
{
    node here;
    junctor::health alive(junctor::health_probe::liveness);
    junctor::health ready(junctor::health_probe::readiness);
    alive.start(here.host);
    ready.start(here.host);
    for (auto* const service : {&alive, &ready}) {
        const auto answer = answer_of(*service, request_of("GET", "/"));
        CHECK(answer.status == 200);
        CHECK(answer.body == "ok\n");
        CHECK(field_of(answer, "Cache-Control") == "no-store");
    }
    here.host.is_closing = true;
    CHECK(answer_of(alive, request_of("GET", "/")).status == 200);
    CHECK(answer_of(ready, request_of("GET", "/")).status == 503);
    CHECK(answer_of(ready, request_of("DELETE", "/")).status == 405);
}

TEST_CASE("node_info: a page tells version, connections and realms", "[web]")
{
    node here;
    here.host.open_realms = {"realm2", "<realm1>"};
    here.host.connections = 3;
    junctor::node_info service;
    service.start(here.host);
    auto request = request_of("GET", "/");
    request.fields = {{"Accept", "text/html,application/json;q=0.1"}};
    const auto page = answer_of(service, request);
    CHECK(field_of(page, "Content-Type") == "text/html; charset=utf-8");
    CHECK_THAT(page.body, Catch::Matchers::ContainsSubstring("<h1>Junctor " JUNCTOR_VERSION "</h1>"));
    CHECK_THAT(page.body, Catch::Matchers::ContainsSubstring("Running for 0 s, with 3 connections."));
    CHECK_THAT(page.body, Catch::Matchers::ContainsSubstring("<li>&lt;realm1&gt;</li>\n<li>realm2</li>"));
}

TEST_CASE("node_info: programs get the same as JSON", "[web]")
{
    node here;
    here.host.open_realms = {"realm2", "realm1"};
    junctor::node_info service;
    service.start(here.host);
    auto request = request_of("GET", "/");
    request.fields = {{"Accept", "application/json"}};
    const auto told = answer_of(service, request);
    CHECK(field_of(told, "Content-Type") == "application/json");
    CHECK(field_of(told, "Vary") == "Accept");
    CHECK(told.body == "{\"program\":\"Junctor\",\"version\":\"" JUNCTOR_VERSION
                       "\",\"uptime\":0,\"connections\":0,\"realms\":[\"realm1\",\"realm2\"]}\n");
}

TEST_CASE("redirect: every path leads to one URL, and keeps its method", "[web]")
{
    junctor::redirect service("https://example.com/there");
    CHECK(service.serves_below());
    const auto read = answer_of(service, request_of("GET", "/a/b"));
    CHECK(read.status == 302);
    CHECK(field_of(read, "Location") == "https://example.com/there");
    CHECK(answer_of(service, request_of("HEAD", "/")).status == 302);
    CHECK(answer_of(service, request_of("POST", "/")).status == 307);
}

TEST_CASE("json_value: a value is given as JSON, to pages of anywhere", "[web]")
{
    const junctor::dict content{
        {"a", junctor::list{1, junctor::dict{{"b", "x:[,\\\"{"}}}}, {"c", junctor::list()}, {"d", junctor::dict()}};
    const auto plain = answer_of(*junctor::json_value(content, {}), request_of("GET", "/"));
    CHECK(plain.body == R"({"a":[1,{"b":"x:[,\\\"{"}],"c":[],"d":{}})");
    CHECK(field_of(plain, "Content-Type") == "application/json; charset=utf-8");
    CHECK(field_of(plain, "Access-Control-Allow-Origin") == "*");
    CHECK(field_of(plain, "Cache-Control") == "(none)");

    junctor::json_value_options options;
    options.prettified = true;
    options.cross_origin_allowed = false;
    options.caching_discouraged = true;
    const auto pretty = answer_of(*junctor::json_value(content, options), request_of("GET", "/"));
    CHECK(pretty.body == "{\n   \"a\": [\n      1,\n      {\n         \"b\": \"x:[,\\\\\\\"{\"\n      }\n   ],\n"
                         "   \"c\": [],\n   \"d\": {}\n}");
    CHECK(field_of(pretty, "Access-Control-Allow-Origin") == "(none)");
    CHECK(field_of(pretty, "Cache-Control") == "no-store");
}
