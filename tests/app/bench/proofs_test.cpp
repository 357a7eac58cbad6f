// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "bench/proofs.hpp"

#include <string>

#include <junctor/base/hex.hpp>

#include "bench/failure.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::bench;

TEST_CASE("proofs: HMAC-SHA-256 is that of RFC 4231", "[bench]")
{
    CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("proofs: a proof of SCRAM is that of RFC 7677", "[bench]")
{
    const std::string first = "rOprNGfwEbeRWgbNEkqO";
    const std::string both = first + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const std::string salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    derived_key password("pencil", proof_key_form::octets);
    const auto& key = password.key({unbase64(salt), 4096, 32});
    const auto message = "n=user,r=" + first + ",r=" + both + ",s=" + salt + ",i=4096,c=biws,r=" + both;
    CHECK(base64(scram_proof(key, message)) == "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
}

TEST_CASE("proofs: a signature of Ed25519 is that of RFC 8032", "[bench]")
{
    const signing_key key(from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value());
    CHECK(to_hex(key.public_key()) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    CHECK(to_hex(key.sign({})) == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                                  "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
}

TEST_CASE("proofs: a key is derived anew when the derivation changes", "[bench]")
{
    derived_key password("passwd", proof_key_form::base64);
    const std::string first = password.key({"salt", 1, 32});
    CHECK(first ==
          base64(from_hex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc").value())); // RFC 7914
    CHECK(password.key({"salt", 2, 32}) != first);
    CHECK(password.key({"salt", 1, 32}) == first);
}

TEST_CASE("proofs: what no key can be derived by is refused", "[bench]")
{
    derived_key password("password", proof_key_form::octets);
    for (const auto& how : {derivation{"salt", 0, 32}, derivation{"salt", 1, 0}, derivation{"salt", 1, 100'000}})
        CHECK_THROWS_AS(password.key(how), failure);
    CHECK_THROWS_AS(unbase64("not base64!"), failure);
}
