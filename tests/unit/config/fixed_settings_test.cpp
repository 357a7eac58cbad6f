// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/config/fixed_settings.hpp>

#include <string>
#include <variant>
#include <vector>

#include "config_test_support.hpp"
#include "json_tree.hpp"

using namespace junctor;

namespace {

using paths = std::vector<std::string>;

fixed_settings settings_of(const std::string& text)
{
    const auto parsed = parse_json(text);
    return fixed_settings(std::get<json_node>(parsed));
}

paths differences(const std::string& before, const std::string& after)
{
    return settings_of(before).differences(settings_of(after));
}

std::string worker_with(const std::string& more)
{
    return R"({"workers": [{"type": "router", )" + more + "}]}";
}

} // namespace

TEST_CASE("fixed settings: what can be applied while a node runs makes no difference", "[config][reload]")
{
    const auto before = worker_with(R"("realms": [{"name": "a", "roles": [{"name": "x"}]}, {"name": "b"}],
                                       "transports": [{"endpoint": {"port": 1}, "auth": {"ticket": 1}}])");
    const auto after = worker_with(R"("realms": [{"name": "c"}, {"name": "a", "roles": []}],
                                      "transports": [{"auth": {}, "endpoint": {"port": 1}}])");
    CHECK(differences(before, before).empty());
    CHECK(differences(before, after).empty());
    CHECK(differences(after, before).empty());
    CHECK(differences(R"({"modules": {}, "$schema": 1})", R"({"modules": {"load": []}})").empty());
}

TEST_CASE("fixed settings: differences are named by their innermost paths", "[config][reload]")
{
    const auto before = worker_with(R"("options": {"shards": 1, "title": "t"}, "realms": [{"name": "a"}],
                                       "transports": [{"endpoint": {"port": 1}, "serializers": ["json", "cbor"]}])");
    const auto after = worker_with(R"("options": {"shards": 2}, "realms": [{"name": "b"}, {"name": "a", "options": 1}],
                                      "transports": [{"endpoint": {"port": 1}, "serializers": ["json"], "debug": true}])");
    CHECK(differences(before, after) == paths{"workers[0].options.shards", "workers[0].options.title",
                                              "workers[0].realms[1].options", "workers[0].transports[0].serializers[1]",
                                              "workers[0].transports[0].debug"});
    CHECK(differences(R"({"controller": {"id": "a"}})", R"({"controller": {"id": "b"}, "version": 2})") ==
          paths{"controller.id", "version"});
}

TEST_CASE("fixed settings: workers are known by their ids", "[config][reload]")
{
    const std::string one = R"({"id": "one", "options": {"shards": 1}})";
    const std::string two = R"({"id": "two", "options": {"shards": 2}})";
    CHECK(
        differences(R"({"workers": [)" + one + "," + two + "]}", R"({"workers": [)" + two + "," + one + "]}").empty());
    CHECK(differences(R"({"workers": [)" + one + "]}", R"({"workers": [)" + two + "," + one + "]}") ==
          paths{"workers[0]"});
    CHECK(differences(R"({"workers": [)" + one + "," + two + "]}", R"({"workers": [)" + one + "]}") ==
          paths{"workers[1]"});
    CHECK(differences(R"({"workers": [{}]})", R"({"workers": [{"id": "worker001"}]})") == paths{"workers[0].id"});
}

TEST_CASE("fixed settings: transports are known by their endpoints, and their auth is theirs", "[config][reload]")
{
    const std::string one = R"({"endpoint": {"port": 1}, "auth": {"a": [1, null, "x"]}})";
    const std::string two = R"({"endpoint": {"port": 2}, "auth": {"b": 2.5}})";
    const auto node = [](const std::string& list) { return worker_with(R"("transports": [)" + list + "]"); };
    CHECK(differences(node(one + "," + two), node(two + "," + one)).empty());
    CHECK(differences(node(one), node(two + "," + one)) == paths{"workers[0].transports[0]"});
    CHECK(differences(node(one + "," + two), node(one)) == paths{"workers[0].transports[1]"});
    CHECK(differences(node(one), node(two)) ==
          paths{"workers[0].transports[0].endpoint.port", "workers[0].transports[0].auth"});
    CHECK(differences(node(one), node(R"({"endpoint": {"port": 3}, "auth": {"a": [1, null, "x"]}})")) ==
          paths{"workers[0].transports[0].endpoint.port"});
    CHECK(differences(node(one + "," + one), node(one + "," + one)).empty());
}

TEST_CASE("fixed settings: an endpoint has TLS or none, but how may change", "[config][reload]")
{
    const auto node = [](const std::string& endpoint) {
        return worker_with(R"("transports": [{"endpoint": )" + endpoint + "}]");
    };
    const std::string plain = R"({"port": 1})";
    const std::string one = R"({"port": 1, "tls": {"key": "a"}})";
    const std::string two = R"({"port": 1, "tls": {"key": "b", "certificates": [1]}})";
    CHECK(differences(node(one), node(two)).empty());
    CHECK(differences(node(plain), node(one)) == paths{"workers[0].transports[0].endpoint.tls"});
    CHECK(differences(node(two), node(plain)) == paths{"workers[0].transports[0].endpoint.tls"});
    CHECK(differences(node(one), node(R"({"port": 2, "tls": {"key": "b"}})")) ==
          paths{"workers[0].transports[0].endpoint.port"});
}

TEST_CASE("fixed settings: a realm that was opened later is compared with what it was opened with", "[config][reload]")
{
    const auto node = [](const std::string& realms) { return worker_with(R"("realms": [)" + realms + "]"); };
    const std::string a = R"({"name": "a", "options": 1})";
    const std::string a_changed = R"({"name": "a", "options": 2})";
    const std::string b = R"({"name": "b", "options": 1})";
    const std::string b_changed = R"({"name": "b", "options": 2})";
    auto fixed = settings_of(node(a));
    fixed.adopt_realms(settings_of(node(b + "," + a_changed)));
    CHECK(fixed.differences(settings_of(node(a + "," + b))).empty());
    CHECK(fixed.differences(settings_of(node(b_changed + "," + a_changed))) ==
          paths{"workers[0].realms[0].options", "workers[0].realms[1].options"});
    fixed.adopt_realms(settings_of(node(b)));
    CHECK(fixed.differences(settings_of(node(a_changed + "," + b))).empty());
}

TEST_CASE("fixed settings: whatever a document holds can be compared", "[config][reload]")
{
    for (const std::string nothing : {"5", "[]", R"({"workers": 5})"}) {
        CHECK(differences(nothing, nothing).empty());
        CHECK(differences(nothing, R"({"version": 2})") == paths{"version"});
    }
    for (const std::string one :
         {R"({"workers": [5]})", R"({"workers": [{"id": 5, "realms": [{"name": 5}], "transports": [5, {}]}]})"}) {
        CHECK(differences(one, one).empty());
        CHECK(differences(one, "{}") == paths{"workers[0]"});
    }
}

TEST_CASE("fixed settings: a guest is the same or another one as a whole", "[config][reload]")
{
    const auto guest = [](const std::string& more) {
        return R"({"workers": [{"type": "router"}, {"type": "guest", "id": "one", )" + more + "}]}";
    };
    const auto before = guest(R"("executable": "a", "options": {"env": {"vars": {"TICKET": "x"}}})");
    const auto after = guest(R"("executable": "a", "options": {"env": {"vars": {"TICKET": "y"}}})");
    CHECK(differences(before, before).empty());
    CHECK(differences(before, after) == paths{"workers[1]"});
    CHECK(differences(before, R"({"workers": [{"type": "router"}]})") == paths{"workers[1]"});
    CHECK(differences(before, R"({"workers": [{"type": "router"}, {"type": "router", "id": "one"}]})") ==
          paths{"workers[1].type", "workers[1].id"});
}

TEST_CASE("fixed settings: containers are the same or others as a whole, and components of a router",
          "[config][reload]")
{
    const auto node = [](const std::string& inner, const std::string& outer) {
        return R"({"workers": [{"type": "router", "components": [)" + inner + R"(]}, {"type": "container", )" +
               R"("components": [)" + outer + "]}]}";
    };
    const std::string one = R"({"extra": {"secret": "x"}})";
    const std::string other = R"({"extra": {"secret": "y"}})";
    CHECK(differences(node(one, one), node(one, one)).empty());
    CHECK(differences(node(one, one), node(other, one)) == paths{"workers[0].components"});
    CHECK(differences(node(one, one), node("", one)) == paths{"workers[0].components"});
    CHECK(differences(node(one, one), node(one, other)) == paths{"workers[1]"});
    CHECK(differences(node("", one), R"({"workers": [{"type": "router"}]})") == paths{"workers[1]"});
}

TEST_CASE("fixed settings: what shares a port is the same whoever may join", "[config][reload][web]")
{
    const auto node = [](const std::string& secret, const std::string& ticket) {
        return R"({"workers": [{"type": "router", "transports": [{"type": "universal", "endpoint": {"port": 1},
                "rawsocket": {"auth": {"ticket": ")" +
               ticket + R"("}}, "web": {"paths": {"a": {"type": "caller",
                "options": {"secret": ")" +
               secret + R"("}}, "b": {"auth": ")" + ticket + R"("}}}}]}]})";
    };
    CHECK(differences(node("x", "y"), node("x", "y")).empty());
    CHECK(differences(node("x", "y"), node("x", "z")).empty());
    CHECK(differences(node("x", "y"), node("z", "y")) == paths{"workers[0].transports[0].web"});
}
