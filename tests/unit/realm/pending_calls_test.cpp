// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/pending_calls.hpp>

#include <junctor/realm/realm_member.hpp>

#include "support/catch.hpp"
#include "support/recorder.hpp"

using namespace junctor;
using namespace std::chrono_literals;

namespace {

struct two_members {
    test::recorder outlet{serializer::json};
    permission_table permissions;
    session first{session_id(1), {}, {}, outlet};
    session second{session_id(2), {}, {}, outlet};
    realm_member caller{first, permissions};
    realm_member callee{second, permissions};
    pending_calls pending{7};
    pending_calls::time_point start{};

    pending_call& add(std::uint64_t call, std::uint64_t invocation, std::chrono::milliseconds timeout = {})
    {
        auto& made = pending.add(caller, request_id(call), callee, request_id(invocation));
        made.timeout = timeout;
        pending.restart_timeout(made, start);
        return made;
    }
};

} // namespace

TEST_CASE("pending calls: found from either side until they are removed", "[realm][calls]")
{
    two_members m;
    auto& made = m.add(10, 1);
    CHECK(m.pending.find_call(m.caller, request_id(10)) == &made);
    CHECK(m.pending.find_invocation(m.callee, request_id(1)) == &made);
    CHECK(m.pending.find_call(m.callee, request_id(10)) == nullptr);
    CHECK(m.pending.find_invocation(m.caller, request_id(1)) == nullptr);
    CHECK(m.pending.find_call(m.caller, request_id(1)) == nullptr);
    CHECK(m.caller.calls.size() == 1);
    CHECK(m.callee.invocations.size() == 1);
    CHECK(m.pending.size() == 1);
    m.pending.remove(made);
    CHECK(m.pending.find_call(m.caller, request_id(10)) == nullptr);
    CHECK(m.pending.find_invocation(m.callee, request_id(1)) == nullptr);
    CHECK(m.caller.calls.size() == 0);
    CHECK(m.callee.invocations.size() == 0);
    CHECK(m.pending.size() == 0);
}

TEST_CASE("pending calls: an entry is used again, as new", "[realm][calls]")
{
    two_members m;
    auto& first = m.add(10, 1, 5ms);
    first.wants_progress = true;
    first.being_killed = true;
    pending_calls::keep(first, call(), kept_call::arguments::kept);
    m.pending.remove(first);
    auto& second = m.add(11, 2);
    CHECK(&second == &first);
    CHECK_FALSE(second.wants_progress);
    CHECK_FALSE(second.being_killed);
    CHECK(second.timeout == 0ms);
    CHECK(second.kept == nullptr);
    CHECK_FALSE(m.pending.next_deadline().has_value());
    m.pending.remove(second);
}

TEST_CASE("pending calls: a CALL that is kept owns what it points to", "[realm][calls]")
{
    two_members m;
    auto& made = m.add(10, 1);
    {
        std::string procedure = "com.myapp.a.procedure.with.a.long.name";
        std::string attributes = R"({"_mark": "as long as it must be to be kept elsewhere"})";
        call one;
        one.request = request_id(10);
        one.procedure = procedure;
        one.options.forwarded.source = {{serializer::json, as_bytes(attributes)}};
        one.options.timeout = 5;
        pending_calls::keep(made, one, kept_call::arguments::kept);
        procedure.assign(procedure.size(), '-');
        attributes.assign(attributes.size(), '-');
    }
    const auto& kept = made.kept->message();
    CHECK(kept.request == request_id(10));
    CHECK(kept.procedure == "com.myapp.a.procedure.with.a.long.name");
    CHECK(as_text(kept.options.forwarded.source.bytes) == R"({"_mark": "as long as it must be to be kept elsewhere"})");
    CHECK(kept.options.timeout == 5);
    m.pending.remove(made);
    CHECK(m.pending.size() == 0);
}

TEST_CASE("pending calls: deadlines come in the order of time", "[realm][calls]")
{
    two_members m;
    auto& late = m.add(1, 1, 30ms);
    auto& early = m.add(2, 2, 10ms);
    auto& never = m.add(3, 3);
    CHECK(m.pending.next_deadline() == m.start + 10ms);
    CHECK(m.pending.next_to_expire() == &early);
    m.pending.restart_timeout(early, m.start + 25ms);
    CHECK(m.pending.next_to_expire() == &late);
    m.pending.remove(late);
    CHECK(m.pending.next_deadline() == m.start + 35ms);
    m.pending.remove(early);
    CHECK(m.pending.next_to_expire() == nullptr);
    m.pending.remove(never);
}
