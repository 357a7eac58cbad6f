// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/retained_events.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

/// A conversation of two, of which one publishes events to be retained.
struct retention {
    explicit retention(const retained_limits& limits)
        : talk(serializer::json, options_with(limits)), publisher{talk.join("publisher")}, reader{talk.join("reader")}
    {
    }

    static realm_options options_with(const retained_limits& limits)
    {
        realm_options options;
        options.retained = limits;
        return options;
    }

    void publish(const std::string& topic, const std::string& payload = "x", const std::string& more = "")
    {
        publisher.says(R"([16, 1, {"retain": true)" + more + "}, \"" + topic + "\", [\"" + payload + "\"]]");
    }

    [[nodiscard]] std::vector<std::string> topics()
    {
        return talk.realm().retained_topics("", match_policy::prefix, talk.now());
    }

    /// What the reader gets of one topic; empty if nothing.
    [[nodiscard]] std::string payload_of(const std::string& topic)
    {
        talk.forget("$topic");
        reader.says(R"([32, 1, {"get_retained": true}, ")" + topic + "\"]");
        reader.hears(R"([33, 1, "$topic"])");
        const auto event = reader.next_bytes();
        reader.says(R"([34, 2, "$topic"])");
        if (event.empty() || event.starts_with("[35"))
            return {};
        reader.hears("[35, 2]");
        const auto start = event.find("[\"") + 2;
        return event.substr(start, event.find('"', start) - start);
    }

    conversation talk;
    peer& publisher;
    peer& reader;
};

using names_of_topics = std::vector<std::string>;

} // namespace

TEST_CASE("retained events: the oldest go when there are too many", "[realm][retained]")
{
    retention kept({.events_max = 3});
    for (const auto* const topic : {"com.d", "com.a", "com.c"})
        kept.publish(topic);
    CHECK(kept.topics() == names_of_topics{"com.a", "com.c", "com.d"});
    kept.publish("com.d", "again"); // now it is the most recent one
    kept.publish("com.b");
    CHECK(kept.topics() == names_of_topics{"com.b", "com.c", "com.d"});
    kept.publish("com.e");
    kept.publish("com.f");
    CHECK(kept.topics() == names_of_topics{"com.b", "com.e", "com.f"});
    CHECK(kept.talk.realm().retained_event_count() == 3);
}

TEST_CASE("retained events: there may be none at all", "[realm][retained]")
{
    retention kept({.events_max = 0});
    kept.publish("com.a");
    CHECK(kept.topics().empty());
    CHECK(kept.payload_of("com.a").empty());
}

TEST_CASE("retained events: the oldest go when they take too much memory", "[realm][retained]")
{
    retention kept({.bytes_max = 64 * 1024});
    for (int n = 100; n < 200; ++n)
        kept.publish("com.t" + std::to_string(n), std::string(4000, 'x'));
    const auto left = kept.topics();
    CHECK(left.size() >= 12);
    CHECK(left.size() <= 16);
    CHECK(left.back() == "com.t199");
    CHECK(left.front() == "com.t" + std::to_string(200 - left.size()));
}

TEST_CASE("retained events: lists of subscribers count as memory", "[realm][retained]")
{
    retention kept({.bytes_max = 64 * 1024});
    std::string names = "\"n\"";
    for (int n = 0; n < 100; ++n)
        names += ", \"n" + std::to_string(n) + '"';
    for (int n = 100; n < 200; ++n)
        kept.publish("com.t" + std::to_string(n), "x", R"(, "eligible_authid": [)" + names + "]");
    CHECK(kept.topics().size() >= 10);
    CHECK(kept.topics().size() <= 20); // each has a hundred strings
}

TEST_CASE("retained events: one that is too large is not kept, and makes the one before outdated", "[realm][retained]")
{
    retention kept({.bytes_max = 64 * 1024});
    kept.publish("com.a", "small");
    kept.publish("com.b", "small");
    kept.publish("com.a", std::string(9000, 'x'));
    CHECK(kept.topics() == names_of_topics{"com.b"});
    kept.publish("com.a", std::string(7000, 'x'));
    CHECK(kept.topics() == names_of_topics{"com.a", "com.b"});
    kept.publish("com.b", std::string(9000, 'x'), R"(, "eligible_authid": ["somebody"])");
    CHECK(kept.topics() == names_of_topics{"com.a", "com.b"}); // it was not for all
}

TEST_CASE("retained events: a topic has only so many that are for some", "[realm][retained]")
{
    retention kept({.restricted_per_topic_max = 4});
    kept.publish("com.a", "for all");
    for (int n = 0; n < 10; ++n)
        kept.publish("com.a", "for some", R"(, "eligible_authid": ["nobody"])");
    CHECK(kept.talk.realm().retained_event_count() == 5);
    CHECK(kept.payload_of("com.a") == "for all");
    kept.publish("com.a", "for some", R"(, "eligible_authid": ["reader"])");
    CHECK(kept.talk.realm().retained_event_count() == 5);
    CHECK(kept.payload_of("com.a") == "for some");
    kept.publish("com.b", "for some", R"(, "eligible_authid": ["nobody"])");
    CHECK(kept.talk.realm().retained_event_count() == 6);
    kept.publish("com.a", "for all again");
    CHECK(kept.talk.realm().retained_event_count() == 2);
}

TEST_CASE("retained events: an event is kept for so long", "[realm][retained]")
{
    retention kept({.age_max = 1000ms});
    kept.publish("com.a", "a");
    kept.talk.wait(600ms);
    kept.publish("com.b", "b");
    kept.talk.wait(399ms);
    CHECK(kept.payload_of("com.a") == "a");
    kept.talk.wait(1ms);
    CHECK(kept.payload_of("com.a").empty());
    CHECK(kept.topics() == names_of_topics{"com.b"});
    kept.talk.wait(600ms);
    CHECK(kept.topics().empty());
    CHECK(kept.talk.realm().retained_event_count() == 0);
}

TEST_CASE("retained events: those of a pattern can be forgotten", "[realm][retained]")
{
    retention kept({});
    auto& realm = kept.talk.realm();
    for (const auto* const topic : {"com.a", "com.a.b", "com.b.b", "com.bc", "net.a"})
        kept.publish(topic);
    kept.publish("com.a.b", "x", R"(, "eligible_authid": ["reader"])");
    CHECK(realm.forget_retained("com", match_policy::exact) == 0);
    CHECK(realm.forget_retained("com..b", match_policy::wildcard) == 3);
    CHECK(kept.topics() == names_of_topics{"com.a", "com.bc", "net.a"});
    CHECK(realm.forget_retained("com.a", match_policy::exact) == 1);
    CHECK(realm.forget_retained("com.b", match_policy::prefix) == 1);
    CHECK(kept.payload_of("com.bc").empty());
    CHECK(kept.topics() == names_of_topics{"net.a"});
    CHECK(realm.forget_retained("", match_policy::prefix) == 1);
    CHECK(realm.retained_event_count() == 0);
}

TEST_CASE("retained events: topics are found by every kind of pattern", "[realm][retained]")
{
    const auto seed = GENERATE(range(1u, 6u));
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto draw = [&random](const names_of_topics& parts) {
        auto uri = parts[random() % parts.size()];
        for (auto more = random() % 4; more > 0; --more)
            uri += "." + parts[random() % parts.size()];
        return uri;
    };
    retention kept({});
    names_of_topics all;
    for (int n = 0; n < 60; ++n)
        all.push_back(draw({"a", "b", "ab", "a-"}));
    for (const auto& topic : all)
        kept.publish(topic);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    for (int n = 0; n < 300; ++n) {
        const auto match = std::vector{match_policy::exact, match_policy::prefix, match_policy::wildcard}[random() % 3];
        const auto pattern = draw({"", "", "a", "b"});
        CAPTURE(pattern, to_string(match));
        names_of_topics expected;
        std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                     [&](const std::string& topic) { return matches(pattern, match, topic); });
        CHECK(kept.talk.realm().retained_topics(pattern, match, kept.talk.now()) == expected);
    }
}

TEST_CASE("retained events: a payload without a form in a subscriber's serializer is left out", "[realm][retained]")
{
    retention kept({});
    auto& binary = kept.talk.join("binary", serializer::msgpack);
    const std::string extension("\x95\x10\x01\x81\xa6retain\xc3\xa5"
                                "com.a\x91\xd4\x01\x00",
                                22);
    binary.says_bytes(as_bytes(extension));
    kept.publish("com.b", "b");
    kept.reader.says(R"([32, 1, {"get_retained": true, "match": "prefix"}, "com."])");
    kept.reader.hears(R"([33, 1, "$some"])");
    kept.reader.hears(R"([36, "$some", "$_", {"retained": true, "topic": "com.b"}, ["b"]])");
    kept.reader.hears_nothing();
    auto& able = kept.talk.join("able", serializer::msgpack);
    able.says(R"([32, 1, {"get_retained": true}, "com.a"])");
    able.hears(R"([33, 1, "$a"])");
    CHECK(able.next_bytes().ends_with(extension.substr(18)));
}

TEST_CASE("retained events: a full queue gets no more of them", "[realm][retained]")
{
    retention kept({});
    for (const auto* const topic : {"com.a", "com.b"})
        kept.publish(topic);
    kept.reader.outlet().refuse();
    kept.reader.says(R"([32, 1, {"get_retained": true, "match": "prefix"}, "com."])");
    kept.reader.outlet().refuse(false);
    kept.reader.hears_nothing();
    CHECK(kept.talk.realm().retained_event_count() == 2);
}

TEST_CASE("retained events: they outlive their publisher and all subscribers", "[realm][retained]")
{
    retention kept({});
    kept.publish("com.a", "a");
    CHECK(kept.payload_of("com.a") == "a");
    kept.publisher.vanishes();
    CHECK(kept.talk.realm().subscription_count() == 0);
    CHECK(kept.payload_of("com.a") == "a");
}
