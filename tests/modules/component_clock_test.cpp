// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/components/clock.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// What is said about these options of a clock.
std::vector<std::string> problems_of_clock(const dict& extra)
{
    module_registry registry;
    components::register_clock(registry);
    REQUIRE(registry.components() == std::vector<std::string>{"junctor.clock"});
    options_fixture fixture(extra);
    auto options = fixture.options();
    CHECK((*registry.find_component("junctor.clock"))(options) != nullptr);
    options.finish();
    return fixture.problems;
}

} // namespace

TEST_CASE("clock: options that make no sense are named", "[component-clock]")
{
    using problems = std::vector<std::string>;
    CHECK(problems_of_clock({{"prefix", "com.example"}}).empty());
    CHECK(problems_of_clock({{"prefix", "com.example"}, {"interval", 0}}).empty());
    CHECK(problems_of_clock({}).size() == 1);
    CHECK(problems_of_clock({{"prefix", "com..example"}}) == problems{"prefix: empty component"});
    CHECK(problems_of_clock({{"prefix", "com.example"}, {"interval", 9}}) ==
          problems{"interval: must be 0, or 10 at least"});
    CHECK(problems_of_clock({{"prefix", "com.example"}, {"interval", -1}}).size() == 1);
    CHECK(problems_of_clock({{"prefix", "com.example"}, {"zone", "UTC"}}) == problems{"zone: unknown key"});
}
