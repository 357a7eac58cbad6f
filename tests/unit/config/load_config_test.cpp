// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("config: all problems come at once, in the order of the text, with line and column", "[config]")
{
    const auto result = config_loader().load(R"({
  "version": 2,
  "workers": [
    {
      "type": "router",
      "realms": [
        {
          "name": "realm1",
          "roles": [
            {"name": "guest", "permissions": [
              {"uri": "com.shop", "match": "perfix"},
              {"uri": "com..shop"}]}
          ],
          "optoins": {}
        }
      ],
      "transports": [
        {"type": "rawsocket", "endpoint": {"type": "tcp", "port": true}, "max_message_size": 20000000},
        {"type": "rawsocket",
         "endpoint": {"type": "unix"}}
      ]
    }
  ]
}
)");
    std::vector<std::string> lines;
    for (const auto& problem : result.problems)
        lines.push_back(to_string(problem));
    const std::vector<std::string> expected{
        "config.json:11:44: error: workers[0].realms[0].roles[0].permissions[0].match: unknown match policy 'perfix' "
        "(hint: did you mean 'prefix'?)",
        "config.json:12:23: error: workers[0].realms[0].roles[0].permissions[1].uri: empty component "
        "(hint: set 'match' to \"wildcard\" if it stands for any component)",
        "config.json:14:11: error: workers[0].realms[0].optoins: unknown key (hint: did you mean 'options'?)",
        "config.json:18:67: error: workers[0].transports[0].endpoint.port: must be an integer, not a boolean",
        "config.json:18:94: warning: workers[0].transports[0].max_message_size: RawSocket clients can be told 16777216 "
        "at "
        "most, so that is the limit",
        "config.json:20:22: error: workers[0].transports[1].endpoint: the key 'path' is missing",
    };
    CHECK(lines == expected);
    CHECK_FALSE(result.usable());
}

TEST_CASE("config: what is no JSON is one problem", "[config]")
{
    const auto result = config_loader().load("{\n  \"version\": 2,\n}\n");
    REQUIRE(result.problems.size() == 1);
    CHECK(to_string(result.problems[0]) ==
          "config.json:3:1: error: not proper JSON: unexpected '}' (hint: remove the comma before it)");
    CHECK(result.config.workers.empty());
}

TEST_CASE("config: keys that are no words are quoted in paths", "[config]")
{
    const auto result = config_loader().load(R"({"a.b c\n": 1})");
    REQUIRE(result.problems.size() == 2);
    CHECK(result.problems[1].path == "['a.b c?']");
}

TEST_CASE("config: whatever the text is, it is a configuration or it has problems", "[config]")
{
    const config_loader loader;
    const std::string text =
        R"({"version": 2, "workers": [{"type": "router", "id": "one", "options": {"disabled": false},
        "realms": [{"name": "realm1", "options": {"uri_check": "loose"}, "roles": [{"name": "anonymous", "permissions":
            [{"uri": "a.*", "allow": {"call": true}, "disclose": {"caller": true}}]}]}],
        "transports": [{"type": "rawsocket", "endpoint": {"type": "unix", "path": "$HOME/a", "mode": "0600", "owner": "a:b"},
            "serializers": ["json"], "max_message_size": 512, "limits": {"join_timeout": 1}, "debug": true,
            "auth": {"ticket": {"secret": "\u00e4"}}}]}]})";
    REQUIRE(loader.load(text).usable());

    for (std::size_t length = 0; length < text.size(); ++length)
        CHECK_FALSE(loader.load(std::string_view(text).substr(0, length)).usable());

    std::size_t usable = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char replacement : {'"', '{', ']', ',', '0', '-', '*', '\\', '\n', '\0', '\x80'}) {
            auto changed = text;
            changed[at] = replacement;
            const auto result = loader.load(changed);
            usable += result.usable() ? 1 : 0;
            for (const auto& problem : result.problems)
                CHECK(to_string(problem).find('\n') == std::string::npos);
        }
    }
    CHECK(usable > 0);
    CHECK(usable < text.size());
}
