// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Registration Meta API".
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

const std::string created = R"("created": "$_")";

void says_all(peer& who, std::string_view object)
{
    int request = 0;
    for (const std::string event : {"on_create", "on_add", "on_remove", "on_delete"}) {
        const auto verb = event == "on_add" ? "on_register" : event == "on_remove" ? "on_unregister" : event;
        who.says("[32, " + std::to_string(++request) + ", {}, \"wamp." + std::string(object) + "." + verb + "\"]");
        who.hears("[33, " + std::to_string(request) + ", \"$" + event + "\"]");
    }
}

} // namespace

TEST_CASE("registration meta API: events tell of registrations and callees, in order", "[conformance][meta]")
{
    conversation talk(any_format());
    auto& watcher = talk.join("watcher");
    says_all(watcher, "registration");
    auto& one = talk.join("one");
    auto& two = talk.join("two");

    one.says(R"([64, 1, {"invoke": "roundrobin", "match": "prefix"}, "com.myapp.work"])");
    one.hears(R"([65, 1, "$work"])");
    watcher.hears(R"([36, "$on_create", "$_", {}, ["$one", {"id": "$work", )" + created +
                  R"(, "uri": "com.myapp.work", "match": "prefix", "invoke": "roundrobin"}]])");
    watcher.hears(R"([36, "$on_add", "$_", {}, ["$one", "$work"]])");
    two.says(R"([64, 1, {"invoke": "roundrobin", "match": "prefix"}, "com.myapp.work"])");
    two.hears(R"([65, 1, "$work"])");
    watcher.hears(R"([36, "$on_add", "$_", {}, ["$two", "$work"]])");

    one.says(R"([66, 2, "$work"])");
    one.hears("[67, 2]");
    watcher.hears(R"([36, "$on_remove", "$_", {}, ["$one", "$work"]])");
    watcher.hears_nothing();
    SECTION("the last callee unregisters")
    {
        two.says(R"([66, 2, "$work"])");
        two.hears("[67, 2]");
    }
    SECTION("the last callee vanishes")
    {
        two.vanishes();
    }
    watcher.hears(R"([36, "$on_remove", "$_", {}, ["$two", "$work"]])");
    watcher.hears(R"([36, "$on_delete", "$_", {}, ["$two", "$work"]])");
    watcher.hears_nothing();
}

TEST_CASE("registration meta API: registrations can be listed and looked up", "[conformance][meta]")
{
    conversation talk(any_format());
    auto& callee = talk.join("callee");
    callee.says(R"([64, 1, {}, "com.myapp.a"])");
    callee.hears(R"([65, 1, "$a"])");
    callee.says(R"([64, 2, {"match": "prefix"}, "com.myapp"])");
    callee.hears(R"([65, 2, "$p"])");
    callee.says(R"([64, 3, {"match": "wildcard"}, "com..a"])");
    callee.hears(R"([65, 3, "$w"])");

    auto& asking = talk.join("asking");
    const auto answers = [&](const std::string& procedure, const std::string& args, const std::string& answer) {
        asking.says("[48, 1, {}, \"wamp.registration." + procedure + "\", " + args + "]");
        asking.hears("[50, 1, {}, [" + answer + "]]");
    };
    answers("list", "[]", R"({"exact": ["$a"], "prefix": ["$p"], "wildcard": ["$w"]})");
    answers("lookup", R"(["com.myapp.a"])", R"("$a")");
    answers("lookup", R"(["com.myapp"])", "null");
    answers("lookup", R"(["com.myapp", {"match": "prefix"}])", R"("$p")");
    answers("lookup", R"(["com..a", {"match": "wildcard", "invoke": "single"}])", R"("$w")");
    answers("match", R"(["com.myapp.a"])", R"("$a")");
    answers("match", R"(["com.myapp.b"])", R"("$p")");
    answers("match", R"(["com.yours.a"])", R"("$w")");
    answers("match", R"(["org.myapp.a"])", "null");
    answers("get", R"(["$w"])",
            R"({"id": "$w", )" + created + R"(, "uri": "com..a", "match": "wildcard", "invoke": "single"})");
    answers("list_callees", R"(["$a"])", R"(["$callee"])");
    answers("count_callees", R"(["$a"])", "1");
}

// On the core only: nobody else can be told the time of day.
TEST_CASE("registration meta API: registrations tell when they were created", "[conformance][meta][core]")
{
    using namespace std::chrono;
    conversation talk(any_format());
    talk.realm().calibrate(talk.now(), system_clock::time_point(milliseconds(1709210096789)));
    talk.wait(250ms);
    auto& alice = talk.join("alice");
    alice.says(R"([64, 1, {}, "com.myapp.a"])");
    alice.hears(R"([65, 1, "$a"])");
    alice.says(R"([48, 1, {}, "wamp.registration.get", ["$a"]])");
    alice.hears(R"([50, 1, {}, [{"id": "$a", "created": "2024-02-29T12:34:57.039Z", "uri": "com.myapp.a",
                   "match": "exact", "invoke": "single"}]])");
}

TEST_CASE("registration meta API: what is wrong with a question", "[conformance][meta]")
{
    conversation talk(any_format());
    auto& asking = talk.join("asking");
    for (const std::string procedure : {"get", "list_callees", "count_callees"}) {
        asking.says("[48, 1, {}, \"wamp.registration." + procedure + "\", [77]]");
        asking.hears(R"([8, 48, 1, {}, "wamp.error.no_such_registration", ["there is no such registration"]])");
        asking.says("[48, 2, {}, \"wamp.registration." + procedure + "\"]");
        asking.hears(R"([8, 48, 2, {}, "wamp.error.invalid_argument", ["argument 1: an identifier is expected"]])");
    }
    for (const std::string args : {"[]", "[5]"}) {
        asking.says(R"([48, 3, {}, "wamp.registration.lookup", )" + args + "]");
        asking.hears(R"([8, 48, 3, {}, "wamp.error.invalid_argument", ["argument 1: a string is expected"]])");
    }
    asking.says(R"([48, 4, {}, "wamp.registration.lookup", ["com.x", {"match": "best"}]])");
    asking.hears(R"([8, 48, 4, {}, "wamp.error.invalid_argument", ["$_"]])");
    asking.says(R"([48, 5, {}, "wamp.registration.lookup", ["com.x", "prefix"]])");
    asking.hears(R"([8, 48, 5, {}, "wamp.error.invalid_argument", ["argument 2: a dict is expected"]])");
}

TEST_CASE("registration meta API: the router explains where a call goes", "[conformance][meta][explain]")
{
    conversation talk(any_format());
    auto& callee = talk.join("callee");
    callee.says(R"([64, 1, {"match": "prefix"}, "a1.b2.c3"])");
    callee.hears(R"([65, 1, "$p"])");
    callee.says(R"([64, 2, {"match": "wildcard"}, "a1.b2..d4"])");
    callee.hears(R"([65, 2, "$w"])");
    const auto match = [](const std::string& id, const std::string& uri, const std::string& policy) {
        return R"({"id": ")" + id + "\", " + created + R"(, "uri": ")" + uri + R"(", "match": ")" + policy +
               R"(", "invoke": "single", "callees": ["$callee"]})";
    };
    const auto p = match("$p", "a1.b2.c3", "prefix");
    const auto w = match("$w", "a1.b2..d4", "wildcard");

    auto& asking = talk.join("asking");
    const auto explains = [&](const std::string& uri, const std::string& id, const std::string& because,
                              const std::string& matches) {
        asking.says(R"([48, 1, {}, "junctor.registration.explain", [")" + uri + "\"]]");
        asking.hears(R"([50, 1, {}, [{"uri": ")" + uri + R"(", "allowed": true, "registration": )" + id +
                     R"(, "because": ")" + because + R"(", "matches": [)" + matches + "]}]]");
    };
    explains("a1.b2.c3.d4", R"("$p")", "it is the longest prefix that matches, and prefixes precede wildcards",
             p + ", " + w);
    explains("a1.b2.c33.d4", R"("$w")",
             "of the wildcards that match, it has the longest portion before its first wildcard, then before its "
             "second, and so on; no prefix of whole components matches",
             p + ", " + w);
    explains("a1.b2.c33.d5", R"("$p")", "it is the longest prefix that matches, and no wildcard does", p);
    explains("a1.b1", "null", "nothing that is registered matches", "");
    explains("wamp.session.count", "null", "the router answers it itself", "");

    talk.role("anyone").deny(action::call, prefix("secret."));
    asking.says(R"([48, 2, {}, "junctor.registration.explain", ["secret.plans"]])");
    asking.hears(R"([50, 2, {}, [{"uri": "secret.plans", "allowed": false, "registration": null, "because": "$_",
                    "matches": []}]])");
    asking.says(R"([48, 3, {}, "junctor.registration.explain", ["not a uri"]])");
    asking.hears(R"([8, 48, 3, {}, "wamp.error.invalid_uri", ["$_"]])");
}
