// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/ed25519.hpp>

#include <stdexcept>

#include <junctor/auth/private_key_file.hpp>
#include <junctor/base/hex.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("ed25519: the first test vector of RFC 8032", "[auth]")
{
    const auto seed = auth::private_key_from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    const auto key = auth::public_key_of(seed);
    CHECK(to_hex(key) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    const auto signature = auth::sign_ed25519(seed, {});
    CHECK(to_hex(signature) == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                               "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    CHECK(auth::verify_ed25519(key, {}, signature));
    CHECK_FALSE(auth::verify_ed25519(key, as_bytes("x"), signature));
}

TEST_CASE("ed25519: key pairs are new each time, and follow from their seeds", "[auth]")
{
    const auto first = auth::make_ed25519_key_pair();
    const auto second = auth::make_ed25519_key_pair();
    CHECK(first.seed.size() == auth::ed25519_seed_bytes);
    CHECK(first.public_key != second.public_key);
    CHECK(auth::public_key_of(first.seed) == first.public_key);
    CHECK_THROWS_AS(auth::public_key_of(secret("short")), std::invalid_argument);
    CHECK_THROWS_AS(auth::sign_ed25519(secret(), {}), std::invalid_argument);
}
