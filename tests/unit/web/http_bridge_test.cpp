// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/webhook.hpp>

#include "support/catch.hpp"

#include "fake_host.hpp"
#include "web_test_support.hpp"

using junctor::bridge_options;
using junctor::bridge_request;
using junctor::find_field;
using junctor::read_bridge_request;
using junctor::test::answer_of;
using junctor::test::request_of;

namespace {

junctor::http_request post(std::string body, std::vector<junctor::http_field> fields = {})
{
    auto request = request_of("POST", "/");
    request.body = std::move(body);
    request.fields = std::move(fields);
    request.facts.peer = "tcp4:127.0.0.1:5000";
    return request;
}

/// A service of a router that lets nobody in.
template <class Service>
struct shut {
    template <class... Options>
    explicit shut(Options... options) : service(std::move(options)...)
    {
        service.start(host);
    }

    junctor::http_response ask(const junctor::http_request& request) { return answer_of(service, request); }

    boost::asio::io_context io{1};
    junctor::shard_services main{io};
    junctor::test::fake_host host{main};
    Service service;
};

/// What is wrong with `body` for a service that does `what`.
std::string flaw_of(bridge_request::kind what, std::string body)
{
    const auto read = read_bridge_request(post(std::move(body)), what, bridge_options());
    return read ? "" : read.error().text;
}

bridge_request read(bridge_request::kind what, std::string body)
{
    const auto request = read_bridge_request(post(std::move(body)), what, bridge_options());
    REQUIRE(request);
    return *request;
}

} // namespace

TEST_CASE("http_bridge: the body says what is published", "[web]")
{
    const auto plain = read(bridge_request::kind::publish, R"({"topic": "com.example.news"})");
    CHECK(plain.uri == "com.example.news");
    CHECK(plain.content.args.empty());
    CHECK(plain.content.kwargs.empty());

    const auto full = read(bridge_request::kind::publish, R"({"topic": "a", "args": [1, null], "kwargs": {"b": true},
        "options": {"exclude": [1, 2], "eligible_authrole": ["staff"], "retain": true, "acknowledge": false}})");
    CHECK(full.content.args == junctor::list{1, nullptr});
    CHECK(full.content.kwargs == junctor::dict{{"b", true}});
    CHECK(full.options.retains());
    CHECK(full.options.filters() ==
          junctor::dict{{"exclude", junctor::list{1, 2}}, {"eligible_authrole", junctor::list{"staff"}}});
    CHECK(read(bridge_request::kind::publish, R"({"topic": "a", "args": null, "kwargs": null, "options": null})").uri ==
          "a");
}

TEST_CASE("http_bridge: the body says what is called, and for how long", "[web]")
{
    using std::chrono::milliseconds;
    const auto of = [](std::string timeout) {
        return read(bridge_request::kind::call, R"({"procedure": "a", "options": {"timeout": )" + timeout + "}}")
            .timeout;
    };
    CHECK(read(bridge_request::kind::call, R"({"procedure": "a"})").timeout == milliseconds(30'000));
    CHECK(of("100") == milliseconds(100));
    CHECK(of("0") == milliseconds(30'000));
    CHECK(of("1000000") == milliseconds(30'000));
}

TEST_CASE("http_bridge: what is wrong with a body is told", "[web]")
{
    constexpr auto publish = bridge_request::kind::publish;
    constexpr auto call = bridge_request::kind::call;
    CHECK(flaw_of(publish, "") == "the body must be a dict in JSON");
    CHECK(flaw_of(publish, "[]") == "the body must be a dict in JSON");
    CHECK(flaw_of(publish, "{} {}") == "the body must be a dict in JSON");
    CHECK(flaw_of(publish, "{}") == "'topic' is missing or no string");
    CHECK(flaw_of(call, R"({"procedure": 1})") == "'procedure' is missing or no string");
    CHECK(flaw_of(call, R"({"procedure": "a", "args": {}})") == "'args' is no list");
    CHECK(flaw_of(call, R"({"procedure": "a", "kwargs": []})") == "'kwargs' is no dict");
    CHECK(flaw_of(call, R"({"procedure": "a", "options": []})") == "'options' is no dict");
    CHECK(flaw_of(call, R"({"procedure": "a", "options": {"timeout": -1}})") ==
          "the option 'timeout' is of another type");
    CHECK(flaw_of(publish, R"({"topic": "a", "options": {"exclude": ["x"]}})") ==
          "the option 'exclude' is of another type");
    CHECK(flaw_of(publish, R"({"topic": "a", "options": {"eligible_authid": [1]}})") ==
          "the option 'eligible_authid' is of another type");
    CHECK(flaw_of(publish, R"({"topic": "a", "options": {"retain": 1}})") == "the option 'retain' is of another type");
}

TEST_CASE("http_bridge: content is JSON in UTF-8, if its type is said", "[web]")
{
    const auto [type, is_taken] = GENERATE(table<const char*, bool>({
        {"application/json", true},
        {"Application/JSON; charset=UTF-8", true},
        {"application/json;charset=utf8", true},
        {"application/json; charset=latin-1", false},
        {"text/plain", false},
        {"application/x-www-form-urlencoded", false},
    }));
    CAPTURE(type);
    const auto request = post(R"({"topic": "a"})", {{"Content-Type", type}});
    CHECK(read_bridge_request(request, bridge_request::kind::publish, bridge_options()).has_value() == is_taken);
}

TEST_CASE("http_bridge: who may not ask is told so, and is not heard", "[web]")
{
    bridge_options options;
    options.signing =
        std::make_shared<junctor::signed_requests>("app", junctor::secret("geheim"), std::chrono::seconds(300));
    shut<junctor::publisher> unsigned_ones(options);
    const auto refused = unsigned_ones.ask(post(R"({"topic": "a"})"));
    CHECK(refused.status == 400);
    CHECK(refused.body == R"({"error":"wamp.error.invalid_argument","args":["the request must be signed: )"
                          R"(the parameter 'key' is missing"],"kwargs":{}})");

    bridge_options of_inside;
    of_inside.sources.emplace().add(boost::asio::ip::make_network_v4("10.0.0.0/8"));
    CHECK(shut<junctor::caller>(of_inside).ask(post("{}")).status == 403);

    bridge_options by_tls;
    by_tls.tls_required = true;
    CHECK(shut<junctor::caller>(by_tls).ask(post("{}")).status == 403);
}

TEST_CASE("http_bridge: POST and PUT are done, and pages are told so", "[web]")
{
    shut<junctor::caller> service{bridge_options()};
    const auto refused = service.ask(request_of("GET", "/"));
    CHECK(refused.status == 405);
    CHECK(find_field(refused.fields, "Allow") == "POST, PUT, OPTIONS");
    auto asked = request_of("OPTIONS", "/");
    asked.fields = {{"Access-Control-Request-Headers", "content-type"}};
    const auto preflight = service.ask(asked);
    CHECK(preflight.status == 200);
    CHECK(find_field(preflight.fields, "Access-Control-Allow-Origin") == "*");
    CHECK(find_field(preflight.fields, "Access-Control-Allow-Methods") == "POST, PUT, OPTIONS");
    CHECK(find_field(preflight.fields, "Access-Control-Allow-Headers") == "content-type");
}

TEST_CASE("webhook: what GitHub has signed is recognised", "[web]")
{
    const junctor::secret shared("geheim");
    // Computed by Python's hmac.
    constexpr auto* const code = "sha256=c3ccd28e7cec433f5bf4a7b0589ed3e288a8bf36d18aa9c9b93385d9a6351a92";
    CHECK(is_signed_by_github(post("fresh", {{"X-Hub-Signature-256", code}}), shared));
    CHECK_FALSE(is_signed_by_github(post("stale", {{"X-Hub-Signature-256", code}}), shared));
    CHECK_FALSE(is_signed_by_github(post("fresh"), shared));
    CHECK_FALSE(is_signed_by_github(post("fresh", {{"X-Hub-Signature-256", code}}), junctor::secret("other")));
}

TEST_CASE("webhook: an event has the fields of the head by one spelling, and the body", "[web]")
{
    const auto event = webhook_event(post("fresh", {{"X-GitHub-Event", "ping"}, {"accept", "a"}, {"Accept", "b"}}));
    CHECK(event == junctor::dict{{"headers", junctor::dict{{"X-Github-Event", junctor::list{"ping"}},
                                                           {"Accept", junctor::list{"a", "b"}}}},
                                 {"body", "fresh"},
                                 {"method", "POST"}});
}

TEST_CASE("webhook: what is not signed or no text is refused", "[web]")
{
    junctor::webhook_options hook;
    hook.topic = "com.example.hook";
    shut<junctor::webhook> any(bridge_options(), hook);
    CHECK(any.ask(post("\xff")).status == 400);
    hook.github_secret = junctor::secret("geheim");
    shut<junctor::webhook> of_github(bridge_options(), hook);
    CHECK(of_github.ask(post("fresh")).status == 401);
}
