// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Subscriptions Meta API".
#include <chrono>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

serializer any_format()
{
    return GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
}

/// A watcher of everything that happens to subscriptions.
struct watched {
    explicit watched(serializer format) : talk(format)
    {
        int request = 0;
        for (const std::string event : {"on_delete", "on_unsubscribe", "on_create", "on_subscribe"}) {
            watcher.says("[32, " + std::to_string(++request) + ", {}, \"wamp.subscription." + event + "\"]");
            watcher.hears("[33, " + std::to_string(request) + ", \"$" + event + "\"]");
            watcher.ignores_the_rest(); // it hears of its own subscriptions
        }
    }

    conversation talk;
    peer& watcher{talk.join("watcher")};
};

} // namespace

TEST_CASE("subscription meta API: events tell of subscriptions and subscribers, in order", "[conformance][meta]")
{
    watched w(any_format());
    auto& one = w.talk.join("one");
    auto& two = w.talk.join("two");
    one.says(R"([32, 1, {"match": "wildcard"}, "com..news"])");
    one.hears(R"([33, 1, "$news"])");
    w.watcher.hears(
        R"([36, "$on_create", "$_", {}, ["$one", {"id": "$news", "created": "$_",
            "uri": "com..news", "match": "wildcard"}]])");
    w.watcher.hears(R"([36, "$on_subscribe", "$_", {}, ["$one", "$news"]])");
    one.says(R"([32, 2, {"match": "wildcard"}, "com..news"])"); // it has it already
    one.hears(R"([33, 2, "$news"])");
    w.watcher.hears_nothing();
    two.says(R"([32, 1, {"match": "wildcard"}, "com..news"])");
    two.hears(R"([33, 1, "$news"])");
    w.watcher.hears(R"([36, "$on_subscribe", "$_", {}, ["$two", "$news"]])");

    one.says(R"([34, 3, "$news"])");
    one.hears("[35, 3]");
    w.watcher.hears(R"([36, "$on_unsubscribe", "$_", {}, ["$one", "$news"]])");
    w.watcher.hears_nothing();
    SECTION("the last one unsubscribes")
    {
        two.says(R"([34, 2, "$news"])");
        two.hears("[35, 2]");
    }
    SECTION("the last one vanishes")
    {
        two.vanishes();
    }
    w.watcher.hears(R"([36, "$on_unsubscribe", "$_", {}, ["$two", "$news"]])");
    w.watcher.hears(R"([36, "$on_delete", "$_", {}, ["$two", "$news"]])");
    w.watcher.hears_nothing();
}

// On the core only: nobody else can be told the time of day.
TEST_CASE("subscription meta API: subscriptions tell when they were created", "[conformance][meta][core]")
{
    using namespace std::chrono;
    conversation talk(any_format());
    talk.realm().calibrate(talk.now(), system_clock::time_point(milliseconds(-1)));
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.a"])");
    alice.hears(R"([33, 1, "$a"])");
    alice.says(R"([48, 1, {}, "wamp.subscription.get", ["$a"]])");
    alice.hears(R"([50, 1, {}, [{"id": "$a", "created": "1969-12-31T23:59:59.999Z", "uri": "com.myapp.a",
                   "match": "exact"}]])");
}

TEST_CASE("subscription meta API: no event comes for a subscription that has ended", "[conformance][meta]")
{
    watched w(any_format());
    w.watcher.says(R"([34, 9, "$on_unsubscribe"])");
    w.watcher.hears("[35, 9]");
    w.watcher.hears(R"([36, "$on_delete", "$_", {}, ["$watcher", "$on_unsubscribe"]])");
    w.watcher.says(R"([34, 10, "$on_delete"])");
    w.watcher.hears("[35, 10]");
    w.watcher.hears_nothing();
}

TEST_CASE("subscription meta API: subscriptions can be listed and looked up", "[conformance][meta]")
{
    conversation talk(any_format());
    auto& fan = talk.join("fan");
    fan.says(R"([32, 1, {}, "com.myapp.a"])");
    fan.hears(R"([33, 1, "$a"])");
    fan.says(R"([32, 2, {"match": "prefix"}, "com.myapp"])");
    fan.hears(R"([33, 2, "$p"])");
    fan.says(R"([32, 3, {"match": "wildcard"}, "com..a"])");
    fan.hears(R"([33, 3, "$w"])");

    auto& asking = talk.join("asking");
    const auto answers = [&](const std::string& procedure, const std::string& args, const std::string& answer) {
        asking.says("[48, 1, {}, \"wamp.subscription." + procedure + "\", " + args + "]");
        asking.hears("[50, 1, {}, [" + answer + "]]");
    };
    answers("list", "[]", R"({"exact": ["$a"], "prefix": ["$p"], "wildcard": ["$w"]})");
    answers("lookup", R"(["com.myapp.a"])", R"("$a")");
    answers("lookup", R"(["com.myapp.a", {"match": "exact"}])", R"("$a")");
    answers("lookup", R"(["com.myapp.a", {"match": "prefix"}])", "null");
    answers("match", R"(["com.myapp.a"])", R"(["$a", "$p", "$w"])");
    answers("match", R"(["org.myapp.a"])", "null");
    answers("get", R"(["$p"])", R"({"id": "$p", "created": "$_", "uri": "com.myapp", "match": "prefix"})");
    answers("list_subscribers", R"(["$a"])", R"(["$fan"])");
    answers("count_subscribers", R"(["$a"])", "1");

    for (const std::string procedure : {"get", "list_subscribers", "count_subscribers"}) {
        asking.says("[48, 1, {}, \"wamp.subscription." + procedure + "\", [77]]");
        asking.hears(R"([8, 48, 1, {}, "wamp.error.no_such_subscription", ["there is no such subscription"]])");
        asking.says("[48, 2, {}, \"wamp.subscription." + procedure + "\", [\"x\"]]");
        asking.hears(R"([8, 48, 2, {}, "wamp.error.invalid_argument", ["argument 1: an identifier is expected"]])");
    }
}
