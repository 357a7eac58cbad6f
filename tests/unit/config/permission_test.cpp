// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

constexpr std::string_view here = "workers[0].realms[0].roles[0].permissions[0]";

permission_rule rule_of(std::string_view text)
{
    INFO(text);
    const auto result = config_loader().load_permission(text);
    const auto& realm = only_realm(result);
    REQUIRE(realm.roles[0].permissions.size() == 1);
    return realm.roles[0].permissions[0];
}

} // namespace

TEST_CASE("config: the pattern of a permission", "[config][permission]")
{
    struct patterned {
        std::string_view text;
        std::string_view uri;
        match_policy match;
    };
    const patterned cases[] = {
        {R"({"uri": "com.shop.buy"})", "com.shop.buy", match_policy::exact},
        {R"({"uri": "com.shop.buy", "match": "exact"})", "com.shop.buy", match_policy::exact},
        {R"({"uri": "com.shop.", "match": "prefix"})", "com.shop.", match_policy::prefix},
        {R"({"uri": "com.sh", "match": "prefix"})", "com.sh", match_policy::prefix},
        {R"({"uri": "", "match": "prefix"})", "", match_policy::prefix},
        {R"({"uri": "com..price", "match": "wildcard"})", "com..price", match_policy::wildcard},
        {R"({"uri": "com.shop.*"})", "com.shop.", match_policy::prefix},
        {R"({"uri": "com.sh*"})", "com.sh", match_policy::prefix},
        {R"({"uri": "*"})", "", match_policy::prefix},
        {R"({"uri": "com.*.price"})", "com..price", match_policy::wildcard},
        {R"({"uri": "*.shop.*"})", ".shop.", match_policy::wildcard},
    };
    for (const auto& [text, uri, match] : cases) {
        const auto rule = rule_of(text);
        CHECK(rule.pattern.uri == uri);
        CHECK(rule.pattern.match == match);
    }
}

TEST_CASE("config: the trust level of a permission", "[config][permission]")
{
    CHECK(rule_of(R"({"uri": "com.shop", "trustlevel": 0})").trust_level == 0);
    CHECK(rule_of(R"({"uri": "com.shop", "trustlevel": 2147483647})").trust_level == 2147483647);
}

TEST_CASE("config: what a permission allows and discloses", "[config][permission]")
{
    const auto none = rule_of(R"({"uri": "com.shop.buy"})");
    for (const auto what : {action::call, action::register_, action::publish, action::subscribe})
        CHECK_FALSE(none.allowed.has(what));
    CHECK_FALSE(none.disclose_caller);
    CHECK_FALSE(none.disclose_publisher);
    CHECK(none.trust_level < 0);

    const auto some = rule_of(R"({"uri": "com.shop.buy", "cache": true,
        "allow": {"call": true, "register": false, "publish": true}, "disclose": {"caller": true}})");
    CHECK(some.allowed.has(action::call));
    CHECK_FALSE(some.allowed.has(action::register_));
    CHECK(some.allowed.has(action::publish));
    CHECK_FALSE(some.allowed.has(action::subscribe));
    CHECK(some.disclose_caller);
    CHECK_FALSE(some.disclose_publisher);

    const auto others = rule_of(R"({"uri": "com.shop.buy", "allow": {"register": true, "subscribe": true},
        "disclose": {"publisher": true, "caller": false}})");
    CHECK(others.allowed.has(action::register_));
    CHECK(others.allowed.has(action::subscribe));
    CHECK(others.disclose_publisher);
}

TEST_CASE("config: mistakes in a permission", "[config][permission]")
{
    struct mistake {
        std::string_view text;
        std::string_view key; ///< Behind the path of the permission.
        std::string_view problem;
        std::string_view hint{};
    };
    const mistake cases[] = {
        {R"({"match": "exact"})", "", "the key 'uri' is missing"},
        {R"("com.shop")", "", "must be a dict, not a string"},
        {R"({"uri": 1})", ".uri", "must be a string, not an integer"},
        {R"({"uri": ""})", ".uri", "empty"},
        {R"({"uri": "com..shop"})", ".uri", "empty component",
         "set 'match' to \"wildcard\" if it stands for any component"},
        {R"({"uri": "com.shop."})", ".uri", "empty component", "set 'match' to \"prefix\", or end the URI in '*'"},
        {R"({"uri": "com.my shop"})", ".uri", "forbidden character"},
        {R"({"uri": "com.sh*op"})", ".uri", "a '*' must be the end of the URI or a whole component"},
        {R"({"uri": "com.*.sh*"})", ".uri", "a '*' must be the end of the URI or a whole component"},
        {R"({"uri": "com.shop", "match": "perfix"})", ".match", "unknown match policy 'perfix'",
         "did you mean 'prefix'?"},
        {R"({"uri": "com.shop", "match": 1})", ".match", "must be a string, not an integer"},
        {R"({"uri": "com.shop", "allow": true})", ".allow", "must be a dict, not a boolean"},
        {R"({"uri": "com.shop", "allow": {"call": 1}})", ".allow.call", "must be true or false, not an integer"},
        {R"({"uri": "com.shop", "allow": {"cal": true}})", ".allow.cal", "unknown key", "did you mean 'call'?"},
        {R"({"uri": "com.shop", "disclose": {"callee": true}})", ".disclose.callee", "unknown key",
         "did you mean 'caller'?"},
        {R"({"uri": "com.shop", "cache": "yes"})", ".cache", "must be true or false, not a string"},
        {R"({"uri": "com.shop", "validate": {}})", ".validate",
         "checks of payload types are not supported yet by this version"},
        {R"({"uri": "com.shop", "publish": true})", ".publish", "unknown key",
         "possible here: uri, match, allow, disclose, trustlevel, cache"},
    };
    for (const auto& [text, key, problem, hint] : cases) {
        const auto path = std::string(here) + std::string(key);
        check_wrong(config_loader().load_permission(text), {text, path, problem, hint});
    }
}

TEST_CASE("config: a star is plain text where the match is given", "[config][permission]")
{
    check_warned(config_loader().load_permission(R"({"uri": "com.shop.*", "match": "prefix"})"),
                 {"", "workers[0].realms[0].roles[0].permissions[0].uri",
                  "the '*' is taken as it is, since there is a 'match'"});
}

TEST_CASE("config: two permissions of a role cannot have one pattern", "[config][permission]")
{
    check_wrong(config_loader().load_permission(R"({"uri": "com.shop.*"}, {"uri": "com.shop.", "match": "prefix"})"),
                {"", "workers[0].realms[0].roles[0].permissions[1]",
                 "there is another permission for the pattern 'prefix com.shop.'"});
    const auto result =
        config_loader().load_permission(R"({"uri": "com.shop"}, {"uri": "com.shop", "match": "prefix"})");
    CHECK(only_realm(result).roles[0].permissions.size() == 2);
}

TEST_CASE("config: patterns obey the realm's check of URIs", "[config][permission]")
{
    const auto load = [](std::string_view check, std::string_view uri) {
        return config_loader().load_realm("{\"name\": \"a\", \"options\": {\"uri_check\": \"" + std::string(check) +
                                          "\"}, \"roles\": [{\"name\": \"b\", \"permissions\": [{\"uri\": \"" +
                                          std::string(uri) + "\"}]}]}");
    };
    only_realm(load("loose", "com.Shop"));
    check_wrong(load("strict", "com.Shop"),
                {"", "workers[0].realms[0].roles[0].permissions[0].uri", "forbidden character"});
}
