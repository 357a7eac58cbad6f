// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Event History".
#include <chrono>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

realm_options with_history(std::size_t events_max = 100, std::size_t bytes_max = 1 << 20)
{
    realm_options options;
    options.event_history = {{exact("com.myapp.log.auth"), events_max, bytes_max},
                             {prefix("com.myapp.log"), events_max, bytes_max}};
    return options;
}

/// A realm that keeps what is published to a topic, and to all topics beside it.
struct archive {
    explicit archive(realm_options options = with_history())
        : talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), std::move(options))
    {
        for (const std::string match : {"exact", "prefix"}) {
            const std::string uri = match == "exact" ? "com.myapp.log.auth" : "com.myapp.log";
            reader.says(R"([48, 1, {}, "wamp.subscription.lookup", [")" + uri + R"(", {"match": ")" + match + "\"}]]");
            reader.hears("[50, 1, {}, [\"$" + match + "\"]]");
        }
    }

    /// Publishes `number`, and lets time pass.
    void publishes(const std::string& topic, int number, const std::string& options = "")
    {
        writer.says(R"([16, 1, {"acknowledge": true)" + options + "}, \"" + topic + "\", [" + std::to_string(number) +
                    "]]");
        writer.hears("[17, 1, \"$p" + std::to_string(number) + "\"]");
        talk.wait(std::chrono::milliseconds(5));
        writer.says(R"([34, 99, 99])"); // so that the realm is told the time
        writer.hears_error(message_type::unsubscribe, 99, "wamp.error.no_such_subscription");
    }

    void publishes_some()
    {
        publishes("com.myapp.log.auth", 1);
        publishes("com.myapp.log.basket", 2);
        publishes("com.myapp.log.basket", 3);
        publishes("com.myapp.log.auth", 4);
        publishes("com.other", 5);
    }

    /// Learns when the events of the prefix were published: `$t1` and so on.
    void learns_times(const std::vector<int>& numbers)
    {
        std::string events;
        for (const auto number : numbers) {
            const auto n = std::to_string(number);
            events += std::string(events.empty() ? "" : ", ") + R"({"timestamp": "$t)" + n +
                      R"(", "subscription": "$prefix", "publication": "$p)" + n + R"(", "details": "$_", "args": [)" +
                      n + "]}";
        }
        reader.says(R"([48, 2, {}, "wamp.subscription.get_events", ["$prefix"]])");
        reader.hears("[50, 2, {}, [[" + events + "]]]");
    }

    /// Asks for events, and hears of those that bear these numbers.
    void finds(const std::string& subscription, const std::string& conditions, const std::vector<int>& numbers)
    {
        INFO(subscription << " " << conditions);
        reader.says(R"([48, 2, {}, "wamp.subscription.get_events", ["$)" + subscription + "\"], " + conditions + "]");
        std::string events;
        for (const auto number : numbers) {
            const auto n = std::to_string(number);
            events += std::string(events.empty() ? "" : ", ") + R"({"timestamp": "$_", "subscription": "$)" +
                      subscription + R"(", "publication": "$p)" + n + R"(", "details": "$_", "args": [)" + n + "]}";
        }
        reader.hears("[50, 2, {}, [[" + events + "]]]");
    }

    void fails(const std::string& rest, const std::string& uri, const std::string& text = "$_")
    {
        INFO(rest);
        reader.says(R"([48, 3, {}, "wamp.subscription.get_events", )" + rest + "]");
        reader.hears(R"([8, 48, 3, {}, "wamp.error.)" + uri + "\", [\"" + text + "\"]]");
    }

    conversation talk;
    peer& writer{talk.join("writer")};
    peer& reader{talk.join("reader")};
};

} // namespace

TEST_CASE("event history: each subscription keeps what was published to it, in order", "[conformance][history]")
{
    archive a;
    a.finds("exact", "{}", {});
    a.publishes_some();
    a.finds("exact", "{}", {1, 4});
    a.finds("prefix", "{}", {1, 2, 3, 4});
    a.reader.says(R"([48, 3, {}, "wamp.subscription.get_events", ["$prefix"], {"limit": 2}])");
    a.reader.hears(R"([50, 3, {}, [[
        {"timestamp": "$_", "subscription": "$prefix", "publication": "$p1",
         "details": {"topic": "com.myapp.log.auth"}, "args": [1]},
        {"timestamp": "$_", "subscription": "$prefix", "publication": "$p2",
         "details": {"topic": "com.myapp.log.basket"}, "args": [2]}]]])");
}

TEST_CASE("event history: payload and details are those of the events", "[conformance][history]")
{
    archive a;
    a.writer.says(R"([16, 1, {"disclose_me": true, "x_mark": 7}, "com.myapp.log.auth"])");
    a.writer.says(R"([16, 2, {}, "com.myapp.log.auth", [], {"key": [null, 1.5, "ü"]}])");
    a.reader.says(R"([48, 3, {}, "wamp.subscription.get_events", ["$exact"]])");
    a.reader.hears(R"([50, 3, {}, [[
        {"timestamp": "$_", "subscription": "$exact", "publication": "$_",
         "details": {"publisher": "$writer", "publisher_authid": "writer", "publisher_authrole": "anyone", "x_mark": 7}},
        {"timestamp": "$_", "subscription": "$exact", "publication": "$_", "details": {}, "args": [],
         "kwargs": {"key": [null, 1.5, "ü"]}}]]])");
}

TEST_CASE("event history: every condition, alone and together", "[conformance][history]")
{
    archive a;
    a.publishes_some();
    a.learns_times({1, 2, 3, 4});
    const auto publication = [&](int number) { return std::to_string(a.talk.number("$p" + std::to_string(number))); };
    const std::string second = "\"$t2\"";
    a.finds("prefix", R"({"reverse": true})", {4, 3, 2, 1});
    a.finds("prefix", R"({"reverse": true, "limit": 3})", {4, 3, 2});
    a.finds("prefix", R"({"reverse": false, "limit": 100})", {1, 2, 3, 4});
    a.finds("prefix", R"({"from_time": )" + second + "}", {2, 3, 4});
    a.finds("prefix", R"({"after_time": )" + second + "}", {3, 4});
    a.finds("prefix", R"({"before_time": )" + second + "}", {1});
    a.finds("prefix", R"({"until_time": )" + second + "}", {1, 2});
    a.finds("prefix", R"({"until_time": "$t2", "after_time": "$t1"})", {2});
    a.finds("prefix", R"({"topic": "com.myapp.log.basket"})", {2, 3});
    a.finds("prefix", R"({"topic": "com.myapp.log"})", {});
    a.finds("prefix", R"({"from_publication": )" + publication(2) + "}", {2, 3, 4});
    a.finds("prefix", R"({"after_publication": )" + publication(2) + "}", {3, 4});
    a.finds("prefix", R"({"before_publication": )" + publication(3) + "}", {1, 2});
    a.finds("prefix", R"({"until_publication": )" + publication(3) + "}", {1, 2, 3});
    a.finds("prefix", R"({"before_publication": )" + publication(1) + "}", {});
    a.finds("prefix", R"({"after_publication": )" + publication(4) + "}", {});
    a.finds("prefix", R"({"from_publication": )" + publication(3) + R"(, "until_publication": )" + publication(2) + "}",
            {});
    a.finds("prefix",
            R"({"after_publication": )" + publication(1) + R"(, "topic": "com.myapp.log.basket", "reverse": true,
                "limit": 1, "until_time": "$t3"})",
            {3});
    a.finds("exact", R"({"limit": null, "topic": null, "from_time": null, "reverse": null})", {1, 4});
}

// On the core only: nobody else can be told the time of day.
TEST_CASE("event history: times are those of the day, as RFC 3339 writes them", "[conformance][history][core]")
{
    using namespace std::chrono;
    archive a;
    a.talk.realm().calibrate(a.talk.now(), system_clock::time_point(milliseconds(1709210096000))); // 12:34:56 UTC
    a.publishes("com.myapp.log.auth", 1);
    a.publishes("com.myapp.log.auth", 2);
    a.reader.says(R"([48, 3, {}, "wamp.subscription.get_events", ["$exact"], {"limit": 1}])");
    a.reader.hears(R"([50, 3, {}, [[{"timestamp": "2024-02-29T12:34:56.000Z", "subscription": "$exact",
                     "publication": "$p1", "details": {}, "args": [1]}]]])");
    a.finds("exact", R"({"until_time": "2024-02-29T14:34:56.005+02:00", "after_time": "2024-02-29T12:34:56.0001Z"})",
            {2});
}

// On the core only: nobody else can be told the time of day.
TEST_CASE("event history: the time that an event tells is its time, to the millisecond", "[conformance][history][core]")
{
    using namespace std::chrono;
    archive a;
    a.talk.realm().calibrate(a.talk.now(), system_clock::time_point(microseconds(1709210096000700)));
    a.publishes("com.myapp.log.auth", 1);
    a.publishes("com.myapp.log.auth", 2);
    a.finds("exact", R"({"after_time": "2024-02-29T12:34:56.000Z"})", {2});
    a.finds("exact", R"({"until_time": "2024-02-29T12:34:56.000Z"})", {1});
}

TEST_CASE("event history: what is wrong with a question", "[conformance][history]")
{
    archive a;
    a.publishes_some();
    a.fails("[]", "invalid_argument", "argument 1: an identifier is expected");
    a.fails("[123]", "no_such_subscription");
    for (const std::string conditions :
         {R"({"limit": 0})", R"({"limit": "5"})", R"({"reverse": 1})", R"({"from_time": 5})", R"({"topic": 5})",
          R"({"from_time": "yesterday"})", R"({"until_time": "2024-02-30T00:00:00Z"})",
          R"({"until_time": "2024-02-29T00:00:00"})", R"({"until_time": "2024-02-29T25:00:00Z"})",
          R"({"until_time": "2024-02-29T00:00:00Zulu"})", R"({"from_publication": "x"})", R"({"from_publication": 0})"})
        a.fails(R"(["$exact"], )" + conditions, "invalid_argument");
    const auto of_another_topic = std::to_string(a.talk.number("$p2"));
    a.fails(R"(["$exact"], {"after_publication": )" + of_another_topic + "}", "invalid_argument",
            "a publication that is named is not in the history, or not any more");
}

TEST_CASE("event history: the oldest go when there are too many or too large", "[conformance][history]")
{
    SECTION("by number")
    {
        archive a(with_history(2));
        a.publishes_some();
        a.finds("prefix", "{}", {3, 4});
        const auto gone = std::to_string(a.talk.number("$p1"));
        a.fails(R"(["$prefix"], {"after_publication": )" + gone + "}", "invalid_argument");
    }
    SECTION("by size")
    {
        archive a(with_history(100, 65'536));
        a.publishes("com.myapp.log.auth", 1);
        a.writer.says(R"([16, 1, {}, "com.myapp.log.auth", [")" + std::string(70'000, 'x') + "\"]]");
        a.finds("exact", "{}", {1});
        a.writer.says(R"([16, 1, {}, "com.myapp.log.auth", [")" + std::string(40'000, 'x') + "\"]]");
        a.publishes("com.myapp.log.auth", 2);
        a.publishes("com.myapp.log.auth", 3);
        a.reader.says(R"([48, 3, {}, "wamp.subscription.get_events", ["$exact"], {"reverse": true, "limit": 2}])");
        a.reader.hears(R"([50, 3, {}, [["$_", "$_"]]])");
    }
}

TEST_CASE("event history: lists of names hold when events are asked for; those for sessions are not kept",
          "[conformance][history]")
{
    archive a;
    a.publishes("com.myapp.log.auth", 1, R"(, "eligible_authid": ["reader"])");
    a.publishes("com.myapp.log.auth", 2, R"(, "exclude_authid": ["reader"])");
    a.publishes("com.myapp.log.auth", 3, R"(, "eligible_authrole": ["admin"])");
    a.publishes("com.myapp.log.auth", 4, R"(, "exclude_authrole": ["admin"])");
    a.publishes("com.myapp.log.auth", 5, R"(, "eligible": ["$reader"])");
    a.publishes("com.myapp.log.auth", 6, R"(, "exclude": [])");
    a.finds("exact", "{}", {1, 4});
}

TEST_CASE("event history: nobody sees what they may not subscribe to", "[conformance][history]")
{
    archive a;
    a.talk.role("guest").allow(action::call, prefix("wamp.")).allow(action::subscribe, prefix("com.other"));
    guest stranger;
    stranger.authrole = "guest";
    auto& eve = a.talk.join("eve", stranger);
    a.publishes_some();
    const std::string request = R"([48, 1, {}, "wamp.subscription.get_events", ["$exact"]])";
    eve.says(request);
    eve.hears(R"([8, 48, 1, {}, "wamp.error.not_authorized", ["the session may not subscribe to this"]])");
    a.talk.role("guest").allow(action::subscribe, prefix("com.myapp.log"));
    eve.says(request);
    eve.hears(R"([50, 1, {}, [["$_", "$_"]]])");
}

TEST_CASE("event history: a subscription that keeps one outlives its subscribers", "[conformance][history]")
{
    archive a;
    auto& fan = a.talk.join("fan");
    fan.says(R"([32, 1, {}, "com.myapp.log.auth"])");
    fan.hears(R"([33, 1, "$exact"])");
    a.publishes("com.myapp.log.auth", 1);
    fan.hears(R"([36, "$exact", "$p1", {}, [1]])");
    fan.says(R"([34, 2, "$exact"])");
    fan.hears("[35, 2]");
    a.publishes("com.myapp.log.auth", 2);
    a.finds("exact", "{}", {1, 2});
    a.reader.says(R"([48, 4, {}, "wamp.subscription.get", ["$exact"]])");
    a.reader.hears(R"([50, 4, {}, [{"id": "$exact", "created": "$_",
                     "uri": "com.myapp.log.auth", "match": "exact"}]])");
}

TEST_CASE("event history: a subscription without one has no events", "[conformance][history]")
{
    archive a;
    a.reader.says(R"([32, 1, {}, "com.other"])");
    a.reader.hears(R"([33, 1, "$plain"])");
    a.publishes_some();
    a.reader.hears(R"([36, "$plain", "$p5", {}, [5]])");
    a.finds("plain", "{}", {});
}
