// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Publisher Exclusion".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("publisher exclusion: a publisher receives its own event if it wants to", "[conformance][exclusion]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$topic"])");
    alice.says(R"([16, 2, {"exclude_me": false, "acknowledge": true}, "com.myapp.topic", [1]])");
    alice.hears(R"([17, 2, "$publication"])");
    alice.hears(R"([36, "$topic", "$publication", {}, [1]])");
    alice.says(R"([16, 3, {"exclude_me": true}, "com.myapp.topic", [2]])");
    alice.says(R"([16, 4, {}, "com.myapp.topic", [3]])");
    alice.hears_nothing();
}
