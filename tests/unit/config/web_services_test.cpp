// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include <junctor/transport/shared_port.hpp>

#include "config_test_support.hpp"
#include "readers.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using reader = void (*)(dict_reader& keys, web_path& path, config_reading& reading);

/// What `read` makes of `text`, which is what a path has besides its type.
struct read_service {
    read_service(reader read, std::string_view text, std::filesystem::path base = "/etc/junctor")
    {
        const auto parsed = parse_json(text);
        REQUIRE(std::holds_alternative<json_node>(parsed));
        const config_context context{"config.json", std::move(base), lookup, &modules()};
        problem_list found("config.json");
        config_reading reading{context, found};
        dict_reader keys({&std::get<json_node>(parsed), "service"}, found);
        read(keys, path, reading);
        keys.finish();
        problems = found.take_sorted();
    }

    static std::optional<std::string> lookup(const std::string& name)
    {
        return name == "SECRET" ? std::optional<std::string>("from outside") : std::nullopt;
    }

    web_path path;
    std::vector<config_problem> problems;
};

struct wrong_service {
    reader read;
    std::string_view text;
    std::string_view path;
    std::string_view problem;
};

void check_service(const wrong_service& expected)
{
    INFO(expected.text);
    const auto result = read_service(expected.read, expected.text, "/");
    REQUIRE(result.problems.size() == 1);
    CHECK(result.problems[0].path == expected.path);
    CHECK(result.problems[0].text == expected.problem);
}

} // namespace

TEST_CASE("config: services of the web are made of what they need", "[config][web]")
{
    const temporary_directory folder;
    std::filesystem::create_directory(folder.path() / "site");
    const auto base = folder.path();
    const auto static_site = read_service(read_static_service, R"({"directory": "site"})", base);
    CHECK(static_site.problems.empty());
    REQUIRE(static_site.path.service != nullptr);
    CHECK(static_site.path.service->serves_below());

    const auto full =
        read_service(read_static_service,
                     R"({"directory": "site", "options": {"enable_directory_listing": true, "cache_timeout": null,
            "default_file": "home.html", "mime_types": {".jgz": "text/javascript"}}})",
                     base);
    CHECK(full.problems.empty());
    for (const auto& [read, text] : std::initializer_list<std::pair<reader, std::string_view>>{
             {read_json_service, R"({"value": null})"},
             {read_json_service, R"({"value": [1], "options": {"prettify": true, "allow_cross_origin": false,
                                     "discourage_caching": true}})"},
             {read_redirect_service, R"({"url": "../there"})"},
             {read_nodeinfo_service, "{}"},
             {read_health_service, "{}"},
             {read_health_service, R"({"probe": "liveness"})"},
             {read_publisher_service, R"({"realm": "realm1", "role": "http"})"},
             {read_publisher_service, R"({"realm": "realm1", "role": "http", "options": {"key": "app",
                                          "secret": "${SECRET}", "timestamp_delta_limit": 0, "post_body_limit": 0}})"},
             {read_caller_service, R"({"realm": "realm1", "role": "http", "options": {"require_ip": ["10.0.0.0/8"],
                                       "require_tls": true, "call_timeout": 100}})"},
             {read_webhook_service, R"({"realm": "realm1", "role": "http", "options": {"topic": "com.example.hook",
                                        "github_secret": "geheim", "success_response": "", "error_response": ""}})"},
         }) {
        INFO(text);
        const auto made = read_service(read, text);
        CHECK(made.problems.empty());
        CHECK(made.path.service != nullptr);
    }
}

TEST_CASE("config: what services of the web cannot be made of is told", "[config][web]")
{
    check_service({read_static_service, "{}", "service", "the key 'directory' is missing"});
    check_service(
        {read_static_service, R"({"directory": "no/such"})", "service.directory", "there is no directory '/no/such'"});
    check_service({read_static_service, R"({"directory": "/", "options": {"mime_types": {"svg": "image/svg+xml"}}})",
                   "service.options.mime_types.svg", "is for no end of a name"});
    check_service({read_static_service, R"({"directory": "/", "options": {"mime_types": {".svg": "a/b\r\nX: y"}}})",
                   "service.options.mime_types['.svg']", "is no type of content"});
    check_service({read_static_service, R"({"directory": "/", "options": {"default_file": "../index.html"}})",
                   "service.options.default_file", "must be the name of a file that is not hidden"});
    check_service({read_static_service, R"({"directory": "/", "options": {"cache_timeout": -1}})",
                   "service.options.cache_timeout", "must be from 0 to 315360000"});
    check_service({read_json_service, "{}", "service", "the key 'value' is missing"});
    check_service({read_redirect_service, R"({"url": "/a b"})", "service.url", "is no URL"});
    check_service({read_health_service, R"({"probe": "livness"})", "service.probe", "unknown probe 'livness'"});
}

TEST_CASE("config: the largest body of the bridge is as it says", "[config][web]")
{
    const auto body_bytes_max = [](std::string_view text) {
        return read_service(read_publisher_service, text).path.service->body_bytes_max();
    };
    CHECK(body_bytes_max(R"({"realm": "a", "role": "b", "options": {"post_body_limit": 100}})") == 100);
    CHECK(body_bytes_max(R"({"realm": "a", "role": "b", "options": {"post_body_limit": 0}})") == 1U << 20);
    CHECK(body_bytes_max(R"({"realm": "a", "role": "b"})") == 1U << 20);
}

TEST_CASE("config: what bridges cannot be made of is told", "[config][web]")
{
    check_service({read_publisher_service, R"({"role": "b"})", "service", "the key 'realm' is missing"});
    check_service({read_caller_service, R"({"realm": "a", "role": ""})", "service.role", "must not be empty"});
    check_service({read_caller_service, R"({"realm": "a", "role": "b", "options": {"key": "app"}})",
                   "service.options.key", "needs 'secret' as well"});
    check_service({read_caller_service, R"({"realm": "a", "role": "b", "options": {"secret": "geheim"}})",
                   "service.options.secret", "needs 'key' as well"});
    check_service({read_caller_service, R"({"realm": "a", "role": "b", "options": {"key": "app", "secret": "${NO}"}})",
                   "service.options.secret", "the environment variable 'NO' is not set"});
    check_service({read_caller_service, R"({"realm": "a", "role": "b", "options": {"key": "app", "secret": ""}})",
                   "service.options.secret", "must not be empty"});
    check_service({read_caller_service, R"({"realm": "a", "role": "b", "options": {"post_body_limit": 1048577}})",
                   "service.options.post_body_limit", "must be from 0 to 1048576"});
    check_service({read_publisher_service, R"({"realm": "a", "role": "b", "options": {"call_timeout": 1000}})",
                   "service.options.call_timeout", "unknown key"});
    check_service({read_webhook_service, R"({"realm": "a", "role": "b"})", "service", "the key 'options' is missing"});
    check_service({read_webhook_service, R"({"realm": "a", "role": "b", "options": {"topic": "no topic"}})",
                   "service.options.topic", "is no URI: forbidden character"});
}
