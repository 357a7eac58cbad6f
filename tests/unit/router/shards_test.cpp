// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/router/router.hpp>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "running_router.hpp"
#include "support/catch.hpp"
#include "support/json_client.hpp"

using namespace junctor;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

// Connections go to the shards in turn, so that of two clients each is on a shard of its own.

TEST_CASE("shards: a router needs at least one", "[router][shards]")
{
    CHECK_THROWS_AS(router(std::vector<boost::asio::io_context*>()), std::invalid_argument);
}

TEST_CASE("shards: calls go from one shard to the other and back", "[router][shards]")
{
    guest_router running(2);
    json_client callee(running.url);
    json_client caller(running.url);
    callee.hello("realm1");
    caller.hello("realm1");
    const auto registered = callee.ask(R"([64,1,{},"com.echo"])");
    CHECK(registered.starts_with("[65,1,"));
    for (int call = 1; call <= 20; ++call) {
        const auto number = std::to_string(call);
        caller.send("[48," + number + R"(,{},"com.echo",[)" + number + "]]");
        CHECK_THAT(callee.receive(), ContainsSubstring("[" + number + "]]"));
        callee.send("[70," + number + ",{},[" + number + "]]");
        CHECK(caller.receive() == "[50," + number + ",{},[" + number + "]]");
    }
}

TEST_CASE("shards: events reach subscribers on every shard, in order", "[router][shards]")
{
    guest_router running(3);
    std::deque<json_client> subscribers;
    for (int i = 0; i < 7; ++i) {
        subscribers.emplace_back(running.url);
        subscribers.back().hello("realm1");
        CHECK(subscribers.back().ask(R"([32,1,{},"com.topic"])").starts_with("[33,1,"));
    }
    json_client publisher(running.url);
    publisher.hello("realm1");
    for (int event = 1; event <= 50; ++event)
        publisher.send("[16," + std::to_string(event) + R"(,{},"com.topic",[)" + std::to_string(event) + "]]");
    for (auto& subscriber : subscribers) {
        for (int event = 1; event <= 50; ++event)
            CHECK_THAT(subscriber.receive(), ContainsSubstring("[" + std::to_string(event) + "]]"));
    }
}

TEST_CASE("shards: procedures of the program answer callers on every shard", "[router][shards]")
{
    auth::anonymous guests("guest");
    running_router running(2);
    auto& realm1 = running.router.open_realm("realm1");
    realm1.role("guest").allow(action::any, prefix(""));
    std::vector<std::thread::id> threads;
    realm1.procedure("com.twice", [&](int number) {
        threads.push_back(std::this_thread::get_id());
        return 2 * number;
    });
    realm1.procedure("com.offer", [&] { realm1.procedure("com.late", [] { return "here"; }); });
    const auto url = running.router.listen(guest_transport(guests));
    running.start();

    json_client one(url);
    json_client two(url);
    for (auto* const client : {&one, &two}) {
        client->hello("realm1");
        CHECK(client->ask(R"([48,1,{},"com.twice",[21]])") == R"([50,1,{},[42]])");
    }
    CHECK(two.ask(R"([48,2,{},"com.offer"])") == "[50,2,{}]");
    CHECK(one.ask(R"([48,2,{},"com.late"])") == R"([50,2,{},["here"]])");
    CHECK_THAT(two.ask(R"([48,3,{},"com.offer"])"), ContainsSubstring("wamp.error.internal_error"));
    running.stop();
    REQUIRE(threads.size() == 2);
    CHECK(threads[0] == threads[1]);
}

TEST_CASE("shards: a call from any shard times out though nothing else happens", "[router][shards]")
{
    guest_router running(2);
    json_client one(running.url);
    json_client two(running.url);
    one.hello("realm1");
    two.hello("realm1");
    CHECK(one.ask(R"([64,1,{},"com.slow"])").starts_with("[65,1,"));
    CHECK(two.ask(R"([64,1,{},"com.slow_too"])").starts_with("[65,1,"));
    // The timer is set for the later call first, and must be set anew for the sooner one.
    two.send(R"([48,2,{"timeout":60000},"com.slow"])");
    CHECK_THAT(two.ask(R"([48,3,{"timeout":50},"com.slow"])"), ContainsSubstring("wamp.error.timeout"));
    CHECK_THAT(two.ask(R"([48,4,{"timeout":50},"com.slow"])"), ContainsSubstring("wamp.error.timeout"));
    CHECK(one.receive().starts_with("[68,1,"));
}

TEST_CASE("shards: a timeout that is not due yet does not keep a router that closes from ending", "[router][shards]")
{
    guest_router running(2);
    json_client callee(running.url);
    json_client caller(running.url);
    callee.hello("realm1");
    caller.hello("realm1");
    CHECK(callee.ask(R"([64,1,{},"com.slow"])").starts_with("[65,1,"));
    caller.send(R"([48,1,{"timeout":600000},"com.slow"])");
    CHECK(callee.receive().starts_with("[68,1,"));
    running.stop();
    CHECK(running.router.connection_count() == 0);
}

TEST_CASE("shards: when the router closes, sessions on every shard leave at once, however silent", "[router][shards]")
{
    guest_router running(2);
    std::deque<json_client> silent;
    for (int i = 0; i < 6; ++i)
        silent.emplace_back(running.url).hello("realm1");
    const json_client not_joined(running.url);
    const json_client not_joined_either(running.url);
    boost::asio::post(running.io, [&] { running.router.close(); });
    for (auto& client : silent)
        CHECK(client.receive() == R"([6,{},"wamp.close.system_shutdown"])");
    for (auto& client : silent)
        CHECK(client.receive() == "closed");
    running.stop();
    CHECK(running.router.connection_count() == 0);
    CHECK(running.log.lines_with("debug session left").size() == 6);
}

TEST_CASE("shards: a session leaves its realm before its peer reads the answer to GOODBYE", "[router][shards]")
{
    guest_router running(2);
    json_client callee(running.url);
    json_client caller(running.url);
    caller.hello("realm1");
    for (int round = 1; round <= 50; ++round) {
        callee.hello("realm1");
        CHECK(callee.ask(R"([64,1,{},"com.brief"])").starts_with("[65,1,"));
        CHECK(callee.ask(R"([6,{},"wamp.close.normal"])").starts_with("[6,"));
        CHECK_THAT(caller.ask("[48," + std::to_string(round) + R"(,{},"com.brief"])"),
                   ContainsSubstring("wamp.error.no_such_procedure"));
    }
}

TEST_CASE("shards: who joins a realm that is closed is told GOODBYE", "[router][shards]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    guest_router running(shards);
    boost::asio::post(running.io, [&] { running.realm1.close(close_reason::realm_closed); });
    for (int i = 0; i < 2; ++i) {
        json_client client(running.url);
        if (client.hello("realm1").starts_with("[2,")) {
            CHECK(client.receive() == R"([6,{},"wamp.close.close_realm"])");
            CHECK(client.ask(R"([6,{},"wamp.close.goodbye_and_out"])") == "closed");
        }
    }
}

TEST_CASE("shards: a router may be destroyed in the middle, and its io_contexts in any order", "[router][shards]")
{
    const bool main_first = GENERATE(true, false);
    auth::anonymous guests("guest");
    auto main = std::make_unique<boost::asio::io_context>(1);
    auto other = std::make_unique<boost::asio::io_context>(1);
    std::deque<json_client> clients;
    {
        router doomed({main.get(), other.get()});
        auto& realm1 = doomed.open_realm("realm1");
        realm1.role("guest").allow(action::any, prefix(""));
        realm1.procedure("com.own", [] { return 1; });
        const auto url = doomed.listen(guest_transport(guests));
        std::thread main_thread([&] { main->run(); });
        std::thread other_thread([&] { other->run(); });
        for (int i = 0; i < 6; ++i) {
            auto& client = clients.emplace_back(url);
            client.hello("realm1");
            client.ask(R"([32,1,{},"com.topic"])");
            client.ask("[64,2,{},\"com.proc" + std::to_string(i) + "\"]");
            client.send(R"([48,3,{"timeout":60000},"com.proc0"])");
        }
        const json_client not_joined(url);
        main->stop();
        other->stop();
        main_thread.join();
        other_thread.join();
    }
    if (main_first)
        main.reset();
    other.reset();
    main.reset();
    for (auto& client : clients) {
        auto last = client.receive();
        while (last != "closed")
            last = client.receive();
    }
}
