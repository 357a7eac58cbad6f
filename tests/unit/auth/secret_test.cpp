// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/secret.hpp>

#include <array>
#include <string>
#include <utility>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("secrets: equal in length and content, and in nothing less", "[auth]")
{
    CHECK(equal_constant_time("", ""));
    CHECK(equal_constant_time("secret", "secret"));
    CHECK_FALSE(equal_constant_time("secret", "secreT"));
    CHECK_FALSE(equal_constant_time("secret", "secret "));
    CHECK_FALSE(equal_constant_time("secret", ""));
    CHECK_FALSE(equal_constant_time(std::string("a\0b", 3), std::string("a\0c", 3)));
}

TEST_CASE("secrets: are copied and moved like any other value", "[auth]")
{
    secret first("hush");
    const secret second = first;
    CHECK(second.view() == "hush");
    first = secret("other");
    CHECK(first.view() == "other");
    CHECK(second.view() == "hush");
    const secret third = std::move(first);
    CHECK(third.view() == "other");
    CHECK(secret().empty());
    CHECK(secret("").view().empty());
    CHECK(secret(std::string_view("a\0b", 3)).size() == 3);
}

TEST_CASE("secrets: there may be more of them than protected memory has room for", "[auth]")
{
    protect_secrets();
    const std::string content(3 << 20, 's');
    const secret large(content);
    CHECK(large.view() == content);
    CHECK(secret("small").view() == "small");
}

TEST_CASE("secrets: a digest matches its secret alone", "[auth]")
{
    const secret_digest digest("open sesame");
    CHECK(digest.matches("open sesame"));
    CHECK_FALSE(digest.matches("open sesame "));
    CHECK_FALSE(digest.matches(""));
    CHECK_FALSE(secret_digest().matches(""));
    CHECK_FALSE(secret_digest().matches(std::string(32, '\0')));
    CHECK(secret_digest("").matches(""));
}

TEST_CASE("secrets: random octets differ", "[auth]")
{
    std::array<std::byte, 16> first{};
    std::array<std::byte, 16> second{};
    fill_random(first);
    fill_random(second);
    CHECK(first != second);
}
