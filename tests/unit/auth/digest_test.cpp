// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/digest.hpp>

#include <junctor/base/hex.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("digest: HMAC-SHA-256 is that of RFC 4231", "[auth]")
{
    CHECK(to_hex(auth::hmac_sha256(as_bytes("Jefe"), "what do ya want for nothing?").bytes()) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("digest: SHA-256 is that of FIPS 180", "[auth]")
{
    CHECK(to_hex(auth::sha256(as_bytes("abc")).bytes()) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("digest: PBKDF2 is that of RFC 7914", "[auth]")
{
    const auto key = auth::pbkdf2_sha256("passwd", as_bytes("salt"), 1, 64);
    CHECK(to_hex(key.bytes()) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                                 "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
}

TEST_CASE("digest: base64 is that of RFC 4648", "[auth]")
{
    CHECK(auth::base64_text({}).empty());
    CHECK(auth::base64_text(as_bytes("f")) == "Zg==");
    CHECK(auth::base64_text(as_bytes("fo")) == "Zm8=");
    CHECK(auth::base64_text(as_bytes("foobar")) == "Zm9vYmFy");
}
