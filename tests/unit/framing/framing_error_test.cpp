// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/framing_error.hpp>

#include <set>
#include <string>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("framing errors: each has a text of its own", "[framing][error]")
{
    std::set<std::string> texts;
    for (int number = 1; number <= 4; ++number)
        texts.insert(make_error_code(static_cast<rawsocket_error>(number)).message());
    for (int number = 1; number <= 8; ++number)
        texts.insert(make_error_code(static_cast<framing_error>(number)).message());
    CHECK(texts.size() == 12);
}

TEST_CASE("framing errors: numbers without a name have a text too", "[framing][error]")
{
    CHECK(make_error_code(static_cast<rawsocket_error>(9)).message().ends_with(": 9"));
    CHECK_FALSE(make_error_code(static_cast<framing_error>(99)).message().empty());
}

TEST_CASE("framing errors: compare as error codes of their own categories", "[framing][error]")
{
    const boost::system::error_code code = rawsocket_error::reserved_bits_used;
    CHECK(code == rawsocket_error::reserved_bits_used);
    CHECK(code != framing_error::reply_malformed);
    CHECK(std::string(code.category().name()) == "rawsocket");
    CHECK(std::string(framing_category().name()) == "framing");
}
