// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/authorizer.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <junctor/auth/dynamic.hpp>

#include "running_router.hpp"
#include "support/catch.hpp"
#include "support/json_client.hpp"

using namespace junctor;
using namespace std::chrono_literals;

namespace {

using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

authorization_answer allowed(bool cache = false)
{
    authorization_answer answer;
    answer.decided.allowed = true;
    answer.cache = cache;
    return answer;
}

/// Decides by the last component of the URI: `slow` is allowed after a while, `never` is not decided in any time that
/// anybody would wait, `broken` throws, `now` is known without waiting, `denied` is denied, `cached` may be cached.
class by_name final : public authorizer {
public:
    std::optional<authorization_answer> decide_now(const authorization_request& request) override
    {
        ++asked;
        if (ends_in(request, ".now"))
            return allowed();
        if (ends_in(request, ".broken_now"))
            throw std::runtime_error("no answer at once");
        return std::nullopt;
    }

    awaitable<authorization_answer> decide(authorization_request& request) override
    {
        if (ends_in(request, ".slow"))
            co_await wait(50ms);
        if (ends_in(request, ".never")) {
            waits.set_value();
            co_await wait(1h);
        }
        if (ends_in(request, ".broken"))
            throw std::runtime_error("the database of rights is gone");
        auto answer = allowed(ends_in(request, ".cached"));
        answer.decided.allowed = !ends_in(request, ".denied");
        co_return answer;
    }

    std::atomic<int> asked{0};
    std::promise<void> waits; ///< Fulfilled when a decision is asked for that is never made.

private:
    static bool ends_in(const authorization_request& request, std::string_view end)
    {
        return request.question().uri.ends_with(end);
    }

    static awaitable<void> wait(std::chrono::steady_clock::duration time)
    {
        const auto here = co_await boost::asio::this_coro::executor;
        timer until(here, time);
        co_await until.async_wait(boost::asio::deferred);
    }
};

class fixture {
public:
    explicit fixture(std::size_t shards = 1) : running(shards)
    {
        auto& realm = running.router.open_realm("realm1");
        realm.authorize("watched", decides);
        realm.role("staff").allow(action::any, prefix(""));
        session_limits limits;
        limits.authorization_timeout = 300ms;
        limits.goodbye_timeout = 500ms;
        watched_url = running.router.listen(guest_transport(watched).limits(limits));
        staff_url = running.router.listen(guest_transport(staff));
        running.start();
    }

    by_name decides;
    auth::anonymous watched{"watched"};
    auth::anonymous staff{"staff"};
    running_router running;
    std::string watched_url;
    std::string staff_url;
};

std::string was_published(int request)
{
    return fmt::format("[17,{},", request);
}

std::string refused(int type, int request, std::string_view uri)
{
    return fmt::format(R"([8,{},{},{{}},"{}"])", type, request, uri);
}

} // namespace

TEST_CASE("authorizer: requests are answered in their order, whatever time their decisions take",
          "[router][authorization]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    fixture f(shards);
    json_client client(f.watched_url);
    client.hello("realm1");
    for (int request = 1; request <= 9; request += 3) {
        client.send(fmt::format(R"([16,{},{{"acknowledge":true}},"com.slow"])", request));
        client.send(fmt::format(R"([16,{},{{"acknowledge":true}},"com.denied"])", request + 1));
        client.send(fmt::format(R"([16,{},{{"acknowledge":true}},"com.now"])", request + 2));
    }
    for (int request = 1; request <= 9; request += 3) {
        CHECK_THAT(client.receive(), Catch::Matchers::StartsWith(was_published(request)));
        CHECK(client.receive() == refused(16, request + 1, "wamp.error.not_authorized"));
        CHECK_THAT(client.receive(), Catch::Matchers::StartsWith(was_published(request + 2)));
    }
}

TEST_CASE("authorizer: while one session waits, others go on", "[router][authorization]")
{
    fixture f;
    json_client waiting(f.watched_url);
    waiting.hello("realm1");
    waiting.send(R"([32,1,{},"com.never"])");
    f.decides.waits.get_future().wait();
    json_client other(f.staff_url);
    other.hello("realm1");
    CHECK_THAT(other.ask(R"([16,1,{"acknowledge":true},"com.t"])"), Catch::Matchers::StartsWith(was_published(1)));
    json_client third(f.watched_url);
    third.hello("realm1");
    CHECK_THAT(third.ask(R"([16,1,{"acknowledge":true},"com.now"])"), Catch::Matchers::StartsWith(was_published(1)));
    CHECK(waiting.receive() == refused(32, 1, "wamp.error.authorization_failed"));
}

TEST_CASE("authorizer: who cannot decide allows nothing, and the log says why", "[router][authorization]")
{
    fixture f;
    json_client client(f.watched_url);
    client.hello("realm1");
    CHECK(client.ask(R"([48,1,{},"com.broken"])") == refused(48, 1, "wamp.error.authorization_failed"));
    CHECK(client.ask(R"([48,2,{},"com.broken_now"])") == refused(48, 2, "wamp.error.authorization_failed"));
    CHECK(client.ask(R"([64,3,{},"com.never"])") == refused(64, 3, "wamp.error.authorization_failed"));
    CHECK_THAT(client.ask(R"([16,4,{"acknowledge":true},"com.now"])"), Catch::Matchers::StartsWith(was_published(4)));
    CHECK(f.running.log.lines_with("what=the database of rights is gone").size() == 1);
    CHECK(f.running.log.lines_with("what=no answer at once").size() == 1);
    CHECK(f.running.log.lines_with("what=it took too long").size() == 1);
    CHECK(f.running.log.lines_with("action=register uri=com.never").size() == 1);
}

TEST_CASE("authorizer: a decision that is pending keeps neither a peer nor the router from ending",
          "[router][authorization]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    fixture f(shards);
    SECTION("the router")
    {
        json_client client(f.watched_url);
        client.hello("realm1");
        client.send(R"([48,1,{},"com.never"])");
        f.decides.waits.get_future().wait();
        f.running.stop();
        CHECK_THAT(client.receive(), Catch::Matchers::ContainsSubstring("wamp.close.system_shutdown"));
        CHECK(f.running.log.lines_with("authorizer failed").empty());
    }
    SECTION("the peer")
    {
        {
            json_client client(f.watched_url);
            client.hello("realm1");
            client.send(R"([48,1,{},"com.never"])");
            f.decides.waits.get_future().wait();
        }
        f.running.stop();
        CHECK(f.running.router.connection_count() == 0);
    }
}

TEST_CASE("authorizer: decisions that are cached are not asked for again", "[router][authorization]")
{
    fixture f;
    json_client client(f.watched_url);
    client.hello("realm1");
    client.send(R"([16,1,{"acknowledge":true},"com.cached"])");
    CHECK_THAT(client.receive(), Catch::Matchers::StartsWith(was_published(1)));
    constexpr int count = 100'000;
    for (int request = 2; request <= count; ++request)
        client.send(fmt::format(R"([16,{},{{}},"com.cached"])", request));
    CHECK_THAT(client.ask(fmt::format(R"([16,{},{{"acknowledge":true}},"com.cached"])", count + 1)),
               Catch::Matchers::StartsWith(was_published(count + 1)));
    CHECK(f.decides.asked == 1);
}

TEST_CASE("authorizer: a procedure lets decisions be forgotten", "[router][authorization]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    fixture f(shards);
    json_client client(f.watched_url);
    client.hello("realm1");
    json_client admin(f.staff_url);
    admin.hello("realm1");
    for (int request = 1; request <= 4; ++request) {
        CHECK_THAT(client.ask(fmt::format(R"([16,{},{{"acknowledge":true}},"com.cached"])", request)),
                   Catch::Matchers::StartsWith(was_published(request)));
        if (request == 2)
            CHECK(admin.ask(R"([48,1,{},"junctor.authorization.forget_decisions"])") == "[50,1,{}]");
    }
    CHECK(f.decides.asked == 2);
}

TEST_CASE("authorizer: as many decisions are cached as URIs are in use", "[router][authorization]")
{
    fixture f;
    json_client client(f.watched_url);
    client.hello("realm1");
    constexpr int uris = 1'000;
    constexpr int rounds = 100;
    for (int request = 1; request <= uris * rounds; ++request)
        client.send(fmt::format(R"([16,{},{{}},"com.a{}.cached"])", request, request % uris));
    CHECK_THAT(client.ask(fmt::format(R"([16,{},{{"acknowledge":true}},"com.a1.cached"])", uris * rounds + 1)),
               Catch::Matchers::StartsWith(was_published(uris * rounds + 1)));
    CHECK(f.decides.asked == uris);
}

TEST_CASE("authorizer: a WAMP procedure decides", "[router][authorization]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    running_router running(shards);
    auto& realm = running.router.open_realm("realm1");
    int asked = 0;
    realm.procedure("com.example.may", [&](const arguments& call) {
        ++asked;
        const auto& uri = *call.args.at(1).get_if<std::string>();
        if (uri == "com.error")
            throw application_error("com.example.no_idea");
        arguments answer;
        answer.args.push_back(dict{{"allow", uri != "com.denied"}, {"cache", uri == "com.cached"}, {"trustlevel", 5}});
        return answer;
    });
    auth::dynamic_authorizer decides("com.example.may");
    realm.authorize("watched", decides);
    realm.role("staff").allow(action::any, prefix(""));
    auth::anonymous watched("watched");
    auth::anonymous staff("staff");
    const auto url = running.router.listen(guest_transport(watched));
    const auto staff_url = running.router.listen(guest_transport(staff));
    running.start();

    json_client callee(staff_url);
    callee.hello("realm1");
    CHECK_THAT(callee.ask(R"([64,1,{},"com.cached"])"), Catch::Matchers::StartsWith("[65,1,"));
    json_client client(url);
    client.hello("realm1");
    CHECK(client.ask(R"([48,1,{},"com.denied"])") == refused(48, 1, "wamp.error.not_authorized"));
    CHECK(client.ask(R"([48,2,{},"com.error"])") == refused(48, 2, "wamp.error.authorization_failed"));
    for (int request = 3; request <= 5; ++request) {
        client.send(fmt::format(R"([48,{},{{}},"com.cached"])", request));
        CHECK_THAT(callee.receive(), Catch::Matchers::ContainsSubstring(R"({"trustlevel":5})"));
    }
    running.stop();
    CHECK(asked == 3);
    CHECK(running.log.lines_with("com.example.may answers with com.example.no_idea").size() == 1);
}

TEST_CASE("authorizer: a procedure that is not there, or belongs to another realm, decides nothing",
          "[router][authorization]")
{
    running_router running;
    auto& realm = running.router.open_realm("realm1");
    auth::dynamic_authorizer missing("com.example.may");
    auth::dynamic_authorizer elsewhere("com.example.may", "realm2");
    realm.authorize("watched", missing);
    realm.authorize("lost", elsewhere);
    CHECK_THROWS_AS(realm.authorize("lost", missing), std::invalid_argument);
    auth::anonymous watched("watched");
    auth::anonymous lost("lost");
    const auto url = running.router.listen(guest_transport(watched));
    const auto lost_url = running.router.listen(guest_transport(lost));
    running.start();
    for (const auto& each : {url, lost_url}) {
        json_client client(each);
        client.hello("realm1");
        CHECK(client.ask(R"([32,1,{},"com.t"])") == refused(32, 1, "wamp.error.authorization_failed"));
    }
    running.stop();
    CHECK(running.log.lines_with("com.example.may answers with wamp.error.no_such_procedure").size() == 1);
    CHECK(running.log.lines_with("com.example.may answers with wamp.error.no_such_realm").size() == 1);
}

TEST_CASE("authorizer: one that is replaced while it is asked lives until it has answered, in vain",
          "[router][authorization]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    running_router running(shards);
    auto& realm = running.router.open_realm("realm1");
    auto former = std::make_shared<by_name>();
    const std::weak_ptr<by_name> watched_former = former;
    auto waits = former->waits.get_future();
    realm.set_role("watched", {{}, false, std::exchange(former, nullptr), {}});
    auth::anonymous watched("watched");
    session_limits limits;
    limits.authorization_timeout = 300ms;
    const auto url = running.router.listen(guest_transport(watched).limits(limits));
    running.start();

    std::deque<json_client> clients; // On both shards.
    for (std::size_t i = 0; i != shards; ++i)
        clients.emplace_back(url).hello("realm1");
    clients.front().send(R"([32,1,{},"com.never"])");
    waits.wait();
    CHECK_FALSE(watched_former.expired());
    permission_rule rule;
    rule.pattern = prefix("com.");
    rule.allowed.add(action::subscribe);
    boost::asio::post(running.io, [&] { realm.set_role("watched", {{rule}, false}); });
    CHECK_THAT(clients.front().receive(), Catch::Matchers::StartsWith("[33,1,"));
    CHECK_THAT(clients.back().ask(R"([32,2,{},"com.t"])"), Catch::Matchers::StartsWith("[33,2,"));
    boost::asio::post(running.io, [&] { realm.remove_role("watched"); });
    running.stop();
    CHECK(watched_former.expired());
}

TEST_CASE("authorizer: a session cannot keep a role from getting one by registering its procedure",
          "[router][authorization]")
{
    running_router running;
    auto& realm = running.router.open_realm("realm1");
    realm.role("guest").allow(action::any, prefix(""));
    auth::anonymous guests("guest");
    by_name decides;
    const auto url = running.router.listen(guest_transport(guests));
    running.start();
    json_client client(url);
    client.hello("realm1");
    CHECK_THAT(client.ask(R"([64,1,{},"junctor.authorization.forget_decisions"])"),
               Catch::Matchers::StartsWith("[65,1,"));
    std::promise<void> done;
    boost::asio::post(running.io, [&] {
        realm.authorize("guest", decides);
        done.set_value();
    });
    done.get_future().wait();
    CHECK(client.ask(R"([32,2,{},"com.denied"])") == refused(32, 2, "wamp.error.not_authorized"));
    running.stop();
    CHECK(running.log.lines_with("error procedure not offered").size() == 1);
}
