// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/uri_hash.hpp>

#include <bit>
#include <set>
#include <string>

#include <junctor/realm/random_numbers.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("uri hash: texts of every length, and each of their octets, count", "[realm][hash]")
{
    const uri_hash hash(1);
    std::set<std::size_t> seen;
    std::string text;
    for (int length = 0; length < 100; ++length) {
        CHECK(seen.insert(hash(text)).second);
        for (std::size_t at = 0; at < text.size(); ++at) {
            auto changed = text;
            changed[at] = '~';
            CHECK(hash(changed) != hash(text));
        }
        text += static_cast<char>('a' + length % 26);
    }
}

TEST_CASE("same uri: texts of every length, and each of their octets, count", "[realm][hash]")
{
    std::string text;
    for (int length = 0; length < 100; ++length) {
        CHECK(same_uri(text, std::string(text)));
        CHECK_FALSE(same_uri(text, text + 'x'));
        for (std::size_t at = 0; at < text.size(); ++at) {
            auto changed = text;
            changed[at] = '~';
            CHECK_FALSE(same_uri(changed, text));
        }
        text += static_cast<char>('a' + length % 26);
    }
}

TEST_CASE("uri hash: the seed decides", "[realm][hash]")
{
    CHECK(uri_hash(1)("com.myapp.topic") != uri_hash(2)("com.myapp.topic"));
    CHECK(uri_hash(1)("com.myapp.topic") == uri_hash(1)("com.myapp.topic"));
    CHECK(pair_hash(1)(2, 3) != pair_hash(2)(2, 3));
    CHECK(pair_hash(1)(2, 3) != pair_hash(1)(3, 2));
}

TEST_CASE("uri hash: a changed bit changes about half of the hash", "[realm][hash]")
{
    const uri_hash hash(99);
    int changed_bits = 0;
    int trials = 0;
    for (int number = 0; number < 200; ++number) {
        const auto text = "com.myapp.topic." + std::to_string(number);
        auto other = text;
        other[static_cast<std::size_t>(number) % other.size()] ^= 1;
        changed_bits += std::popcount(hash(text) ^ hash(other));
        ++trials;
    }
    CHECK(changed_bits > 28 * trials);
    CHECK(changed_bits < 36 * trials);
}

TEST_CASE("random numbers: identifiers lie in 1..2^53, and choices in their range", "[realm][random]")
{
    random_numbers random(5);
    std::set<std::size_t> choices;
    for (int i = 0; i < 1000; ++i) {
        CHECK(random.next_id<publication_id>().valid());
        choices.insert(random.below(7));
    }
    CHECK(choices == std::set<std::size_t>{0, 1, 2, 3, 4, 5, 6});
}
