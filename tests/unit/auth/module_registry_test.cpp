// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/module_registry.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;

namespace {

std::unique_ptr<authenticator> refuse_options(module_options& options)
{
    throw config_error("secret", options.has("type") ? "is wrong" : "is missing");
}

} // namespace

TEST_CASE("module registry: factories are found by authmethod", "[auth]")
{
    module_registry registry;
    registry.add_authenticator("ticket", refuse_options);
    registry.add_authenticator("anonymous", refuse_options);
    CHECK(registry.authmethods() == std::vector<std::string>{"anonymous", "ticket"});
    CHECK(registry.find_authenticator("wampcra") == nullptr);
    REQUIRE(registry.find_authenticator("ticket") != nullptr);
    try {
        test::options_fixture fixture({});
        auto options = fixture.options();
        const auto made = (*registry.find_authenticator("ticket"))(options);
        FAIL("options without a secret were taken");
    } catch (const config_error& error) {
        CHECK(error.key() == "secret");
        CHECK(std::string(error.what()) == "is missing");
    }
}

TEST_CASE("module registry: one factory for each authmethod", "[auth]")
{
    module_registry registry;
    registry.add_authenticator("ticket", refuse_options);
    CHECK_THROWS_AS(registry.add_authenticator("ticket", refuse_options), std::invalid_argument);
}

TEST_CASE("module registry: sources of principals are found by their type", "[auth]")
{
    module_registry registry;
    registry.add_principal_source("sql", [](module_options&) { return nullptr; });
    CHECK(registry.find_principal_source("sql") != nullptr);
    CHECK(registry.find_principal_source("ldap") == nullptr);
    CHECK(registry.principal_sources() == std::vector<std::string>{"sql"});
    CHECK_THROWS_AS(registry.add_principal_source("sql", {}), std::invalid_argument);
    CHECK_THROWS_AS(registry.add_principal_source("static", {}), std::invalid_argument);
}

TEST_CASE("module registry: event stores are found by their type", "[auth]")
{
    module_registry registry;
    registry.add_event_store("sqlite", [](module_options&) { return nullptr; });
    CHECK(registry.find_event_store("sqlite") != nullptr);
    CHECK(registry.find_event_store("memory") == nullptr);
    CHECK(registry.event_stores() == std::vector<std::string>{"sqlite"});
    CHECK_THROWS_AS(registry.add_event_store("sqlite", {}), std::invalid_argument);
    CHECK_THROWS_AS(registry.add_event_store("memory", {}), std::invalid_argument);
    module_registry more;
    more.add_event_store("sqlite", {});
    CHECK_THROWS_AS(registry.add(std::move(more)), std::invalid_argument);
}

TEST_CASE("module registry: components are found by their classname", "[auth]")
{
    module_registry registry;
    registry.add_component("com.example.clock", [](module_options&) { return nullptr; });
    CHECK(registry.find_component("com.example.clock") != nullptr);
    CHECK(registry.find_component("com.example.clok") == nullptr);
    CHECK(registry.components() == std::vector<std::string>{"com.example.clock"});
    CHECK_THROWS_AS(registry.add_component("com.example.clock", {}), std::invalid_argument);
    module_registry more;
    more.add_component("com.example.clock", {});
    CHECK_THROWS_AS(registry.add(more), std::invalid_argument);
}

TEST_CASE("module registry: all of another one is added, or nothing if a name is taken", "[auth]")
{
    module_registry registry;
    registry.add_authenticator("ticket", refuse_options);
    module_registry more;
    more.add_authenticator("pin", refuse_options);
    more.add_principal_source("sql", [](module_options&) { return nullptr; });
    registry.add(more);
    CHECK(registry.authmethods() == std::vector<std::string>{"pin", "ticket"});
    CHECK(registry.principal_sources() == std::vector<std::string>{"sql"});

    module_registry clashing;
    clashing.add_authenticator("card", refuse_options);
    clashing.add_authenticator("pin", refuse_options);
    CHECK_THROWS_AS(registry.add(clashing), std::invalid_argument);
    CHECK(registry.find_authenticator("card") == nullptr);
}
