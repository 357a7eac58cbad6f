// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Pattern-based Subscription".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("pattern subscription: one event for each subscription that matches, of one publication",
          "[conformance][patterns]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& subscriber = talk.join("subscriber");
    auto& publisher = talk.join("publisher");
    subscriber.says(R"([32, 1, {"match": "wildcard"}, "com.myapp..userevent"])");
    subscriber.hears(R"([33, 1, "$wildcard"])");
    subscriber.says(R"([32, 2, {"match": "prefix"}, "com.my"])");
    subscriber.hears(R"([33, 2, "$short"])");
    subscriber.says(R"([32, 3, {"match": "prefix"}, "com.myapp.foo."])");
    subscriber.hears(R"([33, 3, "$long"])");
    subscriber.says(R"([32, 4, {}, "com.myapp.foo.userevent"])");
    subscriber.hears(R"([33, 4, "$exact"])");
    publisher.says(R"([16, 1, {}, "com.myapp.foo.userevent", [1]])");
    subscriber.hears(R"([36, "$exact", "$publication", {}, [1]])");
    subscriber.hears(R"([36, "$long", "$publication", {"topic": "com.myapp.foo.userevent"}, [1]])");
    subscriber.hears(R"([36, "$short", "$publication", {"topic": "com.myapp.foo.userevent"}, [1]])");
    subscriber.hears(R"([36, "$wildcard", "$publication", {"topic": "com.myapp.foo.userevent"}, [1]])");
    subscriber.hears_nothing();
}

TEST_CASE("pattern subscription: what matches a prefix or a wildcard", "[conformance][patterns]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto [match, pattern, topic, matched] = GENERATE(table<std::string, std::string, std::string, bool>({
        {"prefix", "com.myapp.topic.emergency", "com.myapp.topic.emergency.11", true},
        {"prefix", "com.myapp.topic.emergency", "com.myapp.topic.emergency-low", true},
        {"prefix", "com.myapp.topic.emergency", "com.myapp.topic.emergency", true},
        {"prefix", "com.myapp.topic.emergency", "com.myapp.topic.emerge", false},
        {"prefix", "", "com", true},
        {"wildcard", "com.myapp..userevent", "com.myapp.a12.userevent", true},
        {"wildcard", "com.myapp..userevent", "com.myapp.foo.userevent.bar", false},
        {"wildcard", "com.myapp..userevent", "com.myapp.foo.user", false},
        {"wildcard", "com.myapp..userevent", "com.myapp2.foo.userevent", false},
        {"wildcard", "..", "a.b.c", true},
        {"wildcard", "..", "a.b", false},
        {"wildcard", "a.b", "a.b", true},
    }));
    CAPTURE(match, pattern, topic);
    conversation talk(format);
    auto& subscriber = talk.join("subscriber");
    auto& publisher = talk.join("publisher");
    subscriber.says(R"([32, 1, {"match": ")" + match + "\"}, \"" + pattern + "\"]");
    subscriber.hears(R"([33, 1, "$pattern"])");
    publisher.says(R"([16, 1, {}, ")" + topic + "\"]");
    if (matched)
        subscriber.hears(R"([36, "$pattern", "$_", {"topic": ")" + topic + "\"}]");
    subscriber.hears_nothing();
}

TEST_CASE("pattern subscription: one topic under three policies is three subscriptions", "[conformance][patterns]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.x"])");
    alice.hears(R"([33, 1, "$exact"])");
    alice.says(R"([32, 2, {"match": "prefix"}, "com.myapp.x"])");
    alice.hears(R"([33, 2, "$prefix"])");
    alice.says(R"([32, 3, {"match": "wildcard"}, "com.myapp.x"])");
    alice.hears(R"([33, 3, "$wildcard"])");
    CHECK(talk.subscription_count() == 3);
    alice.says(R"([34, 4, "$prefix"])");
    alice.hears(R"([35, 4])");
    alice.says(R"([16, 5, {"exclude_me": false}, "com.myapp.x"])");
    alice.hears(R"([36, "$exact", "$_", {}])");
    alice.hears(R"([36, "$wildcard", "$_", {"topic": "com.myapp.x"}])");
    alice.hears_nothing();
}
