// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/module_registry.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

std::unique_ptr<authenticator> refuse_options(const dict&)
{
    throw config_error("secret", "is missing");
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
        const auto made = (*registry.find_authenticator("ticket"))({});
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
