// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/excerpt.hpp>

#include <string>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("excerpt: a short text stays as it is", "[base]")
{
    CHECK(excerpt("", 4).empty());
    CHECK(excerpt("abcd", 4) == "abcd");
    CHECK(excerpt(std::string(limits::quoted_bytes_max, 'x')).size() == limits::quoted_bytes_max);
}

TEST_CASE("excerpt: a long text ends after a whole character", "[base]")
{
    CHECK(excerpt("abcde", 4) == "abcd");
    CHECK(excerpt("abc\xC3\xA9", 4) == "abc");                       // é
    CHECK(excerpt("\xE2\x82\xAC\xE2\x82\xAC", 5) == "\xE2\x82\xAC"); // €€
    CHECK(excerpt("\xF0\x9F\x98\x80", 3).empty());
    CHECK(excerpt(std::string(100000, 'x')).size() == limits::quoted_bytes_max);
}
