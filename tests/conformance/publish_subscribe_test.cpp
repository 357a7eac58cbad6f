// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Basic profile, "Publish and Subscribe".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("pubsub: SUBSCRIBE, PUBLISH, EVENT", "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& subscriber = talk.join("subscriber");
    auto& publisher = talk.join("publisher");
    subscriber.says(R"([32, 713845233, {}, "com.myapp.mytopic1"])");
    subscriber.hears(R"([33, 713845233, "$topic"])");
    publisher.says(R"([16, 239714735, {}, "com.myapp.mytopic1", ["Hello, world!"], {"a": 1}])");
    subscriber.hears(R"([36, "$topic", "$publication", {}, ["Hello, world!"], {"a": 1}])");
    publisher.hears_nothing();
    subscriber.hears_nothing();
}

TEST_CASE("pubsub: a PUBLISH that asks for it is acknowledged with the publication of its events",
          "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& one = talk.join("one");
    auto& two = talk.join("two");
    auto& publisher = talk.join("publisher");
    for (auto* const each : {&one, &two}) {
        each->says(R"([32, 1, {}, "com.myapp.topic"])");
        each->hears(R"([33, 1, "$topic"])"); // the same subscription for both
    }
    publisher.says(R"([16, 5, {"acknowledge": true}, "com.myapp.topic"])");
    publisher.hears(R"([17, 5, "$publication"])");
    one.hears(R"([36, "$topic", "$publication", {}])");
    two.hears(R"([36, "$topic", "$publication", {}])");

    publisher.says(R"([16, 6, {"acknowledge": true}, "com.myapp.nobody_listens"])");
    publisher.hears(R"([17, 6, "$other"])");
    CHECK_FALSE(talk.bound("$publication") == talk.bound("$other"));
    CHECK(talk.subscription_count() == 1);
}

TEST_CASE("pubsub: subscribing again gives the same subscription, and one event", "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& subscriber = talk.join("subscriber");
    auto& publisher = talk.join("publisher");
    subscriber.says(R"([32, 1, {}, "com.myapp.topic"])");
    subscriber.hears(R"([33, 1, "$topic"])");
    subscriber.says(R"([32, 2, {}, "com.myapp.topic"])");
    subscriber.hears(R"([33, 2, "$topic"])");
    publisher.says(R"([16, 1, {}, "com.myapp.topic"])");
    subscriber.hears(R"([36, "$topic", "$_", {}])");
    subscriber.hears_nothing();

    subscriber.says(R"([34, 3, "$topic"])");
    subscriber.hears(R"([35, 3])");
    publisher.says(R"([16, 2, {}, "com.myapp.topic"])");
    subscriber.hears_nothing();
}

TEST_CASE("pubsub: UNSUBSCRIBE ends a subscription for its session alone", "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& one = talk.join("one");
    auto& two = talk.join("two");
    auto& publisher = talk.join("publisher");
    for (auto* const each : {&one, &two}) {
        each->says(R"([32, 1, {}, "com.myapp.topic"])");
        each->hears(R"([33, 1, "$topic"])");
    }
    publisher.says(R"([34, 1, "$topic"])");
    publisher.hears_error(message_type::unsubscribe, 1, "wamp.error.no_such_subscription");
    one.says(R"([34, 2, "$topic"])");
    one.hears(R"([35, 2])");
    one.says(R"([34, 3, "$topic"])");
    one.hears_error(message_type::unsubscribe, 3, "wamp.error.no_such_subscription");

    publisher.says(R"([16, 2, {}, "com.myapp.topic"])");
    one.hears_nothing();
    two.hears(R"([36, "$topic", "$_", {}])");
    two.says(R"([34, 2, "$topic"])");
    two.hears(R"([35, 2])");
    CHECK(talk.subscription_count() == 0);
}

TEST_CASE("pubsub: a publisher does not receive its own event", "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$topic"])");
    alice.says(R"([16, 2, {"acknowledge": true}, "com.myapp.topic"])");
    alice.hears(R"([17, 2, "$_"])");
    alice.hears_nothing();
}

TEST_CASE("pubsub: events of one publisher arrive in order, across topics", "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& subscriber = talk.join("subscriber");
    auto& publisher = talk.join("publisher");
    subscriber.says(R"([32, 1, {}, "com.myapp.a"])");
    subscriber.hears(R"([33, 1, "$a"])");
    subscriber.says(R"([32, 2, {}, "com.myapp.b"])");
    subscriber.hears(R"([33, 2, "$b"])");
    for (int i = 0; i < 10; ++i) {
        publisher.says(R"([16, 1, {}, "com.myapp.)" + std::string(i % 3 == 0 ? "a" : "b") + "\", [" +
                       std::to_string(i) + "]]");
    }
    for (int i = 0; i < 10; ++i) {
        const std::string topic = i % 3 == 0 ? "$a" : "$b";
        subscriber.hears("[36, \"" + topic + "\", \"$_\", {}, [" + std::to_string(i) + "]]");
    }
}

TEST_CASE("pubsub: an event reaches subscribers of all serializers", "[conformance][pubsub]")
{
    const auto from = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    conversation talk;
    auto& publisher = talk.join("publisher", from);
    std::vector<peer*> subscribers;
    for (const auto format : {serializer::json, serializer::msgpack, serializer::cbor, serializer::json}) {
        subscribers.push_back(&talk.join("subscriber" + std::to_string(subscribers.size()), format));
        subscribers.back()->says(R"([32, 1, {}, "com.myapp.topic"])");
        subscribers.back()->hears(R"([33, 1, "$topic"])");
    }
    publisher.says(R"([16, 1, {"x_tag": 7}, "com.myapp.topic", [null, -5, 0.25, "ß"], {"k": [{}]}])");
    for (auto* const each : subscribers)
        each->hears(R"([36, "$topic", "$publication", {"x_tag": 7}, [null, -5, 0.25, "ß"], {"k": [{}]}])");
}

TEST_CASE("pubsub: whom an event cannot reach misses it, and nobody else", "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& small = talk.join("small", {.message_bytes_max = 4096});
    auto& full = talk.join("full");
    auto& well = talk.join("well");
    auto& publisher = talk.join("publisher");
    for (auto* const each : {&small, &full, &well}) {
        each->says(R"([32, 1, {}, "com.myapp.topic"])");
        each->hears(R"([33, 1, "$topic"])");
    }
    talk.on_core([&](realm&) { full.outlet().refuse(); });
    publisher.says(R"([16, 1, {"acknowledge": true}, "com.myapp.topic", [")" + std::string(5000, 'x') + "\"]]");
    publisher.hears(R"([17, 1, "$publication"])");
    small.hears_nothing();
    talk.on_core([&](realm&) { full.hears_nothing(); });
    well.hears(R"([36, "$topic", "$publication", {}, "$_"])");
    publisher.says(R"([16, 2, {}, "com.myapp.topic", ["short"]])");
    small.hears(R"([36, "$topic", "$_", {}, ["short"]])");
    CHECK(small.is_open());
}

TEST_CASE("pubsub: an unacknowledged PUBLISH is never answered", "[conformance][pubsub]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& mute = talk.join("mute", {.authrole = "nobody"});
    mute.says(R"([16, 1, {}, "com.myapp.topic"])");
    mute.says(R"([16, 2, {}, "com..topic"])");
    mute.says(R"([16, 3, {}, "wamp.topic"])");
    mute.hears_nothing();
    CHECK(mute.is_open());
}
