// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "spelling.hpp"

#include <array>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("spelling: distances count single mistakes", "[config][spelling]")
{
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("role", "role") == 0);
    CHECK(edit_distance("role", "roles") == 1);
    CHECK(edit_distance("roles", "role") == 1);
    CHECK(edit_distance("rule", "role") == 1);
    CHECK(edit_distance("perfix", "prefix") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("spelling: the hint names what was probably meant, or all there is", "[config][spelling]")
{
    constexpr std::array<std::string_view, 3> words{"exact", "prefix", "wildcard"};
    CHECK(spelling_hint("perfix", words) == "did you mean 'prefix'?");
    CHECK(spelling_hint("wildcart", words) == "did you mean 'wildcard'?");
    CHECK(spelling_hint("regular", words) == "possible here: exact, prefix, wildcard");
    CHECK(spelling_hint("x", {}).empty());
}
