// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/router/router.hpp>

#include <string>

#include <unistd.h>

#include "running_router.hpp"
#include "support/catch.hpp"
#include "support/json_client.hpp"

using namespace junctor;

TEST_CASE("router: what an embedder gets wrong is thrown", "[router]")
{
    boost::asio::io_context io;
    router router(io);
    router.open_realm("realm1");
    CHECK_THROWS_AS(router.open_realm("realm1"), std::invalid_argument);
    CHECK_THROWS_AS(router.open_realm("no good"), std::invalid_argument);
    CHECK_THROWS_AS(router.listen(rawsocket(tcp("127.0.0.1", 0))), std::invalid_argument);
    CHECK(router.find_realm("realm1") != nullptr);
    permission_rule rule;
    rule.pattern = exact("no good");
    CHECK_THROWS_AS(router.find_realm("realm1")->set_role("guest", {{rule}, true}), std::invalid_argument);
    CHECK(router.find_realm("realm2") == nullptr);

    auth::anonymous guests("guest");
    const auto url = router.listen(guest_transport(guests));
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    CHECK_THROWS_AS(router.listen(rawsocket(tcp("127.0.0.1", port)).authenticate("anonymous", guests)), endpoint_error);
    CHECK_THROWS_AS(router.secure("transport1", {}), std::invalid_argument); // It has no TLS.
    CHECK_THROWS_AS(router.secure("transport9", {}), std::invalid_argument);
}

TEST_CASE("router: closing says GOODBYE to every session and ends", "[router]")
{
    guest_router running;
    json_client polite(running.url);
    json_client silent(running.url);
    const json_client not_joined(running.url);
    polite.hello("realm1");
    silent.hello("realm1");
    boost::asio::post(running.io, [&] { running.router.close(); });
    CHECK(polite.receive() == R"([6,{},"wamp.close.system_shutdown"])");
    CHECK(polite.ask(R"([6,{},"wamp.close.goodbye_and_out"])") == "closed");
    CHECK(silent.receive() == R"([6,{},"wamp.close.system_shutdown"])");
    CHECK(silent.receive() == "closed");
    running.stop();
    CHECK(running.router.connection_count() == 0);
    CHECK_THROWS(json_client(running.url));
}

TEST_CASE("router: closing one realm leaves the others alone", "[router]")
{
    auth::anonymous guests("guest");
    running_router running;
    auto& first = running.router.open_realm("first");
    first.role("guest").allow(action::any, prefix(""));
    auto& second = running.router.open_realm("second");
    second.role("guest").allow(action::any, prefix(""));
    second.procedure("com.ping", [] { return "pong"; });
    const auto url = running.router.listen(guest_transport(guests));
    running.start();

    json_client a(url);
    json_client b(url);
    a.hello("first");
    b.hello("second");
    boost::asio::post(running.io, [&] { first.close(close_reason::realm_closed); });
    CHECK(a.receive() == R"([6,{},"wamp.close.close_realm"])");
    CHECK(a.receive() == "closed");
    CHECK(b.ask(R"([48,1,{},"com.ping"])") == R"([50,1,{},["pong"]])");
}

TEST_CASE("router: one connection carries one session after the other", "[router]")
{
    guest_router running;
    json_client client(running.url);
    std::string last;
    for (int round = 0; round < 3; ++round) {
        const auto welcome = client.hello("realm1");
        CHECK(welcome.starts_with("[2,"));
        CHECK(welcome.substr(0, welcome.find(",{")) != last);
        last = welcome.substr(0, welcome.find(",{"));
        CHECK(client.ask(R"([32,1,{},"com.topic"])").starts_with("[33,1,"));
        CHECK(client.ask(R"([6,{},"wamp.close.normal"])") == R"([6,{},"wamp.close.goodbye_and_out"])");
    }
}

TEST_CASE("router: GOODBYE and the next HELLO may come in one segment", "[router]")
{
    guest_router running;
    json_client client(running.url);
    client.hello("realm1");
    client.send(R"([6,{},"wamp.close.normal"])");
    client.send(R"([1,"realm1",{"roles":{"caller":{}}}])");
    CHECK(client.receive() == R"([6,{},"wamp.close.goodbye_and_out"])");
    CHECK(client.receive().starts_with("[2,"));
}

TEST_CASE("router: an answer that crosses the callee's GOODBYE is passed over", "[router]")
{
    guest_router running;
    json_client client(running.url);
    client.hello("realm1");
    client.send(R"([6,{},"wamp.close.normal"])");
    client.send(R"([70,1,{},["late"]])");
    client.send(R"([8,68,2,{},"com.error.late"])");
    CHECK(client.receive() == R"([6,{},"wamp.close.goodbye_and_out"])");
    CHECK(client.hello("realm1").starts_with("[2,"));

    json_client other(running.url);
    CHECK_THAT(other.ask(R"([70,1,{}])"), Catch::Matchers::ContainsSubstring("wamp.error.protocol_violation"));
}

TEST_CASE("router: a call times out though nothing else happens", "[router]")
{
    guest_router running;
    json_client callee(running.url);
    callee.hello("realm1");
    callee.ask(R"([64,1,{},"com.slow"])");
    json_client caller(running.url);
    caller.hello("realm1");
    CHECK_THAT(caller.ask(R"([48,1,{"timeout":50},"com.slow"])"),
               Catch::Matchers::ContainsSubstring("wamp.error.timeout"));
    CHECK(callee.receive().starts_with("[68,1,"));
}

TEST_CASE("router: the log tells who came, who left and why", "[router]")
{
    auth::anonymous guests("guest", "fixed");
    running_router running;
    running.router.open_realm("realm1").role("guest").allow(action::any, prefix(""));
    const auto url = running.router.listen(guest_transport(guests).id("front"));
    running.start();
    {
        json_client client(url);
        client.hello("realm1");
        CHECK_THAT(client.ask("[48,1]"), Catch::Matchers::ContainsSubstring("wamp.error.protocol_violation"));
        CHECK(client.receive() == "closed");
        json_client stranger(url);
        stranger.hello("nowhere");
        CHECK(stranger.receive() == "closed");
    }
    running.stop();
    CHECK(running.log.lines_with("info listening transport=front url=" + url).size() == 1);
    CHECK(running.log.lines_with("debug session joined realm=realm1").size() == 1);
    CHECK(running.log.lines_with("warning session left").size() == 1);
    CHECK(running.log.lines_with("reason=protocol_violation").size() == 2);
    CHECK(running.log.lines_with("wamp.error.no_such_realm").size() == 1);
}

TEST_CASE("router: a realm that is closed for good leaves its name to another one", "[router]")
{
    running_router running;
    auth::anonymous guests("guest");
    const auto url = running.router.listen(guest_transport(guests));
    const auto open = [&] { running.router.open_realm("realm1").set_role("guest", {{}, true}); };
    open();
    running.start();
    json_client first(url);
    first.hello("realm1");
    CHECK(first.ask(R"([32,1,{},"com.t"])").starts_with("[33,1,"));
    boost::asio::post(running.io, [&] {
        running.router.close_realm("realm1");
        running.router.close_realm("realm1");
    });
    CHECK(first.receive() == R"([6,{},"wamp.close.close_realm"])");
    json_client stranger(url);
    CHECK(stranger.hello("realm1").find("wamp.error.no_such_realm") != std::string::npos);

    boost::asio::post(running.io, open);
    CHECK(first.ask(R"([6,{},"wamp.close.goodbye_and_out"])") == "closed");
    json_client second(url);
    CHECK(second.hello("realm1").starts_with("[2,"));
    CHECK(second.ask(R"([32,1,{},"com.t"])").starts_with("[33,1,"));
}
