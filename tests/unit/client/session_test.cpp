// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/session.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <junctor/client/authmethods.hpp>

#include "../router/running_router.hpp"
#include "client_run.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;
using client_session = client::session;
using test::run;

namespace {

/// A way to what `router` listens on.
client::connector way_to(const guest_router& router, serializer format = serializer::msgpack)
{
    const auto port = static_cast<std::uint16_t>(std::stoi(router.url.substr(router.url.rfind(':') + 1)));
    remote_tcp where;
    where.host = "127.0.0.1";
    where.port = port;
    return rawsocket(where).serializer(format);
}

awaitable<client_session> join(boost::asio::io_context& io, const guest_router& router,
                               serializer format = serializer::msgpack)
{
    client::join_options how("realm1");
    auto joining = client_session::join(io, way_to(router, format), how);
    auto joined = co_await std::move(joining);
    co_return joined;
}

/// The URI of the ERROR that `asking` is answered with, or what else it throws.
template <class T>
awaitable<std::string> failure_of(awaitable<T> asking)
{
    try {
        if constexpr (std::is_void_v<T>)
            co_await std::move(asking);
        else
            static_cast<void>(co_await std::move(asking));
    } catch (const application_error& error) {
        co_return error.uri();
    } catch (const client::session_ended& ended) {
        co_return "session ended: " + std::string(to_string(ended.how().reason));
    } catch (const boost::system::system_error& error) {
        co_return error.code().message();
    }
    co_return "none";
}

} // namespace

TEST_CASE("client: a session knows who it is and what its router can do", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        CHECK(s.open());
        CHECK(s.id().valid());
        CHECK(s.realm() == "realm1");
        CHECK(s.who().authrole == "guest");
        CHECK(s.who().authmethod == "anonymous");
        CHECK(s.router_features().has(session_role::dealer, feature::call_canceling));
        CHECK(s.welcome_details().contains("roles"));
        co_await s.leave();
        CHECK_FALSE(s.open());
        const auto how = co_await s.ended();
        CHECK(how.reason == close_reason::goodbye);
    });
}

TEST_CASE("client: calls are answered by typed handlers, in every serializer", "[client]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto callee = co_await join(io, router, serializer::msgpack);
        const auto caller = co_await join(io, router, format);
        const auto add = callee.register_procedure("com.add2", [](int a, int b) { return a + b; });
        const auto whole =
            callee.register_procedure("com.echo", [](arguments content) -> arguments { return content; });
        const auto pair = callee.register_procedure("com.pair", [](const std::string& s) { return std::tuple(s, 1); });
        int told = 0;
        const auto none = callee.register_procedure("com.none", [&told](int n) { told = n; });
        auto indirect = [&callee](std::string uri, int n) -> awaitable<int> {
            auto calling = callee.call<int>(uri, n, n);
            const auto sum = co_await std::move(calling);
            co_return sum;
        };
        const auto waiting = callee.register_procedure("com.indirect", indirect);
        co_await add.confirmed();
        co_await whole.confirmed();
        co_await pair.confirmed();
        co_await none.confirmed();
        co_await waiting.confirmed();

        const auto sum = co_await caller.call<int>("com.add2", 2, 3);
        CHECK(sum == 5);
        const std::vector<int> numbers{1, 2};
        const auto echo = co_await caller.call("com.echo", "a", kw("b", numbers), kw("c", true));
        CHECK(echo.args == list{"a"});
        CHECK(echo.kwargs == dict{{"b", list{1, 2}}, {"c", true}});
        const auto both = co_await caller.call<std::tuple<std::string, int>>("com.pair", "x");
        CHECK(both == std::tuple<std::string, int>("x", 1));
        co_await caller.call<void>("com.none", 7);
        CHECK(told == 7);
        const auto twice = co_await caller.call<int>("com.indirect", "com.add2", 21);
        CHECK(twice == 42);
        const auto nothing = co_await caller.call<std::optional<int>>("com.none", 7);
        CHECK_FALSE(nothing.has_value());
    });
}

TEST_CASE("client: calls that fail say why", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        s.register_procedure("com.add2", [](int a, int b) { return a + b; });
        s.register_procedure("com.odd", []() -> int { throw application_error("com.error.odd", {1}, {{"k", true}}); });
        s.register_procedure("com.broken", []() -> awaitable<int> {
            throw std::runtime_error("a secret");
            co_return 1;
        });
        const auto wrong = co_await failure_of(s.call<int>("com.add2", "two", 3));
        CHECK(wrong == "wamp.error.invalid_argument");
        const auto missing = co_await failure_of(s.call<int>("com.missing"));
        CHECK(missing == "wamp.error.no_such_procedure");
        const auto broken = co_await failure_of(s.call<int>("com.broken"));
        CHECK(broken == "wamp.error.internal_error");
        const auto large = co_await failure_of(s.call<int>("com.add2", std::string(std::size_t{20} << 20, 'x'), 1));
        CHECK(large == "wamp.error.payload_size_exceeded");
        const auto unfit = co_await failure_of(s.call<std::string>("com.add2", 2, 3));
        CHECK(unfit == "wamp.error.invalid_argument");
        bool caught = false;
        try {
            co_await s.call<int>("com.odd");
        } catch (const application_error& error) {
            caught = true;
            CHECK(error.uri() == "com.error.odd");
            CHECK(error.args() == list{1});
            CHECK(error.kwargs() == dict{{"k", true}});
        }
        CHECK(caught);
        CHECK(s.open());
    });
}

TEST_CASE("client: progressive results come in their order, before the result", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        s.register_procedure("com.count", [](client::incoming_call call, int n) {
            for (int i = 0; i < n; ++i)
                call.progress(i);
            return call.wants_progress() ? n : -1;
        });
        std::vector<int> parts;
        client::call_options how;
        how.on_progress([&parts](int part) { parts.push_back(part); });
        const auto all = co_await s.call_with<int>(how, "com.count", 3);
        CHECK(all == 3);
        CHECK(parts == std::vector<int>{0, 1, 2});
        const auto without = co_await s.call<int>("com.count", 3);
        CHECK(without == -1);
    });
}

TEST_CASE("client: a handler of progressive results that fails ends its call", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        s.register_procedure("com.for_ever", [](client::incoming_call call) -> awaitable<int> {
            call.progress("not a number");
            static_cast<void>(co_await call.next_part());
            boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                              boost::asio::wait_traits<std::chrono::steady_clock>, executor>
                timer(co_await boost::asio::this_coro::executor);
            timer.expires_after(1h);
            co_await timer.async_wait(boost::asio::deferred);
            co_return 1;
        });
        client::call_options how;
        how.on_progress([](int) {});
        const auto failure = co_await failure_of(s.call_with<int>(how, "com.for_ever"));
        CHECK(failure == "wamp.error.canceled");
    });
}

TEST_CASE("client: arguments in parts reach one handler", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        s.register_procedure("com.sum", [](client::incoming_call call, int first) -> awaitable<int> {
            int sum = first;
            for (;;) {
                const auto part = co_await call.next_part();
                if (!part)
                    break;
                sum += result_as<int>(*part);
                call.progress(sum);
            }
            co_return sum;
        });
        std::vector<int> sums;
        client::call_options how;
        how.on_progress([&sums](int sum) { sums.push_back(sum); });
        const auto call = s.call_in_parts(how, "com.sum", 1);
        CHECK(call.send(2));
        CHECK(call.send(3));
        const auto sum = co_await call.finish<int>(4);
        CHECK(sum == 10);
        CHECK(sums == std::vector<int>{3, 6, 10});
        CHECK_FALSE(call.send(5));
    });
}

TEST_CASE("client: a call whose coroutine is canceled is canceled at the callee", "[client]")
{
    const auto mode = GENERATE(cancel_mode::skip, cancel_mode::killnowait, cancel_mode::kill);
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        boost::asio::cancellation_signal cancel;
        bool interrupted = false;
        auto slow = [&](client::incoming_call call) -> awaitable<int> {
            cancel.emit(boost::asio::cancellation_type::terminal); // The caller loses its patience now.
            static_cast<void>(call);
            boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                              boost::asio::wait_traits<std::chrono::steady_clock>, executor>
                timer(co_await boost::asio::this_coro::executor);
            timer.expires_after(mode == cancel_mode::skip ? 1ms : 1h);
            const auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::deferred));
            interrupted = error == boost::asio::error::operation_aborted;
            if (error)
                throw boost::system::system_error(error);
            co_return 1;
        };
        co_await s.register_procedure("com.slow", slow).confirmed();
        client::call_options how;
        how.cancel(mode);
        std::string outcome;
        boost::asio::co_spawn(
            io.get_executor(), failure_of(s.call_with<int>(how, "com.slow")),
            boost::asio::bind_cancellation_slot(
                cancel.slot(), [&](const std::exception_ptr&, std::string failure) { outcome = std::move(failure); }));
        // Each of these goes behind what came before it.
        while (outcome.empty() || (mode != cancel_mode::skip && !interrupted))
            static_cast<void>(co_await failure_of(s.call<int>("com.missing")));
        CHECK(outcome == (mode == cancel_mode::kill ? "wamp.error.canceled" : "Operation canceled"));
        CHECK(s.open());
    });
}

TEST_CASE("client: a call that takes too long times out, whoever sees to it", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        s.register_procedure("com.slow", [](client::incoming_call call) -> awaitable<int> {
            while (!call.canceled())
                static_cast<void>(co_await call.next_part());
            co_return 1;
        });
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>, executor>
            never(io);
        never.expires_after(1h);
        s.register_procedure("com.never", [&never]() -> awaitable<int> {
            co_await never.async_wait(boost::asio::deferred);
            co_return 1;
        });
        client::call_options how;
        how.timeout(20ms);
        const auto failure = co_await failure_of(s.call_with<int>(how, "com.never"));
        CHECK(failure == "wamp.error.timeout");
    });
}

TEST_CASE("client: a procedure takes as many calls at a time as it was registered for", "[client]")
{
    const bool alone = GENERATE(true, false);
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        auto nested = [&s](int depth) -> awaitable<std::string> {
            std::string inner = "deepest";
            if (depth > 0) {
                auto calling = s.call("com.nested", depth - 1);
                inner = co_await failure_of(std::move(calling));
            }
            co_return inner;
        };
        client::register_options how;
        how.concurrency(alone ? 1 : 2);
        const auto registered = s.register_procedure("com.nested", nested, how);
        co_await registered.confirmed();
        const auto inner = co_await s.call<std::string>("com.nested", 1);
        CHECK(inner == (alone ? "crossbar.error.max_concurrency_reached" : "none"));
    });
}

TEST_CASE("client: events reach typed handlers, with what is known of them", "[client]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto publisher = co_await join(io, router, format);
        const auto subscriber = co_await join(io, router);
        std::vector<std::string> heard;
        const auto exact = subscriber.subscribe(
            "com.news.a", [&](const std::string& s, int n) { heard.push_back(s + std::to_string(n)); });
        client::subscribe_options prefix;
        prefix.match(match_policy::prefix);
        const auto all = subscriber.subscribe(
            "com.news.",
            [&](client::incoming_event event, arguments content) -> awaitable<void> {
                heard.push_back(event.topic + " by " + event.publisher_authrole + " " +
                                std::to_string(content.args.size()));
                co_return;
            },
            prefix);
        co_await exact.confirmed();
        co_await all.confirmed();
        publisher.publish("com.news.a", "x", 1);
        client::publish_options disclosed;
        disclosed.disclose_me();
        const auto publication = co_await publisher.publish_acknowledged(disclosed, "com.news.b", 1, 2, 3);
        CHECK(publication.valid());
        client::publish_options nobody;
        nobody.eligible({});
        publisher.publish_with(nobody, "com.news.a", "never", 0);
        client::publish_options chosen;
        chosen.eligible({subscriber.id()}).exclude_authrole({"other"});
        publisher.publish_with(chosen, "com.news.a", "y", 2);
        while (heard.size() < 5)
            static_cast<void>(co_await failure_of(subscriber.call("com.missing")));
        std::sort(heard.begin(), heard.end());
        CHECK(heard ==
              std::vector<std::string>{"com.news.a by  2", "com.news.a by  2", "com.news.b by guest 3", "x1", "y2"});

        co_await exact.unsubscribe();
        co_await exact.unsubscribe();
        heard.clear();
        publisher.publish("com.news.a", "z", 3);
        while (heard.empty())
            static_cast<void>(co_await failure_of(subscriber.call("com.missing")));
        CHECK(heard == std::vector<std::string>{"com.news.a by  2"});
    });
}

TEST_CASE("client: retained events come to who asks for them", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto publisher = co_await join(io, router);
        const auto s = co_await join(io, router);
        client::publish_options kept;
        kept.retain();
        static_cast<void>(co_await publisher.publish_acknowledged(kept, "com.state", 5));
        std::optional<client::incoming_event> heard;
        client::subscribe_options how;
        how.get_retained();
        const auto got = s.subscribe(
            "com.state", [&](client::incoming_event event) { heard = event; }, how);
        co_await got.confirmed();
        while (!heard)
            static_cast<void>(co_await failure_of(s.call("com.missing")));
        CHECK(heard->retained);
        CHECK(heard->content.args == list{5});
    });
}

TEST_CASE("client: what the router refuses is thrown to who asks", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        const auto other = co_await join(io, router);
        co_await s.register_procedure("com.mine", [] {}).confirmed();
        const auto taken = co_await failure_of(other.register_procedure("com.mine", [] {}).confirmed());
        CHECK(taken == "wamp.error.procedure_already_exists");
        const auto reserved = co_await failure_of(s.subscribe("com..bad", [] {}).confirmed());
        CHECK(reserved == "wamp.error.invalid_uri");
        const auto published = co_await failure_of(s.publish_acknowledged({}, "wamp.mine"));
        CHECK(published == "wamp.error.invalid_uri");

        client::register_options force;
        force.force_reregister();
        co_await other
            .register_procedure(
                "com.mine", [] { return 2; }, force)
            .confirmed();
        const auto now = co_await s.call<int>("com.mine");
        CHECK(now == 2);
    });
}

TEST_CASE("client: everybody who waits is told when the session ends", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        bool was_canceled = false;
        s.register_procedure("com.slow", [&](client::incoming_call call) -> awaitable<int> {
            static_cast<void>(co_await call.next_part());
            boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                              boost::asio::wait_traits<std::chrono::steady_clock>, executor>
                timer(co_await boost::asio::this_coro::executor);
            timer.expires_after(1h);
            const auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::deferred));
            was_canceled = error == boost::asio::error::operation_aborted;
            co_return 1;
        });
        std::string outcome;
        boost::asio::co_spawn(io.get_executor(), failure_of(s.call<int>("com.slow")),
                              [&](const std::exception_ptr&, std::string failure) { outcome = std::move(failure); });
        static_cast<void>(co_await failure_of(s.call("com.missing")));
        SECTION("by leaving")
        {
            co_await s.leave();
        }
        SECTION("by the connection")
        {
            s.disconnect();
        }
        SECTION("by the router")
        {
            boost::asio::post(router.io, [&] { router.router.close(); });
        }
        const auto how = co_await s.ended();
        CHECK_FALSE(s.open());
        while (outcome.empty() || !was_canceled)
            co_await boost::asio::post(boost::asio::deferred);
        CHECK(outcome == "session ended: " + std::string(to_string(how.reason)));
        const auto late = co_await failure_of(s.call("com.missing"));
        CHECK(late == outcome);
        CHECK_THROWS_AS(s.publish("com.news"), client::session_ended);
        CHECK_THROWS_AS(s.subscribe("com.news", [] {}), client::session_ended);
        co_await s.leave();
    });
}

TEST_CASE("client: a router that is not there or does not want it is named", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        std::string text;
        std::string uri;
        const auto try_to_join = [&](client::connector to, client::join_options how) -> awaitable<void> {
            try {
                static_cast<void>(co_await client_session::join(io, std::move(to), std::move(how)));
            } catch (const client::join_failed& failed) {
                text = failed.what();
                uri = failed.uri();
            }
        };
        const remote_unix nowhere{"/nowhere/at.all"};
        co_await try_to_join(rawsocket(nowhere), client::join_options("realm1"));
        CHECK(text.find("unix:/nowhere/at.all") != std::string::npos);
        CHECK(uri.empty());
        co_await try_to_join(way_to(router), client::join_options("realm2"));
        CHECK(text.find("realm2") != std::string::npos);
        CHECK(uri == "wamp.error.no_such_realm");
        client::join_options with_ticket("realm1");
        with_ticket.who = client::ticket("joe", secret("1234"));
        co_await try_to_join(way_to(router), with_ticket);
        CHECK(uri == "wamp.error.no_matching_auth_method");
    });
}

TEST_CASE("client: every PING gets its PONG, and none after the session", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        for (int i = 0; i < 10; ++i)
            co_await s.ping(30s);
        co_await s.leave();
        auto closed = s.ping(30s);
        const auto none = co_await failure_of(std::move(closed));
        CHECK(none == "session ended: goodbye");
    });
}

TEST_CASE("client: debug shows the frames of a session", "[client]")
{
    guest_router router;
    kept_log log;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        client::join_options how("realm1");
        how.log = &log;
        remote_tcp where;
        where.host = "127.0.0.1";
        where.port = static_cast<std::uint16_t>(std::stoi(router.url.substr(router.url.rfind(':') + 1)));
        const auto s = co_await client_session::join(io, rawsocket(where).debug(true), how);
        co_await s.leave();
    });
    CHECK(log.lines_with("message=HELLO").size() == 1);
    CHECK(log.lines_with("message=WELCOME").size() == 1);
    CHECK(log.lines_with("message=GOODBYE").size() == 2);
}

TEST_CASE("client: more than the connection may hold back is refused, and the session lives on", "[client]")
{
    guest_router router;
    run([&](boost::asio::io_context& io) -> awaitable<void> {
        const auto s = co_await join(io, router);
        std::string refused;
        const std::string chunk(100'000, 'x');
        for (int i = 0; i < 10'000 && refused.empty(); ++i) {
            try {
                s.publish("com.news", chunk);
            } catch (const application_error& error) {
                refused = error.uri();
            }
        }
        CHECK(refused == "wamp.error.too_many_requests");
        const auto publication = co_await s.publish_acknowledged({}, "com.news", 1);
        CHECK(publication.valid());
    });
}
