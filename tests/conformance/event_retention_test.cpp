// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Event Retention".
#include <string>

#include <junctor/realm/welcome.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

serializer any_format()
{
    return GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
}

} // namespace

TEST_CASE("event retention: the most recent retained event comes to who asks for it", "[conformance][retention]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    publisher.says(R"([16, 1, {"retain": true}, "com.myapp.topic", [1]])");
    publisher.says(R"([16, 2, {"retain": true, "acknowledge": true}, "com.myapp.topic", [2], {"k": null}])");
    publisher.hears(R"([17, 2, "$second"])");
    publisher.says(R"([16, 3, {}, "com.myapp.topic", [3]])"); // not retained
    publisher.says(R"([16, 4, {"retain": true}, "com.myapp.other", [4]])");

    auto& late = talk.join("late");
    late.says(R"([32, 1, {"get_retained": true}, "com.myapp.topic"])");
    late.hears(R"([33, 1, "$topic"])");
    late.hears(R"([36, "$topic", "$second", {"retained": true}, [2], {"k": null}])");
    late.hears_nothing();
    publisher.says(R"([16, 5, {"retain": true}, "com.myapp.topic", [5]])");
    late.hears(R"([36, "$topic", "$_", {}, [5]])"); // live, as any other
}

TEST_CASE("event retention: who does not ask gets nothing", "[conformance][retention]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& late = talk.join("late");
    publisher.says(R"([16, 1, {"retain": true}, "com.myapp.topic", [1]])");
    late.says(R"([32, 1, {}, "com.myapp.topic"])");
    late.hears(R"([33, 1, "$topic"])");
    late.says(R"([32, 2, {"get_retained": false}, "com.myapp.topic"])");
    late.hears(R"([33, 2, "$topic"])");
    late.says(R"([32, 3, {"get_retained": true}, "com.myapp.unused"])");
    late.hears(R"([33, 3, "$_"])");
    late.hears_nothing();
}

TEST_CASE("event retention: a subscriber may ask again", "[conformance][retention]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& subscriber = talk.join("subscriber");
    subscriber.says(R"([32, 1, {}, "com.myapp.topic"])");
    subscriber.hears(R"([33, 1, "$topic"])");
    publisher.says(R"([16, 1, {"retain": true}, "com.myapp.topic", [1]])");
    subscriber.hears(R"([36, "$topic", "$event", {}, [1]])");
    for (const auto* const request : {"2", "3"}) {
        subscriber.says("[32, " + std::string(request) + R"(, {"get_retained": true}, "com.myapp.topic"])");
        subscriber.hears("[33, " + std::string(request) + R"(, "$topic"])");
        subscriber.hears(R"([36, "$topic", "$event", {"retained": true}, [1]])");
    }
    subscriber.hears_nothing();
}

TEST_CASE("event retention: what is sent in one batch keeps its order", "[conformance][retention]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& early = talk.join("early");
    auto& late = talk.join("late");
    early.says(R"([32, 1, {}, "com.myapp.topic"])");
    early.hears(R"([33, 1, "$topic"])");
    publisher.says(R"([16, 1, {"retain": true}, "com.myapp.topic", [1]])"); // may be held back
    late.says(R"([32, 1, {"get_retained": true}, "com.myapp.topic"])");
    publisher.says(R"([16, 2, {"retain": true}, "com.myapp.topic", [2]])");
    late.hears(R"([33, 1, "$topic"])");
    late.hears(R"([36, "$topic", "$first", {"retained": true}, [1]])");
    late.hears(R"([36, "$topic", "$second", {}, [2]])");
    late.hears_nothing();
    early.hears(R"([36, "$topic", "$first", {}, [1]])");
    early.hears(R"([36, "$topic", "$second", {}, [2]])");
    early.hears_nothing();
}

TEST_CASE("event retention: a pattern brings the event of each topic in the order of the URIs",
          "[conformance][retention]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    for (const auto* const topic : {"com.b.y", "com.a.y", "com.ab", "com", "net.a", "com.a.x", "com.a.y.z", "com.a"})
        publisher.says(R"([16, 1, {"retain": true}, ")" + std::string(topic) + "\", [\"" + topic + "\"]]");
    auto& late = talk.join("late");
    const auto hears = [&late](const std::string& topic) {
        late.hears(R"([36, "$some", "$_", {"retained": true, "topic": ")" + topic + "\"}, [\"" + topic + "\"]]");
    };

    SECTION("a prefix")
    {
        late.says(R"([32, 1, {"match": "prefix", "get_retained": true}, "com.a"])");
        late.hears(R"([33, 1, "$some"])");
        for (const auto* const topic : {"com.a", "com.a.x", "com.a.y", "com.a.y.z", "com.ab"})
            hears(topic);
    }
    SECTION("the empty prefix")
    {
        late.says(R"([32, 1, {"match": "prefix", "get_retained": true}, ""])");
        late.hears(R"([33, 1, "$some"])");
        for (const auto* const topic :
             {"com", "com.a", "com.a.x", "com.a.y", "com.a.y.z", "com.ab", "com.b.y", "net.a"})
            hears(topic);
    }
    SECTION("a wildcard in the middle")
    {
        late.says(R"([32, 1, {"match": "wildcard", "get_retained": true}, "com..y"])");
        late.hears(R"([33, 1, "$some"])");
        hears("com.a.y");
        hears("com.b.y");
    }
    SECTION("wildcards at both ends")
    {
        late.says(R"([32, 1, {"match": "wildcard", "get_retained": true}, ".a."])");
        late.hears(R"([33, 1, "$some"])");
        hears("com.a.x");
        hears("com.a.y");
    }
    SECTION("a wildcard at the end")
    {
        late.says(R"([32, 1, {"match": "wildcard", "get_retained": true}, "com."])");
        late.hears(R"([33, 1, "$some"])");
        hears("com.a");
        hears("com.ab");
    }
    late.hears_nothing();
}

TEST_CASE("event retention: a publisher does not get its own event unless it would have", "[conformance][retention]")
{
    conversation talk(any_format());
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    alice.says(R"([16, 1, {"retain": true}, "com.myapp.excluding", ["alice"]])");
    alice.says(R"([16, 2, {"retain": true, "exclude_me": false}, "com.myapp.including", ["alice"]])");
    alice.says(R"([32, 3, {"match": "prefix", "get_retained": true}, "com.myapp."])");
    alice.hears(R"([33, 3, "$some"])");
    alice.hears(R"([36, "$some", "$_", {"retained": true, "topic": "com.myapp.including"}, ["alice"]])");
    alice.hears_nothing();

    // What somebody else published before is the most recent event that the publisher may have.
    alice.says(R"([34, 4, "$some"])");
    alice.hears("[35, 4]");
    for (const auto* const value : {"first", "second"})
        bob.says(R"([16, 1, {"retain": true}, "com.myapp.excluding", [")" + std::string(value) + "\"]]");
    alice.says(R"([16, 5, {"retain": true}, "com.myapp.excluding", ["third"]])");
    alice.says(R"([16, 6, {"retain": true}, "com.myapp.excluding", ["fourth"]])");
    for (auto* const each : {&alice, &bob}) {
        each->says(R"([32, 7, {"get_retained": true}, "com.myapp.excluding"])");
        each->hears(R"([33, 7, "$topic"])");
    }
    alice.hears(R"([36, "$topic", "$_", {"retained": true}, ["second"]])");
    bob.hears(R"([36, "$topic", "$_", {"retained": true}, ["fourth"]])");
    alice.hears_nothing();
    bob.hears_nothing();

    // Who comes back is another session.
    alice.vanishes();
    auto& again = talk.join("alice2");
    again.says(R"([32, 1, {"get_retained": true}, "com.myapp.excluding"])");
    again.hears(R"([33, 1, "$topic"])");
    again.hears(R"([36, "$topic", "$_", {"retained": true}, ["fourth"]])");
}

TEST_CASE("event retention: an event for some is kept beside that for everybody", "[conformance][retention]")
{
    conversation talk(any_format());
    talk.role("other").allow(action::any, prefix(""));
    auto& publisher = talk.join("publisher");
    auto& alice = talk.join("alice");
    auto& bob = talk.join("bob");
    auto& carol = talk.join("carol", {.authrole = "other"});
    const auto publish = [&](const std::string& lists, const std::string& value) {
        publisher.says(R"([16, 1, {"retain": true, "exclude_me": false)" + lists + R"(}, "com.myapp.topic", [")" +
                       value + "\"]]");
    };
    const auto gets = [&](peer& who, const std::string& value) {
        talk.forget("$topic"); // the first subscriber makes a new subscription
        who.says(R"([32, 1, {"get_retained": true}, "com.myapp.topic"])");
        who.hears(R"([33, 1, "$topic"])");
        if (!value.empty())
            who.hears(R"([36, "$topic", "$_", {"retained": true}, [")" + value + "\"]]");
        who.says(R"([34, 2, "$topic"])");
        who.hears("[35, 2]");
    };

    publish(R"(, "eligible": ["$alice"])", "early");
    gets(alice, "early");
    gets(bob, "");
    publish("", "all");
    gets(alice, "all");
    publish(R"(, "eligible": ["$bob"])", "bob");
    gets(bob, "bob");
    gets(alice, "all");
    publish(R"(, "exclude_authrole": ["other"])", "anyones");
    gets(bob, "anyones");
    gets(carol, "all");
    publish(R"(, "exclude": ["$bob"], "eligible_authid": ["bob", "carol"])", "carol");
    gets(carol, "carol");
    gets(bob, "anyones");
    publish(R"(, "eligible": [])", "nobody");
    gets(carol, "carol");
    publish("", "new");
    for (auto* const each : {&alice, &bob, &carol, &publisher})
        gets(*each, "new");
    CHECK(talk.retaining_topic_count() == 1);
    talk.on_core([](realm& core) { CHECK(core.retained_event_count() == 1); });
}

TEST_CASE("event retention: an event keeps its attributes and what it tells of its publisher",
          "[conformance][retention]")
{
    conversation talk(any_format());
    auto& alice = talk.join("alice", GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    alice.says(R"([16, 1, {"retain": true, "disclose_me": true, "x_custom": {"a": [1]}, "unknown": 2, "_y": "ü"},
                   "com.myapp.topic", [1, -2, "\u0000AAEC", {"b": [true, null]}], {"k": "v"}])");
    alice.says(R"([16, 2, {"retain": true}, "com.myapp.kwargs", [], {"k": "v"}])");
    alice.says(R"([16, 3, {"retain": true}, "com.myapp.nothing"])"); // an event without arguments is one, too
    alice.vanishes();
    auto& late = talk.join("late");
    late.says(R"([32, 1, {"get_retained": true}, "com.myapp.topic"])");
    late.hears(R"([33, 1, "$topic"])");
    late.hears(R"([36, "$topic", "$_", {"retained": true, "publisher": "$alice", "publisher_authid": "alice",
                   "publisher_authrole": "anyone", "x_custom": {"a": [1]}, "_y": "ü"},
                   [1, -2, "\u0000AAEC", {"b": [true, null]}], {"k": "v"}])");
    late.says(R"([32, 2, {"get_retained": true}, "com.myapp.kwargs"])");
    late.hears(R"([33, 2, "$kwargs"])");
    late.hears(R"([36, "$kwargs", "$_", {"retained": true}, [], {"k": "v"}])");
    late.says(R"([32, 3, {"get_retained": true}, "com.myapp.nothing"])");
    late.hears(R"([33, 3, "$nothing"])");
    late.hears(R"([36, "$nothing", "$_", {"retained": true}])");
}

TEST_CASE("event retention: payload passthru comes to those who take it, and others keep what was before",
          "[conformance][retention][passthru]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& able = talk.join("able");
    auto& unable = talk.join("unable", {.features = features_without({feature::payload_passthru_mode})});
    publisher.says(R"([16, 1, {"retain": true}, "com.myapp.topic", ["plain"]])");
    publisher.says(R"([16, 2, {"retain": true, "ppt_scheme": "mqtt", "ppt_cipher": "c"}, "com.myapp.topic",
                       ["\u0000AAEC"]])");
    for (auto* const each : {&able, &unable}) {
        each->says(R"([32, 1, {"get_retained": true}, "com.myapp.topic"])");
        each->hears(R"([33, 1, "$topic"])");
    }
    able.hears(R"([36, "$topic", "$_", {"retained": true, "ppt_scheme": "mqtt", "ppt_cipher": "c"}, ["\u0000AAEC"]])");
    unable.hears(R"([36, "$topic", "$_", {"retained": true}, ["plain"]])");
    able.hears_nothing();
    unable.hears_nothing();
}

TEST_CASE("event retention: a PUBLISH that is refused is not retained", "[conformance][retention]")
{
    conversation talk(any_format());
    talk.role("reader").allow(action::subscribe, prefix(""));
    auto& publisher = talk.join("publisher");
    auto& reader = talk.join("reader", {.authrole = "reader"});
    reader.says(R"([16, 1, {"retain": true, "acknowledge": true}, "com.myapp.topic", [1]])");
    reader.hears_error(message_type::publish, 1, "wamp.error.not_authorized");
    publisher.says(R"([16, 1, {"retain": true, "acknowledge": true}, "wamp.myapp.topic", [1]])");
    publisher.hears_error(message_type::publish, 1, "wamp.error.invalid_uri");
    publisher.says(R"([16, 2, {"retain": true, "acknowledge": true, "eligible": ["x"]}, "com.myapp.topic", [1]])");
    publisher.hears_error(message_type::publish, 2, "wamp.error.invalid_argument");
    CHECK(talk.retaining_topic_count() == 0);
    publisher.says(R"([16, 3, {"retain": true}, "com.myapp.topic", [1]])");
    reader.says(R"([32, 2, {"get_retained": true}, "com..topic"])");
    reader.hears_error(message_type::subscribe, 2, "wamp.error.invalid_uri");
    reader.hears_nothing();
}

TEST_CASE("event retention: who may not subscribe learns nothing", "[conformance][retention]")
{
    conversation talk(any_format());
    talk.role("writer").allow(action::publish, prefix(""));
    auto& writer = talk.join("writer", {.authrole = "writer"});
    auto& other = talk.join("other", {.authrole = "writer"});
    writer.says(R"([16, 1, {"retain": true}, "com.myapp.topic", [1]])");
    other.says(R"([32, 1, {"get_retained": true}, "com.myapp.topic"])");
    other.hears_error(message_type::subscribe, 1, "wamp.error.not_authorized");
    other.hears_nothing();
}

TEST_CASE("event retention: an option of the wrong type is refused", "[conformance][retention]")
{
    conversation talk(any_format());
    auto& client = talk.join("client");
    client.says(R"([16, 1, {"retain": 1, "acknowledge": true}, "com.myapp.topic", [1]])");
    client.hears_error(message_type::publish, 1, "wamp.error.invalid_argument");
    client.says(R"([32, 2, {"get_retained": "yes"}, "com.myapp.topic"])");
    client.hears_error(message_type::subscribe, 2, "wamp.error.invalid_argument");
    CHECK(talk.retaining_topic_count() == 0);
}

TEST_CASE("event retention: what a subscriber cannot take is left out, and the rest comes", "[conformance][retention]")
{
    conversation talk(any_format());
    auto& publisher = talk.join("publisher");
    auto& late = talk.join("late", {.message_bytes_max = 4096});
    publisher.says(R"([16, 1, {"retain": true}, "com.a", [1]])");
    publisher.says(R"([16, 2, {"retain": true}, "com.b", [")" + std::string(5000, 'x') + "\"]]");
    publisher.says(R"([16, 3, {"retain": true}, "com.c", [3]])");
    late.says(R"([32, 1, {"match": "prefix", "get_retained": true}, "com."])");
    late.hears(R"([33, 1, "$some"])");
    late.hears(R"([36, "$some", "$_", {"retained": true, "topic": "com.a"}, [1]])");
    late.hears(R"([36, "$some", "$_", {"retained": true, "topic": "com.c"}, [3]])");
    late.hears_nothing();
}

TEST_CASE("event retention: the broker announces it", "[conformance][retention]")
{
    CHECK(router_features().has(session_role::broker, feature::event_retention));
}

TEST_CASE("event retention: the topics with retained events can be listed, and the events be forgotten",
          "[conformance][retention]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    for (const std::string topic : {"com.b", "com.a.x", "org.a"})
        alice.says(R"([16, 1, {"retain": true}, ")" + topic + R"(", [1]])");
    const auto answers = [&](const std::string& procedure, const std::string& args, const std::string& answer) {
        alice.says("[48, 1, {}, \"junctor.retention." + procedure + "\", " + args + "]");
        alice.hears("[50, 1, {}, [" + answer + "]]");
    };
    answers("topics", R"(["", {"match": "prefix"}])", R"(["com.a.x", "com.b", "org.a"])");
    answers("topics", R"(["com", {"match": "prefix"}])", R"(["com.a.x", "com.b"])");
    answers("topics", R"([".a", {"match": "wildcard"}])", R"(["org.a"])");
    answers("topics", R"(["com.b"])", R"(["com.b"])");
    answers("forget", R"(["com.b"])", "1");
    answers("forget", R"(["com.b"])", "0");
    answers("topics", R"(["", {"match": "prefix"}])", R"(["com.a.x", "org.a"])");
    alice.says(R"([48, 2, {}, "junctor.retention.forget", []])"); // everything must be asked for in so many words
    alice.hears(R"([8, 48, 2, {}, "wamp.error.invalid_argument", ["argument 1: a string is expected"]])");
    answers("forget", R"(["", {"match": "prefix"}])", "2");
    CHECK(talk.retaining_topic_count() == 0);
}
