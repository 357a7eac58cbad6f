// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/authenticator.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "running_router.hpp"
#include "support/catch.hpp"
#include "support/json_client.hpp"

using namespace junctor;

namespace {

/// Two rounds of challenges: the second asks for the first answer reversed.
class two_rounds final : public authenticator {
public:
    awaitable<verdict> authenticate(auth_exchange& exchange) override
    {
        dict first_extra;
        first_extra.set("round", 1);
        const auto first = co_await exchange.challenge(std::move(first_extra));
        const auto second = co_await exchange.challenge();
        const std::string reversed(first.signature.rbegin(), first.signature.rend());
        if (!equal_constant_time(second.signature, reversed))
            co_return verdict::deny(errc::authentication_denied, "wrong answer");
        identity who;
        who.authid = exchange.hello().authid;
        who.authrole = "staff";
        who.authprovider = "riddles";
        who.authextra.set("session", exchange.session_number());
        co_return verdict::grant(std::move(who));
    }
};

class throws_at_once final : public authenticator {
public:
    awaitable<verdict> authenticate(auth_exchange&) override
    {
        throw std::runtime_error("the user database is gone");
        co_return verdict::grant("nobody", "staff");
    }
};

/// Grants to whoever leaves the conversation: a mistake that must not matter.
class forgetful final : public authenticator {
public:
    awaitable<verdict> authenticate(auth_exchange& exchange) override
    {
        try {
            const auto answer = co_await exchange.challenge();
            static_cast<void>(answer);
        } catch (const std::exception&) {
        }
        co_return verdict::grant("intruder", "staff");
    }
};

/// Lets in with a role that no realm has.
class unknown_role final : public authenticator {
public:
    awaitable<verdict> authenticate(auth_exchange&) override
    {
        const auto outcome = verdict::grant("ann", "no such role");
        co_return outcome;
    }
};

class fixture {
public:
    fixture()
    {
        running.router.open_realm("realm1").role("staff").allow(action::any, prefix(""));
        session_limits limits;
        limits.challenge_timeout = std::chrono::milliseconds(200);
        url = running.router.listen(rawsocket(tcp("127.0.0.1", 0))
                                        .limits(limits)
                                        .authenticate("riddle", riddles)
                                        .authenticate("broken", broken)
                                        .authenticate("forgetful", careless)
                                        .authenticate("role", roleless));
        running.start();
    }

    two_rounds riddles;
    throws_at_once broken;
    forgetful careless;
    unknown_role roleless;
    running_router running;
    std::string url;
};

} // namespace

TEST_CASE("authentication: a conversation of two challenges", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    CHECK(client.hello("realm1", R"("authmethods":["unheard-of","riddle"],"authid":"ann")") ==
          R"([4,"riddle",{"round":1}])");
    CHECK(client.ask(R"([5,"abc",{}])") == R"([4,"riddle",{}])");
    const auto welcome = client.ask(R"([5,"cba",{"more":1}])");
    CHECK_THAT(welcome, Catch::Matchers::ContainsSubstring(R"("authid":"ann","authrole":"staff")"));
    CHECK_THAT(welcome, Catch::Matchers::ContainsSubstring(R"("authmethod":"riddle","authprovider":"riddles")"));
    const auto id = welcome.substr(3, welcome.find(',', 3) - 3);
    CHECK_THAT(welcome, Catch::Matchers::ContainsSubstring(R"("authextra":{"session":)" + id));
}

TEST_CASE("authentication: refusals are told by ABORT and end the connection", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    client.hello("realm1", R"("authmethods":["riddle"])");
    client.ask(R"([5,"abc",{}])");
    CHECK(client.ask(R"([5,"abc",{}])") == R"([3,{"message":"wrong answer"},"wamp.error.authentication_denied"])");
    CHECK(client.receive() == "closed");
}

TEST_CASE("authentication: no method in common", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    CHECK(client.hello("realm1") ==
          R"([3,{"message":"the client offers [anonymous], this transport takes [riddle, broken, forgetful, role]"},)"
          R"("wamp.error.no_matching_auth_method"])");
    CHECK(client.receive() == "closed");
}

TEST_CASE("authentication: an authenticator that fails lets nobody in", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    const auto answer = client.hello("realm1", R"("authmethods":["broken"])");
    CHECK_THAT(answer, Catch::Matchers::ContainsSubstring("wamp.error.authentication_failed"));
    CHECK(answer.find("database") == std::string::npos);
    CHECK(f.running.log.lines_with("the user database is gone").size() == 1);
}

TEST_CASE("authentication: whoever breaks the conversation off is not let in by any authenticator", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    client.hello("realm1", R"("authmethods":["forgetful"])");
    const auto answer = client.ask(R"([48,1,{},"com.p"])");
    CHECK_THAT(answer, Catch::Matchers::ContainsSubstring("wamp.error.protocol_violation"));
    CHECK(client.receive() == "closed");
}

TEST_CASE("authentication: a challenge must be answered in time", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    client.hello("realm1", R"("authmethods":["riddle"])");
    CHECK(client.receive() == "closed");
}

TEST_CASE("authentication: a role that the realm does not have", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    CHECK_THAT(client.hello("realm1", R"("authmethods":["role"])"),
               Catch::Matchers::ContainsSubstring("wamp.error.no_such_role"));
}

TEST_CASE("authentication: a role may be for sessions from certain places only", "[router][auth]")
{
    namespace ip = boost::asio::ip;
    two_rounds riddles;
    running_router running;
    auto& realm = running.router.open_realm("realm1");
    realm.role("staff");
    realm.restrict_role("staff", session_sources().add(ip::make_network_v4("127.0.0.0/8")));
    const auto url = running.router.listen(rawsocket(tcp("127.0.0.1", 0)).authenticate("riddle", riddles));
    running.start();
    const auto end_of = [&] {
        json_client client(url);
        client.hello("realm1", R"("authmethods":["riddle"],"authid":"ann")");
        client.ask(R"([5,"abc",{}])");
        return client.ask(R"([5,"cba",{}])");
    };
    CHECK_THAT(end_of(), Catch::Matchers::ContainsSubstring(R"("authrole":"staff")"));

    std::promise<void> restricted;
    boost::asio::post(running.io, [&] {
        realm.restrict_role("staff", session_sources().add_unix_sockets());
        restricted.set_value();
    });
    restricted.get_future().wait();
    CHECK(end_of() == R"([3,{"message":"the credentials were not accepted"},"wamp.error.authentication_denied"])");
    running.stop();
    const auto lines = running.log.lines_with("join refused");
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0],
               Catch::Matchers::ContainsSubstring("(the role staff is not for sessions from tcp4:127.0.0.1:"));
}

TEST_CASE("authentication: extras beyond the limit are refused", "[router][auth]")
{
    fixture f;
    json_client client(f.url);
    client.hello("realm1", R"("authmethods":["riddle"])");
    const auto answer = client.ask(R"([5,"abc",{"a":")" + std::string(limits::authextra_bytes_max, 'a') + R"("}])");
    CHECK_THAT(answer, Catch::Matchers::ContainsSubstring("AUTHENTICATE.Extra is too large"));
}

TEST_CASE("authentication: others decide about who joins from now on, and not about who is in the middle of it",
          "[router][auth]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    running_router running(shards);
    running.router.open_realm("realm1").role("staff").allow(action::any, prefix(""));
    auto former = std::make_shared<two_rounds>();
    const std::weak_ptr<two_rounds> watched_former = former;
    auto transport = rawsocket(tcp("127.0.0.1", 0)).id("door");
    transport.authenticate("riddle", std::exchange(former, nullptr));
    const auto url = running.router.listen(std::move(transport));
    CHECK_THROWS_AS(running.router.authenticate("door", {}), std::invalid_argument);
    CHECK_THROWS_AS(running.router.authenticate("window", {{"riddle", watched_former.lock()}}), std::invalid_argument);
    running.start();

    json_client early(url);
    json_client also_early(url);
    early.hello("realm1", R"("authmethods":["riddle"],"authid":"ann")");
    also_early.hello("realm1", R"("authmethods":["riddle"],"authid":"ann")");
    std::promise<void> done;
    boost::asio::post(running.io, [&] {
        running.router.authenticate("door", {{"anonymous", std::make_shared<auth::anonymous>("staff")}});
        done.set_value();
    });
    done.get_future().wait();
    json_client late(url);
    CHECK_THAT(late.hello("realm1", R"("authmethods":["riddle"])"),
               Catch::Matchers::ContainsSubstring("wamp.error.no_matching_auth_method"));
    json_client guest(url);
    CHECK_THAT(guest.hello("realm1"), Catch::Matchers::StartsWith("[2,"));
    CHECK_FALSE(watched_former.expired());
    for (auto* const client : {&early, &also_early}) {
        client->ask(R"([5,"abc",{}])");
        CHECK_THAT(client->ask(R"([5,"cba",{}])"), Catch::Matchers::StartsWith("[2,"));
    }
    running.stop();
    CHECK(watched_former.expired());
}
