// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("config: the built-in configuration has no problems", "[config][default]")
{
    config_loader loader;
    loader.environment = {{"XDG_RUNTIME_DIR", "/run/user/1000"}};
    const auto result = loader.load(default_node_config());
    const auto& node = require_clean(result);
    REQUIRE(node.workers.size() == 1);
    const auto& worker = node.workers[0];

    REQUIRE(worker.realms.size() == 1);
    CHECK(worker.realms[0].name == "realm1");
    REQUIRE(worker.realms[0].roles.size() == 1);
    CHECK(worker.realms[0].roles[0].name == "anonymous");
    REQUIRE(worker.realms[0].roles[0].permissions.size() == 1);
    const auto& rule = worker.realms[0].roles[0].permissions[0];
    CHECK(rule.pattern.uri.empty());
    CHECK(rule.pattern.match == match_policy::prefix);
    for (const auto what : {action::call, action::register_, action::publish, action::subscribe})
        CHECK(rule.allowed.has(what));

    REQUIRE(worker.transports.size() == 2);
    CHECK(to_string(worker.transports[0].endpoint()) == "tcp4:127.0.0.1:8081");
    CHECK(to_string(worker.transports[1].endpoint()) == "unix:/run/user/1000/junctor.sock");
}

TEST_CASE("config: the built-in configuration does without a runtime directory", "[config][default]")
{
    const auto result = config_loader().load(default_node_config());
    const auto& transports = require_clean(result).workers.at(0).transports;
    CHECK(to_string(transports.at(1).endpoint()) == "unix:/tmp/junctor.sock");
}
