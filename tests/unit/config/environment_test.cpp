// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/config/environment.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

std::optional<std::string> lookup(const std::string& name)
{
    if (name == "HOME")
        return "/home/me";
    if (name == "EMPTY")
        return "";
    return std::nullopt;
}

} // namespace

TEST_CASE("environment: variables are replaced within a text", "[config][environment]")
{
    struct expanded {
        std::string_view text;
        std::string_view result;
        std::vector<std::string> unset;
    };
    const expanded cases[] = {
        {"", "", {}},
        {"/run/a.sock", "/run/a.sock", {}},
        {"$HOME/a.sock", "/home/me/a.sock", {}},
        {"${HOME}a", "/home/mea", {}},
        {"a${HOME}$HOME", "a/home/me/home/me", {}},
        {"[$EMPTY]", "[]", {}},
        {"$NOWHERE/a", "$NOWHERE/a", {"NOWHERE"}},
        {"${NOWHERE}/a", "${NOWHERE}/a", {"NOWHERE"}},
        {"${NOWHERE:-/tmp}/a", "/tmp/a", {}},
        {"${EMPTY:-/tmp}/a", "/tmp/a", {}},
        {"${HOME:-/tmp}/a", "/home/me/a", {}},
        {"${NOWHERE:-}", "", {}},
        {"cost: 5$", "cost: 5$", {}},
        {"$5 $$HOME $-", "$5 $/home/me $-", {}},
        {"${HOME", "${HOME", {}},
        {"${HOME!}", "${HOME!}", {}},
        {"${}", "${}", {}},
    };
    for (const auto& [text, result, unset] : cases) {
        INFO(text);
        const auto found = expand_variables(text, lookup);
        CHECK(found.text == result);
        CHECK(found.unset == unset);
    }
}

TEST_CASE("environment: a text that is nothing but a variable names it", "[config][environment]")
{
    CHECK(variable_name("$PORT") == "PORT");
    CHECK(variable_name("${PORT}") == "PORT");
    CHECK(variable_name("$_2") == "_2");
    for (const auto* const text : {"", "$", "PORT", "$2", "$PORT/", "${PORT", "${PORT:-1}", "x$PORT", "$$PORT"}) {
        INFO(text);
        CHECK_FALSE(variable_name(text));
    }
}
