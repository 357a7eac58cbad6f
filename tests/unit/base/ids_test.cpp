// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/ids.hpp>

#include <limits>
#include <set>
#include <type_traits>
#include <unordered_set>

#include "support/catch.hpp"

using junctor::request_id;
using junctor::session_id;

static_assert(!std::is_convertible_v<session_id, request_id>);
static_assert(!std::is_constructible_v<session_id, request_id>);
static_assert(!std::is_convertible_v<std::uint64_t, session_id>);

TEST_CASE("id: the valid ones lie in 1..2^53", "[base][ids]")
{
    CHECK_FALSE(session_id().valid());
    CHECK(session_id(1).valid());
    CHECK(session_id(junctor::id_max).valid());
    CHECK_FALSE(session_id(junctor::id_max + 1).valid());
    CHECK_FALSE(session_id(std::numeric_limits<std::uint64_t>::max()).valid());
    CHECK(junctor::id_max == 9'007'199'254'740'992u);
}

TEST_CASE("id: compares and serves as a key", "[base][ids]")
{
    CHECK(request_id(7) == request_id(7));
    CHECK(request_id(7) < request_id(8));
    CHECK(request_id(7).number() == 7);

    const std::unordered_set<request_id> keys{request_id(1), request_id(2), request_id(1)};
    CHECK(keys.size() == 2);
}

TEST_CASE("id: consecutive numbers hash to different low bits", "[base][ids]")
{
    std::set<std::size_t> buckets;
    for (std::uint64_t n = 1; n <= 1024; ++n)
        buckets.insert(std::hash<request_id>()(request_id(n)) % 4096);
    CHECK(buckets.size() > 512);
}
