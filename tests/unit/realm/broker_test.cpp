// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/broker.hpp>

#include <algorithm>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("broker: a session may have so many subscriptions and no more", "[realm][broker]")
{
    conversation talk;
    guest who;
    who.limits.subscriptions_max = 2;
    auto& alice = talk.join("alice", who);
    alice.says(R"([32, 1, {}, "com.a"])");
    alice.hears(R"([33, 1, "$a"])");
    alice.says(R"([32, 2, {}, "com.b"])");
    alice.hears(R"([33, 2, "$b"])");
    alice.says(R"([32, 3, {}, "com.c"])");
    alice.hears_error(message_type::subscribe, 3, "wamp.error.too_many_requests");
    alice.says(R"([32, 4, {}, "com.a"])");
    alice.hears(R"([33, 4, "$a"])"); // no new one
    alice.says(R"([34, 5, "$b"])");
    alice.hears(R"([35, 5])");
    alice.says(R"([32, 6, {}, "com.c"])");
    alice.hears(R"([33, 6, "$_"])");
    CHECK(talk.realm().subscription_count() == 2);
}

TEST_CASE("broker: a payload without a form in a subscriber's serializer is not sent to it", "[realm][broker]")
{
    conversation talk;
    auto& publisher = talk.join("publisher", serializer::msgpack);
    auto& json = talk.join("json", serializer::json);
    auto& msgpack = talk.join("msgpack", serializer::msgpack);
    for (auto* const each : {&json, &msgpack}) {
        each->says(R"([32, 1, {}, "com.a"])");
        each->hears(R"([33, 1, "$a"])");
    }
    const std::string extension("\x95\x10\x01\x80\xa5"
                                "com.a\x91\xd4\x01\x00",
                                14);
    publisher.says_bytes(as_bytes(extension));
    json.hears_nothing();
    CHECK(msgpack.next_bytes().ends_with(extension.substr(10)));
    publisher.says(R"([16, 2, {}, "com.a", [1]])");
    json.hears(R"([36, "$a", "$_", {}, [1]])");
}

TEST_CASE("broker: an event of megabytes is followed by one of bytes", "[realm][broker]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& publisher = talk.join("publisher");
    auto& subscriber = talk.join("subscriber");
    subscriber.says(R"([32, 1, {}, "com.a"])");
    subscriber.hears(R"([33, 1, "$a"])");
    publisher.says(R"([16, 1, {}, "com.a", [")" + std::string(3'000'000, 'x') + "\"]]");
    CHECK(subscriber.next_bytes().size() > 3'000'000);
    publisher.says(R"([16, 2, {}, "com.a", ["y"]])");
    subscriber.hears(R"([36, "$a", "$_", {}, ["y"]])");
}

TEST_CASE("broker: subscribers come and go in any order", "[realm][broker]")
{
    const auto seed = GENERATE(range(1u, 11u));
    CAPTURE(seed);
    std::mt19937 random(seed);
    conversation talk;
    auto& publisher = talk.join("publisher");
    std::vector<peer*> peers;
    std::vector<bool> subscribed(12, false);
    for (std::size_t i = 0; i < subscribed.size(); ++i)
        peers.push_back(&talk.join("peer" + std::to_string(i)));
    for (int step = 0; step < 200; ++step) {
        const auto which = random() % peers.size();
        peers[which]->says(subscribed[which] ? R"([34, 1, "$a"])" : R"([32, 1, {}, "com.a"])");
        if (std::count(subscribed.begin(), subscribed.end(), true) == 0)
            talk.forget("$a"); // the first subscriber makes a new subscription
        peers[which]->hears(subscribed[which] ? "[35, 1]" : R"([33, 1, "$a"])");
        subscribed[which] = !subscribed[which];
        publisher.says("[16, 1, {}, \"com.a\", [" + std::to_string(step) + "]]");
        for (std::size_t i = 0; i < peers.size(); ++i) {
            if (subscribed[i])
                peers[i]->hears(R"([36, "$a", "$_", {}, [)" + std::to_string(step) + "]]");
            peers[i]->hears_nothing();
        }
    }
}

TEST_CASE("broker: events of one batch arrive in their order, whatever comes between them", "[realm][broker]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& publisher = talk.join("publisher");
    auto& subscriber = talk.join("subscriber");
    subscriber.says(R"([32, 1, {}, "com.a"])");
    subscriber.hears(R"([33, 1, "$a"])");
    subscriber.says(R"([32, 2, {}, "com.b"])");
    subscriber.hears(R"([33, 2, "$b"])");
    subscriber.says(R"([64, 3, {}, "com.proc"])");
    subscriber.hears(R"([65, 3, "$r"])");

    publisher.says(R"([16, 1, {}, "com.a", [1]])");
    publisher.says(R"([16, 2, {}, "com.a", [2]])");
    publisher.says(R"([16, 3, {}, "com.b", [3]])");
    publisher.says(R"([16, 4, {}, "com.a", [4]])");
    publisher.says(R"([48, 5, {}, "com.proc"])");
    publisher.says(R"([16, 6, {}, "com.a", [6]])");
    subscriber.hears(R"([36, "$a", "$_", {}, [1]])");
    subscriber.hears(R"([36, "$a", "$_", {}, [2]])");
    subscriber.hears(R"([36, "$b", "$_", {}, [3]])");
    subscriber.hears(R"([36, "$a", "$_", {}, [4]])");
    subscriber.hears(R"([68, 1, "$r", {}])");
    subscriber.hears(R"([36, "$a", "$_", {}, [6]])");
    subscriber.hears_nothing();
}

TEST_CASE("broker: an event that waits is sent before anybody can leave, subscribe or unsubscribe", "[realm][broker]")
{
    conversation talk;
    auto& publisher = talk.join("publisher");
    auto& subscriber = talk.join("subscriber");
    auto& late = talk.join("late");
    subscriber.says(R"([32, 1, {}, "com.a"])");
    subscriber.hears(R"([33, 1, "$a"])");

    publisher.says(R"([16, 1, {}, "com.a", [1]])");
    late.says(R"([32, 1, {}, "com.a"])");
    late.hears(R"([33, 1, "$a"])");
    late.hears_nothing();
    subscriber.hears(R"([36, "$a", "$_", {}, [1]])");

    publisher.says(R"([16, 2, {}, "com.a", [2]])");
    subscriber.says(R"([34, 2, "$a"])");
    subscriber.hears(R"([36, "$a", "$_", {}, [2]])");
    subscriber.hears("[35, 2]");

    publisher.says(R"([16, 3, {}, "com.a", [3]])");
    publisher.vanishes();
    late.hears(R"([36, "$a", "$_", {}, [2]])");
    late.hears(R"([36, "$a", "$_", {}, [3]])");
}

TEST_CASE("broker: events of one batch differ in what is asked for each of them", "[realm][broker]")
{
    conversation talk;
    auto& publisher = talk.join("publisher");
    auto& subscriber = talk.join("subscriber");
    for (auto* const each : {&publisher, &subscriber}) {
        each->says(R"([32, 1, {}, "com.a"])");
        each->hears(R"([33, 1, "$a"])");
    }
    publisher.says(R"([16, 2, {}, "com.a", [2]])");
    publisher.says(R"([16, 3, {"exclude_me": false}, "com.a", [3]])");
    publisher.says(R"([16, 4, {"eligible": []}, "com.a", [4]])");
    publisher.says(R"([16, 5, {"disclose_me": true}, "com.a", [5]])");
    publisher.says(R"([16, 6, {"x_mark": 7}, "com.a", [6]])");
    publisher.says(R"([16, 7, {"acknowledge": true}, "com.a", [7]])");
    publisher.hears(R"([36, "$a", "$_", {}, [3]])");
    publisher.hears(R"([17, 7, "$p"])");
    subscriber.hears(R"([36, "$a", "$_", {}, [2]])");
    subscriber.hears(R"([36, "$a", "$_", {}, [3]])");
    subscriber.hears(R"([36, "$a", "$_", {"publisher": "$publisher", "publisher_authid": "publisher",
                                        "publisher_authrole": "anyone"}, [5]])");
    subscriber.hears(R"([36, "$a", "$_", {"x_mark": 7}, [6]])");
    subscriber.hears(R"([36, "$a", "$p", {}, [7]])");
}

TEST_CASE("broker: nobody gets an event twice if there is no memory to hand it to somebody else", "[realm][broker]")
{
    conversation talk;
    auto& publisher = talk.join("publisher");
    auto& first = talk.join("first");
    auto& second = talk.join("second");
    for (auto* const each : {&first, &second}) {
        each->says(R"([32, 1, {}, "com.a"])");
        each->hears(R"([33, 1, "$a"])");
    }
    second.outlet().run_out_of_memory();
    publisher.says(R"([16, 1, {}, "com.a", [1]])");
    CHECK_THROWS_AS(talk.realm().settle(), std::bad_alloc);
    first.hears(R"([36, "$a", "$_", {}, [1]])");
    first.hears_nothing();
}
