// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/permissions.hpp>

#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("permissions: what no rule matches is denied, unless it is allowed by default", "[realm][permissions]")
{
    permission_table role;
    CHECK_FALSE(role.decide(action::call, "com.a").allowed);
    CHECK_FALSE(role.decide(action::subscribe, "com.", match_policy::prefix).allowed);
    role.allow_by_default();
    CHECK(role.decide(action::call, "com.a").allowed);
    CHECK(role.decide(action::subscribe, "com.", match_policy::prefix).allowed);
    role.allow_by_default(false);
    CHECK_FALSE(role.decide(action::call, "com.a").allowed);
}

TEST_CASE("permissions: a rule allows the actions that it names", "[realm][permissions]")
{
    permission_table role;
    role.allow(action::subscribe, prefix("com.news.")).allow(action::publish, prefix("com.news."));
    CHECK(role.decide(action::subscribe, "com.news.today").allowed);
    CHECK(role.decide(action::publish, "com.news.today").allowed);
    CHECK_FALSE(role.decide(action::call, "com.news.today").allowed);
    CHECK_FALSE(role.decide(action::register_, "com.news.today").allowed);
    role.allow(action::any, prefix("com.news.")).deny(action::publish, prefix("com.news."));
    CHECK(role.decide(action::register_, "com.news.today").allowed);
    CHECK_FALSE(role.decide(action::publish, "com.news.today").allowed);
    role.deny(action::any, prefix("com.news."));
    CHECK_FALSE(role.decide(action::subscribe, "com.news.today").allowed);
}

TEST_CASE("permissions: the most specific rule decides", "[realm][permissions]")
{
    permission_table role;
    role.allow(action::call, wildcard("com..x"));
    CHECK(role.decide(action::call, "com.a.x").allowed);
    role.deny(action::call, prefix("com."));
    CHECK_FALSE(role.decide(action::call, "com.a.x").allowed);
    role.allow(action::call, prefix("com.a"));
    CHECK(role.decide(action::call, "com.a.x").allowed);
    CHECK(role.decide(action::call, "com.ab.x").allowed);
    CHECK_FALSE(role.decide(action::call, "com.b.x").allowed);
    role.deny(action::call, exact("com.a.x"));
    CHECK_FALSE(role.decide(action::call, "com.a.x").allowed);
    CHECK(role.decide(action::call, "com.a.y").allowed);
}

TEST_CASE("permissions: rules disclose callers and publishers", "[realm][permissions]")
{
    permission_table role;
    role.set({prefix("com.c."), action_set().add(action::any), true, false});
    role.set({prefix("com.p."), action_set().add(action::any), false, true});
    CHECK(role.decide(action::call, "com.c.x").disclose);
    CHECK_FALSE(role.decide(action::publish, "com.c.x").disclose);
    CHECK_FALSE(role.decide(action::call, "com.p.x").disclose);
    CHECK(role.decide(action::publish, "com.p.x").disclose);
    role.set({prefix("com.p."), action_set(), false, false}); // in place of the rule before
    CHECK_FALSE(role.decide(action::publish, "com.p.x").allowed);
    CHECK_FALSE(role.decide(action::publish, "com.p.x").disclose);
}

TEST_CASE("permissions: a pattern that is none is the embedder's error", "[realm][permissions]")
{
    permission_table role;
    CHECK_THROWS_AS(role.allow(action::call, exact("com..a")), std::invalid_argument);
    CHECK_THROWS_AS(role.deny(action::call, exact("")), std::invalid_argument);
    CHECK_THROWS_AS(role.allow(action::call, prefix("com. a")), std::invalid_argument);
    CHECK_THROWS_AS(role.set({wildcard(""), {}, false, false}), std::invalid_argument);
    CHECK_THROWS_WITH(role.allow(action::call, exact("com..a")), Catch::Matchers::ContainsSubstring("empty component"));
}

TEST_CASE("permissions: a pattern is allowed as a whole or not at all", "[realm][permissions]")
{
    permission_table role;
    role.allow(action::subscribe, prefix("com.shop.")).allow(action::subscribe, wildcard("net..price"));
    role.allow(action::subscribe, exact("org.one"));
    const struct {
        match_policy match;
        const char* pattern;
        bool allowed;
    } cases[] = {
        {match_policy::prefix, "com.shop.", true},      {match_policy::prefix, "com.shop.news", true},
        {match_policy::prefix, "com.shop", false},      {match_policy::prefix, "", false},
        {match_policy::prefix, "org.one", false},       {match_policy::prefix, "net.a.price", false},
        {match_policy::wildcard, "com.shop.", true},    {match_policy::wildcard, "com.shop..x", true},
        {match_policy::wildcard, "com..x", false},      {match_policy::wildcard, "net..price", true},
        {match_policy::wildcard, "net.a.price", true},  {match_policy::wildcard, "net..", false},
        {match_policy::wildcard, "net..price.", false}, {match_policy::wildcard, "org.one", false},
        {match_policy::wildcard, "..", false},
    };
    for (const auto& each : cases) {
        CAPTURE(to_string(each.match), each.pattern);
        CHECK(role.decide(action::subscribe, each.pattern, each.match).allowed == each.allowed);
    }
}

TEST_CASE("permissions: a pattern is denied if any part of it is", "[realm][permissions]")
{
    const struct {
        uri_pattern denied;
        match_policy match;
        const char* pattern;
        bool allowed;
    } cases[] = {
        {exact("com.a.x"), match_policy::prefix, "com.a", false},
        {exact("com.a.x"), match_policy::prefix, "com.b", true},
        {exact("com.a.x"), match_policy::wildcard, "com..x", false},
        {exact("com.a.x"), match_policy::wildcard, "com..y", true},
        {prefix("com.a."), match_policy::prefix, "", false},
        {prefix("com.a."), match_policy::prefix, "com.a.b", false},
        {prefix("com.a."), match_policy::prefix, "com.ab", true},
        {prefix("com.a"), match_policy::wildcard, "com..x", false},
        {prefix("com.a"), match_policy::wildcard, "com.b.", true},
        {prefix("com.a.b.c"), match_policy::wildcard, "com..x", true},
        {wildcard("com..x"), match_policy::prefix, "com.", true}, // the prefix "" decides before any wildcard
        {wildcard("com..x"), match_policy::wildcard, "com..x", true},
    };
    for (const auto& each : cases) {
        CAPTURE(to_string(each.denied.match), each.denied.uri, to_string(each.match), each.pattern);
        permission_table role;
        role.allow(action::any, prefix("")).deny(action::any, each.denied);
        CHECK(role.decide(action::register_, each.pattern, each.match).allowed == each.allowed);
    }
}

TEST_CASE("permissions: an allowed pattern matches nothing that is denied", "[realm][permissions]")
{
    const auto seed = GENERATE(range(1u, 201u));
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto draw = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
    const auto pattern = [&](match_policy match) {
        std::string made;
        for (auto count = 1 + draw(3); count > 0; --count) {
            const bool hole = match == match_policy::wildcard && draw(2) == 0;
            made += std::string(hole ? "" : std::string(1, "ab"[draw(2)])) + (count > 1 ? "." : "");
        }
        if (match == match_policy::prefix)
            made.resize(draw(made.size() + 1));
        return made;
    };
    std::vector<std::string> universe;
    for (const std::string a : {"a", "b", "ab"}) {
        universe.push_back(a);
        for (const std::string b : {"a", "b", "ba"}) {
            universe.push_back(a + "." + b);
            for (const std::string c : {"a", "b", "bb"})
                universe.push_back(a + "." + b + "." + c);
        }
    }

    permission_table role;
    for (int rules = 0; rules < 6; ++rules) {
        const auto match = static_cast<match_policy>(draw(3));
        const auto uri = pattern(match);
        if (check_uri(uri, uri_check::loose, match) != uri_flaw::none)
            continue;
        if (draw(2) == 0)
            role.allow(action::subscribe, {uri, match});
        else
            role.deny(action::subscribe, {uri, match});
    }
    role.allow_by_default(draw(2) == 0);
    int allowed = 0;
    for (int trial = 0; trial < 30; ++trial) {
        const auto match = draw(2) == 0 ? match_policy::prefix : match_policy::wildcard;
        const auto wanted = pattern(match);
        if (wanted.empty() && match == match_policy::wildcard)
            continue;
        if (!role.decide(action::subscribe, wanted, match).allowed)
            continue;
        ++allowed;
        for (const auto& uri : universe) {
            CAPTURE(wanted, to_string(match), uri);
            if (matches(wanted, match, uri))
                REQUIRE(role.decide(action::subscribe, uri).allowed);
        }
    }
    SUCCEED(allowed << " patterns were allowed");
}

TEST_CASE("permissions: rules are replaced all at once, or not at all", "[realm][permissions]")
{
    permission_table role;
    role.allow(action::any, prefix("com.old.")).allow(action::call, wildcard("com..both")).allow_by_default();
    permission_rule rule;
    rule.pattern = prefix("com.new.");
    rule.allowed.add(action::call);
    permission_rule star;
    star.pattern = wildcard("com..both");
    star.allowed.add(action::publish);
    const auto before = role.version();
    role.replace({rule, star}, false);
    CHECK(role.version() > before);
    CHECK(role.decide(action::call, "com.new.a").allowed);
    CHECK_FALSE(role.decide(action::publish, "com.new.a").allowed);
    CHECK_FALSE(role.decide(action::call, "com.old.a").allowed);
    CHECK_FALSE(role.decide(action::call, "com.x.both").allowed);
    CHECK(role.decide(action::publish, "com.x.both").allowed);
    CHECK_FALSE(role.decide(action::call, "org.a").allowed);

    rule.pattern = exact("no good");
    const auto now = role.version();
    CHECK_THROWS_AS(role.replace({star, rule}, true), std::invalid_argument);
    CHECK(role.version() == now);
    CHECK(role.decide(action::call, "com.new.a").allowed);
    CHECK_FALSE(role.decide(action::call, "org.a").allowed);
}

TEST_CASE("permissions: no two tables have a version in common", "[realm][permissions]")
{
    permission_table first;
    permission_table second;
    first.allow_by_default();
    second.allow_by_default(false);
    const auto of_second = second.version();
    CHECK(first.version() != of_second);
    first.allow(action::call, exact("com.a"));
    CHECK(first.version() > of_second);
    CHECK(first.version() < permission_table::first_decision);
}

TEST_CASE("permissions: a memo does not take a table for the one that was at its place before", "[realm][permissions]")
{
    permission_memo memo;
    std::optional<permission_table> table;
    for (const bool allow : {true, false, true}) {
        table.emplace();
        table->allow_by_default(allow);
        CHECK(memo.decide(*table, action::call, "com.a").allowed == allow);
    }
}
