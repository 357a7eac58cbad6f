// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/component.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include "../router/running_router.hpp"
#include "../transport/temporary_directory.hpp"
#include "client_run.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;
using client::component_end;
using test::run;

namespace {

/// A router that listens on a Unix domain socket, and is there from `start` to `stop`.
class restarted_router {
public:
    explicit restarted_router(std::string path) : path_{std::move(path)} { start(); }

    void start()
    {
        running_ = std::make_unique<running_router>();
        running_->router.open_realm("realm1").role("guest").allow(action::any, prefix(""));
        running_->router.listen(rawsocket(unix_socket(path_)).authenticate("anonymous", guests_));
        running_->start();
    }

    void stop() { running_.reset(); }

    [[nodiscard]] client::connector way() const
    {
        const remote_unix where{path_};
        return rawsocket(where);
    }

private:
    auth::anonymous guests_{"guest"};
    std::string path_;
    std::unique_ptr<running_router> running_;
};

client::retry_policy soon()
{
    client::retry_policy policy;
    policy.initial_delay = 1ms;
    policy.max_delay = 20ms;
    return policy;
}

client::connector nowhere()
{
    const remote_unix where{"/nowhere/at.all"};
    return rawsocket(where);
}

/// The URI that a router has refused a client with.
std::string uri_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const client::join_failed& refused) {
        return refused.uri();
    }
}

/// Lets others run until `condition` holds.
template <class Condition>
awaitable<void> until(Condition condition)
{
    bool holds = condition();
    while (!holds) {
        co_await boost::asio::post(boost::asio::deferred);
        holds = condition();
    }
}

} // namespace

TEST_CASE("component: what is declared is there whenever it is joined", "[client][component]")
{
    const test::temporary_directory folder;
    restarted_router router(folder / "router.sock");
    kept_log log;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        int joined = 0;
        std::vector<close_reason> lost;
        std::vector<int> ticks;
        client::component shop(io, "realm1");
        auto on_join = [&joined](client::session& s) -> awaitable<void> {
            ++joined;
            const auto sum = co_await s.call<int>("com.add2", 1, joined);
            client::publish_options to_me;
            to_me.exclude_me(false);
            s.publish_with(to_me, "com.tick", sum);
        };
        shop.procedure("com.add2", [](int a, int b) { return a + b; })
            .topic("com.tick", [&ticks](int n) { ticks.push_back(n); })
            .on_join(on_join)
            .on_leave([&lost](const client::closing& how) { lost.push_back(how.reason); })
            .retry(soon())
            .name("shop")
            .log(log)
            .connect(router.way());
        constexpr int times = 5;
        for (int i = 1; i <= times; ++i) {
            co_await until([&] { return ticks.size() == static_cast<std::size_t>(i); });
            router.stop();
            co_await until([&] { return lost.size() == static_cast<std::size_t>(i); });
            CHECK_FALSE(shop.joined());
            router.start();
        }
        co_await until([&] { return joined == times + 1; });
        CHECK(ticks.size() >= times);
        CHECK(ticks.front() == 2);
        CHECK(lost == std::vector<close_reason>(times, close_reason::system_shutdown));
        shop.stop();
        const auto end = co_await shop.ended();
        CHECK(end.why == component_end::cause::stopped);
        CHECK(log.lines_with("component joined component=shop realm=realm1").size() == times + 1);
    });
}

TEST_CASE("component: the next router is tried if one cannot be joined", "[client][component]")
{
    const test::temporary_directory folder;
    restarted_router router(folder / "router.sock");
    kept_log log;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        client::component shop(io, "realm1");
        shop.log(log).retry(soon()).connect(nowhere()).connect(router.way());
        co_await until([&] { return shop.joined(); });
        CHECK(log.lines_with("component cannot join").size() == 1);
        shop.stop();
        static_cast<void>(co_await shop.ended());
    });
}

TEST_CASE("component: it gives up after as many attempts as it was told", "[client][component]")
{
    kept_log log;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        client::component shop(io, "realm1");
        auto policy = soon();
        policy.max_retries = 2;
        shop.log(log).retry(policy).connect(nowhere());
        const auto end = co_await shop.ended();
        CHECK(end.why == component_end::cause::gave_up);
        CHECK(end.text.find("/nowhere/at.all") != std::string::npos);
        CHECK(log.lines_with("component cannot join").size() == 3);
    });
}

TEST_CASE("component: a refusal that does not pass by itself ends it", "[client][component]")
{
    const bool by_realm = GENERATE(true, false);
    const test::temporary_directory folder;
    restarted_router router(folder / "router.sock");
    kept_log log;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        client::component shop(io, by_realm ? "nowhere" : "realm1");
        if (!by_realm)
            shop.authenticate(client::ticket("joe", secret("guessed")));
        shop.log(log).retry(soon()).connect(router.way());
        const auto end = co_await shop.ended();
        const std::string uri = by_realm ? "wamp.error.no_such_realm" : "wamp.error.no_matching_auth_method";
        CHECK(end.why == component_end::cause::refused);
        CHECK(end.text.find(uri) != std::string::npos);
        CHECK(uri_of(end.failure) == uri);
        CHECK(log.lines_with("component cannot join").size() == 1);
    });
}

TEST_CASE("component: a router that has refused it is asked again only if it was told so", "[client][component]")
{
    const bool again = GENERATE(true, false);
    const test::temporary_directory folder;
    restarted_router router(folder / "router.sock");
    kept_log log;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        client::component shop(io, "nowhere");
        auto policy = soon();
        policy.max_retries = 2;
        policy.after_refusal = again ? client::retry_policy::refusal::passing : client::retry_policy::refusal::final;
        shop.log(log).retry(policy).connect(router.way()).connect(nowhere());
        const auto end = co_await shop.ended();
        CHECK(end.why == component_end::cause::gave_up);
        CHECK(log.lines_with("wamp.error.no_such_realm").size() == (again ? 3 : 1));
        CHECK(log.lines_with("/nowhere/at.all").size() == 3);
    });
}

TEST_CASE("component: it can be stopped while it waits, or before it has begun", "[client][component]")
{
    const bool waits = GENERATE(true, false);
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        kept_log log;
        client::component shop(io, "realm1");
        client::retry_policy late;
        late.initial_delay = 1h;
        late.max_delay = 1h;
        shop.log(log).retry(late).connect(nowhere());
        if (waits)
            co_await until([&] { return !log.lines_with("component waits").empty(); });
        shop.stop();
        const auto end = co_await shop.ended();
        CHECK(end.why == component_end::cause::stopped);
    });
}

TEST_CASE("component: its own code may leave, or fail", "[client][component]")
{
    const bool fails = GENERATE(true, false);
    const test::temporary_directory folder;
    restarted_router router(folder / "router.sock");
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        client::component shop(io, "realm1");
        auto on_join = [fails](client::session& s) -> awaitable<void> {
            if (fails)
                throw std::runtime_error("out of paper");
            co_await s.leave();
        };
        shop.on_join(on_join).connect(router.way());
        const auto end = co_await shop.ended();
        CHECK(end.why == (fails ? component_end::cause::failed : component_end::cause::left));
        CHECK(end.text == (fails ? "out of paper" : ""));
    });
}

TEST_CASE("component: it waits for a procedure that somebody else has", "[client][component]")
{
    const test::temporary_directory folder;
    restarted_router router(folder / "router.sock");
    kept_log log;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        client::component first(io, "realm1");
        client::component second(io, "realm1");
        first.procedure("com.mine", [] { return 1; }).connect(router.way());
        co_await until([&] { return first.joined(); });
        second.procedure("com.mine", [] { return 2; }).retry(soon()).log(log).connect(router.way());
        co_await until([&] { return log.lines_with("component cannot serve").size() > 2; });
        CHECK(log.lines_with("com.mine: wamp.error.procedure_already_exists").size() > 2);
        first.stop();
        static_cast<void>(co_await first.ended());
        co_await until([&] { return !log.lines_with("component joined").empty(); });
        second.stop();
        static_cast<void>(co_await second.ended());
    });
}

TEST_CASE("component: it joins a router of the same program without a socket", "[client][component]")
{
    const auto shards = GENERATE(std::size_t{1}, std::size_t{2});
    boost::asio::io_context main;
    boost::asio::io_context other;
    kept_log log;
    std::vector<boost::asio::io_context*> contexts{&main};
    if (shards == 2)
        contexts.push_back(&other);
    router own(contexts, log);
    own.open_realm("realm1").role("guest").allow(action::any, prefix(""));
    auth::anonymous guests("guest");
    const auto url = own.listen(guest_transport(guests));
    std::jthread second([&] { other.run(); });

    run(main, [](boost::asio::io_context& io, router& here, std::string to) -> awaitable<void> {
        client::component clock(io, "realm1");
        clock
            .procedure(
                "com.who", [](client::incoming_call call, int n) { return call.caller_authrole() + std::to_string(n); },
                client::register_options().disclose_caller())
            .connect({"local", here.local()});
        co_await until([&] { return clock.joined(); });
        auto way = client::connector("local", here.local("guest", "joe"));
        const client::join_options how("realm1");
        const auto caller = co_await client::session::join(io, way, how);
        CHECK(caller.who().authid == "joe");
        CHECK(caller.who().authrole == "guest");
        const auto far = co_await client::session::join(io, rawsocket_connector::from_url(to).value(), how);
        for (int i = 0; i < 100; ++i) {
            const auto from_here = co_await caller.call<std::string>("com.who", i);
            CHECK(from_here == "guest" + std::to_string(i));
            const auto from_afar = co_await far.call<std::string>("com.who", i);
            CHECK(from_afar == "guest" + std::to_string(i));
        }
        co_await far.ping(30s);
        std::string unable;
        try {
            co_await caller.ping(30s);
        } catch (const application_error& error) {
            unable = error.uri();
        }
        CHECK(unable == "wamp.error.feature_not_supported");
        here.close();
        const auto closed = co_await far.ended();
        CHECK(closed.reason == close_reason::system_shutdown);
        const auto also = co_await caller.ended();
        CHECK(also.reason == close_reason::system_shutdown);
        clock.stop();
        const auto end = co_await clock.ended();
        CHECK(end.why == component_end::cause::stopped);
    }(main, own, url));
}
