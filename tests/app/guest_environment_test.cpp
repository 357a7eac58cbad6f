// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "guest_environment.hpp"

#include "support/catch.hpp"

using namespace junctor;

namespace {

using texts = std::vector<std::string>;

texts environment_of(const guest_environment& wanted, std::vector<const char*> inherited)
{
    inherited.push_back(nullptr);
    return make_environment(wanted, inherited.data());
}

} // namespace

TEST_CASE("guest environment: everything, nothing or what is named is inherited", "[app][guest]")
{
    const std::vector<const char*> ours{"A=1", "B=2=3", "C=", "odd"};
    CHECK(environment_of({std::nullopt, {}}, ours) == texts{"A=1", "B=2=3", "C=", "PYTHONUNBUFFERED=1"});
    CHECK(environment_of({texts{}, {}}, ours) == texts{"PYTHONUNBUFFERED=1"});
    CHECK(environment_of({texts{"B", "D"}, {}}, ours) == texts{"B=2=3", "PYTHONUNBUFFERED=1"});
}

TEST_CASE("guest environment: what is configured replaces what is inherited", "[app][guest]")
{
    CHECK(environment_of({std::nullopt, {{"A", "x"}, {"Z", ""}}}, {"A=1", "B=2"}) ==
          texts{"A=x", "B=2", "PYTHONUNBUFFERED=1", "Z="});
    CHECK(environment_of({texts{}, {{"PYTHONUNBUFFERED", ""}}}, {}) == texts{"PYTHONUNBUFFERED="});
    CHECK(environment_of({std::nullopt, {}}, {"PYTHONUNBUFFERED=0"}) == texts{"PYTHONUNBUFFERED=0"});
}
