// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Publisher Identification".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("publisher identification: only who asks is disclosed", "[conformance][disclosure]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& subscriber = talk.join("subscriber");
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    subscriber.says(R"([32, 1, {}, "com.myapp.topic"])");
    subscriber.hears(R"([33, 1, "$topic"])");
    alice.says(R"([16, 1, {"disclose_me": true}, "com.myapp.topic"])");
    subscriber.hears(
        R"([36, "$topic", "$_", {"publisher": "$alice", "publisher_authid": "alice", "publisher_authrole": "anyone"}])");
    bob.says(R"([16, 1, {}, "com.myapp.topic"])");
    subscriber.hears(R"([36, "$topic", "$_", {}])");
}

TEST_CASE("publisher identification: a permission may demand it", "[conformance][disclosure]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    talk.role("known").set({prefix("com.myapp."), action_set().add(action::any), false, true});
    auto& subscriber = talk.join("subscriber");
    auto& known = talk.join("known", {.authrole = "known"});
    subscriber.says(R"([32, 1, {}, "com.myapp.topic"])");
    subscriber.hears(R"([33, 1, "$topic"])");
    known.says(R"([16, 1, {}, "com.myapp.topic"])");
    subscriber.hears(
        R"([36, "$topic", "$_", {"publisher": "$known", "publisher_authid": "known", "publisher_authrole": "known"}])");
}

TEST_CASE("publisher identification: a realm may forbid it", "[conformance][disclosure]")
{
    realm_options options;
    options.disclosure = disclosure::forbidden;
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), options);
    auto& subscriber = talk.join("subscriber");
    auto& alice = talk.join("alice");
    subscriber.says(R"([32, 1, {}, "com.myapp.topic"])");
    subscriber.hears(R"([33, 1, "$topic"])");
    alice.says(R"([16, 1, {"disclose_me": true, "acknowledge": true}, "com.myapp.topic"])");
    alice.hears_error(message_type::publish, 1, "wamp.error.option_disallowed.disclose_me");
    alice.says(R"([16, 2, {"disclose_me": true}, "com.myapp.topic"])");
    alice.hears_nothing();
    subscriber.hears_nothing();
}
