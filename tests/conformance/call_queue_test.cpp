// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Crossbar.io's call queues: calls wait for callees that take only so many at a time.
#include <junctor/realm/realm_member.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;
using namespace std::chrono_literals;

namespace {

constexpr auto busy = "crossbar.error.max_concurrency_reached";

/// The least that can be configured.
constexpr std::size_t few_bytes = std::size_t{64} << 10;

realm_options queued(std::size_t calls_max = 3, std::size_t bytes_max = few_bytes)
{
    realm_options options;
    options.call_queues = {{prefix("com.myapp."), 100, few_bytes}, {exact("com.myapp.work"), calls_max, bytes_max}};
    return options;
}

std::string with(int number, std::string_view message)
{
    return std::string(message).replace(message.find('#'), 1, std::to_string(number));
}

guest without(feature missing)
{
    return {.features = features_without({missing})};
}

/// A caller, and a callee that takes one call at a time and has it.
struct busy_callee {
    explicit busy_callee(const realm_options& options = queued(), const guest& callee_is = {},
                         const guest& caller_is = {}, const std::string& with_options = "")
        : talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), options),
          caller{talk.join("caller", caller_is)},
          callee{talk.join("callee", callee_is)}
    {
        callee.says(R"([64, 1, {"concurrency": 1)" + with_options + R"(}, "com.myapp.work"])");
        callee.hears(R"([65, 1, "$work"])");
        calls(1);
        is_invoked(callee, 1, 1);
    }

    void calls(int request, const std::string& options = "{}")
    {
        caller.says(with(request, "[48, #, " + options + R"(, "com.myapp.work", [)" + std::to_string(request) + "]]"));
    }

    void waits(int request, const std::string& options = "{}")
    {
        calls(request, options);
        caller.hears_nothing();
        callee.hears_nothing();
    }

    /// The callee gets the call `request` as its next invocation.
    static void is_invoked(peer& who, int invocation, int request)
    {
        who.hears(with(invocation, R"([68, #, "$work", {}, [)" + std::to_string(request) + "]]"));
    }

    void answers(peer& who, int invocation, int request)
    {
        who.says(with(invocation, "[70, #, {}]"));
        caller.hears(with(request, "[50, #, {}]"));
    }

    void fails(int request, std::string_view uri)
    {
        caller.hears_error(message_type::call, static_cast<std::uint64_t>(request), uri);
    }

    /// Nothing is left of any call.
    void check_empty()
    {
        talk.on_core([this](realm& core) {
            CHECK(core.pending_call_count() == 0);
            CHECK_FALSE(core.next_deadline().has_value());
            CHECK(caller.session().membership()->kept_bytes == 0);
            CHECK(caller.session().membership()->calls.size() == 0);
        });
    }

    conversation talk;
    peer& caller;
    peer& callee;
};

constexpr auto shared = R"(, "invoke": "roundrobin")";

} // namespace

TEST_CASE("call queue: calls wait for the callee in the order in which they came", "[conformance][queue]")
{
    busy_callee q;
    for (int request = 2; request <= 4; ++request)
        q.waits(request);
    q.calls(5);
    q.fails(5, busy); // three may wait
    for (int request = 1; request <= 3; ++request) {
        q.answers(q.callee, request, request);
        busy_callee::is_invoked(q.callee, request + 1, request + 1);
        q.callee.hears_nothing();
    }
    q.waits(6);
    q.callee.says(R"([8, 68, 4, {}, "com.myapp.error"])");
    q.fails(4, "com.myapp.error");
    busy_callee::is_invoked(q.callee, 5, 6);
    q.answers(q.callee, 5, 6);
    q.check_empty();
}

TEST_CASE("call queue: what waits is bounded in octets", "[conformance][queue]")
{
    const std::string large(30'000, 'x');
    busy_callee q(queued(100));
    for (int request = 2; request <= 4; ++request) {
        q.caller.says("[48, " + std::to_string(request) + R"(, {}, "com.myapp.work", [")" + large + "\"]]");
        if (request == 4)
            q.fails(4, busy);
    }
    q.caller.hears_nothing();
    q.answers(q.callee, 1, 1);
    q.callee.hears(R"([68, 2, "$work", {}, [")" + large + "\"]]");
    q.caller.says(R"([48, 5, {}, "com.myapp.work", [")" + large + "\"]]"); // there is room again
    q.caller.hears_nothing();
}

TEST_CASE("call queue: only calls to registrations that a rule matches wait", "[conformance][queue]")
{
    realm_options options;
    options.call_queues = {{exact("com.myapp.other"), 100, few_bytes}};
    busy_callee q(options);
    q.calls(2);
    q.fails(2, busy);
}

TEST_CASE("call queue: a call that waits is canceled at once, whatever the mode", "[conformance][queue]")
{
    busy_callee q;
    const std::string mode = GENERATE("skip", "kill", "killnowait");
    q.waits(2);
    q.waits(3);
    q.caller.says(R"([49, 2, {"mode": ")" + mode + R"("}])");
    q.fails(2, "wamp.error.canceled");
    q.callee.hears_nothing();
    q.answers(q.callee, 1, 1);
    busy_callee::is_invoked(q.callee, 2, 3);
    q.answers(q.callee, 2, 3);
    q.check_empty();
}

// It is a matter of milliseconds.
TEST_CASE("call queue: time runs while a call waits", "[conformance][queue][core]")
{
    busy_callee q;
    q.waits(2, R"({"timeout": 10})");
    q.waits(3, R"({"timeout": 20})");
    q.talk.wait(10ms);
    q.fails(2, "wamp.error.timeout");
    q.callee.hears_nothing();
    q.talk.wait(5ms);
    q.answers(q.callee, 1, 1);
    busy_callee::is_invoked(q.callee, 2, 3);
    q.talk.wait(4ms);
    q.caller.hears_nothing();
    q.talk.wait(1ms);
    q.fails(3, "wamp.error.timeout");
    q.callee.hears(R"([69, 2, {"mode": "killnowait", "reason": "wamp.error.timeout"}])");
    q.check_empty();
}

// It is a matter of milliseconds.
TEST_CASE("call queue: a callee that keeps the time itself is told what is left of it", "[conformance][queue][core]")
{
    busy_callee q(queued(), {}, {}, R"(, "forward_timeout": true)");
    q.waits(2, R"({"timeout": 20})");
    q.talk.wait(5ms);
    q.answers(q.callee, 1, 1);
    q.callee.hears(R"([68, 2, "$work", {"timeout": 15}, [2]])");
    q.talk.wait(50ms);
    q.answers(q.callee, 2, 2);
    q.check_empty();
}

TEST_CASE("call queue: an interrupted callee is offered what waits", "[conformance][queue]")
{
    busy_callee q;
    q.waits(2);
    q.caller.says(R"([49, 1, {}])");
    q.fails(1, "wamp.error.canceled");
    q.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    busy_callee::is_invoked(q.callee, 2, 2);
    q.answers(q.callee, 2, 2);
    q.check_empty();
}

TEST_CASE("call queue: a callee that works on after its call was canceled is offered nothing until it has answered",
          "[conformance][queue]")
{
    busy_callee q(queued(), without(feature::call_canceling));
    q.waits(2);
    q.caller.says(R"([49, 1, {}])");
    q.fails(1, "wamp.error.canceled");
    q.callee.hears_nothing();
    q.callee.says(R"([70, 1, {}])");
    busy_callee::is_invoked(q.callee, 2, 2);
    q.answers(q.callee, 2, 2);
    q.check_empty();
}

TEST_CASE("call queue: a caller that leaves waits no more", "[conformance][queue]")
{
    busy_callee q;
    auto& other = q.talk.join("other");
    other.says(R"([48, 1, {}, "com.myapp.work", [20]])");
    other.says(R"([48, 2, {}, "com.myapp.work", [30]])");
    q.waits(2);
    other.vanishes();
    q.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 2); });
    q.answers(q.callee, 1, 1);
    busy_callee::is_invoked(q.callee, 2, 2);
    q.answers(q.callee, 2, 2);
    q.check_empty();
}

TEST_CASE("call queue: a caller that leaves frees the callee for others, and not for itself", "[conformance][queue]")
{
    busy_callee q;
    auto& other = q.talk.join("other");
    q.waits(2);
    other.says(R"([48, 1, {}, "com.myapp.work", [10]])");
    q.caller.vanishes();
    q.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    busy_callee::is_invoked(q.callee, 2, 10);
    q.callee.says(R"([70, 2, {}])");
    other.hears(R"([50, 1, {}])");
    q.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("call queue: calls that wait are answered when the last callee goes", "[conformance][queue]")
{
    busy_callee q;
    q.waits(2);
    q.waits(3);
    SECTION("because it leaves")
    {
        q.callee.vanishes();
        q.fails(2, "wamp.error.no_such_procedure");
        q.fails(3, "wamp.error.no_such_procedure");
        q.fails(1, "wamp.error.canceled");
    }
    SECTION("because it unregisters")
    {
        q.callee.says(R"([66, 2, "$work"])");
        q.callee.hears(R"([67, 2])");
        q.fails(2, "wamp.error.no_such_procedure");
        q.fails(3, "wamp.error.no_such_procedure");
        q.answers(q.callee, 1, 1);
    }
    q.check_empty();
}

TEST_CASE("call queue: a session that waits for itself leaves nothing behind", "[conformance][queue]")
{
    busy_callee q;
    q.callee.says(R"([48, 1, {}, "com.myapp.work", [10]])");
    q.waits(2);
    q.callee.vanishes();
    q.fails(2, "wamp.error.no_such_procedure");
    q.fails(1, "wamp.error.canceled");
    q.check_empty();
}

TEST_CASE("call queue: what waits goes to whoever of the callees has time", "[conformance][queue]")
{
    busy_callee q(queued(), {}, {}, shared);
    auto& second = q.talk.join("second");
    q.waits(2);
    second.says(R"([64, 1, {"concurrency": 1, "invoke": "roundrobin"}, "com.myapp.work"])");
    second.hears(R"([65, 1, "$work"])");
    busy_callee::is_invoked(second, 1, 2); // it is there at the right time
    q.waits(3);
    q.callee.vanishes();
    q.fails(1, "wamp.error.canceled");
    q.caller.hears_nothing(); // there is still one
    second.says("[70, 1, {}]");
    q.caller.hears("[50, 2, {}]");
    busy_callee::is_invoked(second, 2, 3);
    q.answers(second, 2, 3);
    q.check_empty();
}

// With bounds of its own on the pending calls of a session.
TEST_CASE("call queue: calls that wait are calls without an answer", "[conformance][queue][core]")
{
    guest caller;
    caller.limits.pending_calls_max = 2;
    busy_callee q(queued(), {}, caller);
    q.waits(2);
    q.calls(3);
    q.fails(3, "wamp.error.too_many_requests");
    q.caller.says(R"([48, 2, {}, "com.myapp.work"])"); // its request is in use
    q.caller.is_aborted();
}

TEST_CASE("call queue: calls whose arguments come in parts do not wait", "[conformance][queue]")
{
    busy_callee q;
    q.calls(2, R"({"progress": true})");
    q.fails(2, busy);
    q.calls(2); // the last part is passed over
    q.caller.hears_nothing();
    q.answers(q.callee, 1, 1);
    q.check_empty();
}

TEST_CASE("call queue: a call that was declined waits for those who have not declined it", "[conformance][queue]")
{
    busy_callee q(queued(), {}, {}, shared);
    auto& second = q.talk.join("second");
    second.says(R"([64, 1, {"concurrency": 1, "invoke": "roundrobin"}, "com.myapp.work"])");
    second.hears(R"([65, 1, "$work"])");
    q.calls(2);
    busy_callee::is_invoked(second, 1, 2);
    q.callee.says(R"([8, 68, 1, {}, "wamp.error.unavailable"])");
    q.caller.hears_nothing();
    q.calls(3); // does not wait behind it: who has declined the other has time
    busy_callee::is_invoked(q.callee, 2, 3);
    SECTION("until one of them has time")
    {
        q.answers(second, 1, 2);
        busy_callee::is_invoked(second, 2, 1);
        q.answers(second, 2, 1);
    }
    SECTION("until there is none")
    {
        second.vanishes();
        q.fails(2, "wamp.error.canceled");
        q.answers(q.callee, 2, 3);
        q.calls(4);
        busy_callee::is_invoked(q.callee, 3, 4);
        q.callee.says("[70, 3, {}]");
        q.fails(1, "wamp.error.no_available_callee");
        q.caller.hears("[50, 4, {}]");
        return q.check_empty();
    }
    q.answers(q.callee, 2, 3);
    q.check_empty();
}

// The callee comes to take less than it has announced.
TEST_CASE("call queue: a call that waited and cannot be delivered makes way for the next", "[conformance][queue][core]")
{
    busy_callee q;
    q.callee.outlet().accept_at_most(200);
    q.caller.says(R"([48, 2, {}, "com.myapp.work", [")" + std::string(300, 'x') + "\"]]");
    q.waits(3);
    q.callee.says("[70, 1, {}]");
    q.caller.hears("[50, 1, {}]");
    q.fails(2, "wamp.error.payload_size_exceeded");
    busy_callee::is_invoked(q.callee, 2, 3);
    q.answers(q.callee, 2, 3);
    q.check_empty();
}
