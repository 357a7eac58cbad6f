// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/dealer.hpp>

#include <string>

#include <junctor/base/limits.hpp>
#include <junctor/realm/realm.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// A callee that has registered com.a, and a caller with a call to it on its way.
struct call_on_its_way {
    explicit call_on_its_way(const guest& callee_is = {}, const guest& caller_is = {})
        : callee{talk.join("callee", callee_is)}, caller{talk.join("caller", caller_is)}
    {
        callee.says(R"([64, 1, {}, "com.a"])");
        callee.hears(R"([65, 1, "$a"])");
        caller.says(R"([48, 1, {}, "com.a"])");
        callee.hears(R"([68, 1, "$a", {}])");
    }

    conversation talk;
    peer& callee;
    peer& caller;
};

const std::string large = "[\"" + std::string(500, 'x') + "\"]";

/// The list of one MsgPack extension, which other serializers have no form for.
const std::string extension("\x91\xd4\x01\x00", 4);

} // namespace

TEST_CASE("dealer: a session may have so many registrations and no more", "[realm][dealer]")
{
    conversation talk;
    guest who;
    who.limits.registrations_max = 1;
    auto& alice = talk.join("alice", who);
    alice.says(R"([64, 1, {}, "com.a"])");
    alice.hears(R"([65, 1, "$a"])");
    alice.says(R"([64, 2, {}, "com.b"])");
    alice.hears_error(message_type::register_, 2, "wamp.error.too_many_requests");
    CHECK(talk.realm().registration_count() == 1);
    alice.says(R"([66, 3, "$a"])");
    alice.hears(R"([67, 3])");
    alice.says(R"([64, 4, {}, "com.b"])");
    alice.hears(R"([65, 4, "$_"])");
}

TEST_CASE("dealer: a session may have so many calls waiting and no more", "[realm][dealer]")
{
    guest who;
    who.limits.pending_calls_max = 2;
    call_on_its_way c({}, who);
    c.caller.says(R"([48, 2, {}, "com.a"])");
    c.caller.says(R"([48, 3, {}, "com.a"])");
    c.caller.hears_error(message_type::call, 3, "wamp.error.too_many_requests");
    c.callee.says(R"([70, 1, {}])");
    c.caller.hears(R"([50, 1, {}])");
    c.caller.says(R"([48, 4, {}, "com.a"])");
    c.callee.hears(R"([68, 2, "$a", {}])");
    c.callee.hears(R"([68, 3, "$a", {}])");
    CHECK(c.talk.realm().pending_call_count() == 2);
}

TEST_CASE("dealer: a call that is too large for the callee fails", "[realm][dealer]")
{
    call_on_its_way c;
    c.callee.outlet().accept_at_most(200);
    c.caller.says("[48, 2, {}, \"com.a\", " + large + "]");
    c.caller.hears_error(message_type::call, 2, "wamp.error.payload_size_exceeded");
    c.callee.hears_nothing();
    CHECK(c.talk.realm().pending_call_count() == 1);
    c.caller.says(R"([48, 3, {}, "com.a"])");
    c.callee.hears(R"([68, 2, "$a", {}])"); // no gap
}

TEST_CASE("dealer: an answer that is too large for the caller is an error", "[realm][dealer]")
{
    call_on_its_way c;
    const std::string answer = GENERATE(as<std::string>(), "[70, 1, {}, ", "[8, 68, 1, {}, \"com.error\", ");
    c.caller.outlet().accept_at_most(200);
    c.callee.says(answer + large + "]");
    c.caller.hears_error(message_type::call, 1, "wamp.error.payload_size_exceeded");
    CHECK(c.talk.realm().pending_call_count() == 0);
    CHECK(c.callee.session().open());
}

TEST_CASE("dealer: a call that the callee's serializer cannot express fails", "[realm][dealer]")
{
    guest msgpack;
    msgpack.format = serializer::msgpack;
    call_on_its_way c({}, msgpack);
    c.caller.says_bytes(as_bytes(std::string("\x95\x30\x02\x80\xa5"
                                             "com.a",
                                             10) +
                                 extension));
    c.caller.hears_error(message_type::call, 2, "wamp.error.invalid_argument");
    c.callee.hears_nothing();
}

TEST_CASE("dealer: an answer that the caller's serializer cannot express is an error", "[realm][dealer]")
{
    guest msgpack;
    msgpack.format = serializer::msgpack;
    call_on_its_way c(msgpack, {});
    SECTION("YIELD")
    {
        c.callee.says_bytes(as_bytes(std::string("\x94\x46\x01\x80", 4) + extension));
    }
    SECTION("ERROR")
    {
        c.callee.says_bytes(as_bytes(std::string("\x96\x08\x44\x01\x80\xa5"
                                                 "com.e",
                                                 11) +
                                     extension));
    }
    c.caller.hears_error(message_type::call, 1, "wamp.error.invalid_argument");
    CHECK(c.talk.realm().pending_call_count() == 0);
}

TEST_CASE("dealer: a caller whose queue is full loses its answer, and the call ends", "[realm][dealer]")
{
    call_on_its_way c;
    c.caller.outlet().refuse();
    c.callee.says(R"([70, 1, {}])");
    CHECK(c.talk.realm().pending_call_count() == 0);
    c.callee.hears_nothing();
}

TEST_CASE("dealer: progress that the caller does not take stops the callee", "[realm][dealer]")
{
    call_on_its_way c;
    c.caller.says(R"([48, 2, {"receive_progress": true}, "com.a"])");
    c.callee.hears(R"([68, 2, "$a", {"receive_progress": true}])");
    c.caller.outlet().refuse();
    c.callee.says(R"([70, 2, {"progress": true}])");
    c.callee.hears(R"([69, 2, {"mode": "killnowait", "reason": "wamp.error.unavailable"}])");
    CHECK(c.talk.realm().pending_call_count() == 1);
}

TEST_CASE("dealer: a callee that was sent ABORT gets no calls while it is on its way out", "[realm][dealer]")
{
    call_on_its_way c;
    c.callee.says(R"([5, "secret", {}])");
    c.callee.is_aborted();
    c.caller.says(R"([48, 2, {}, "com.a"])");
    c.caller.hears_error(message_type::call, 2, "wamp.error.unavailable");
    c.callee.says(R"([70, 1, {}])"); // is not listened to
    c.caller.hears_nothing();
    c.callee.vanishes();
    c.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
}

TEST_CASE("dealer: who leaves with calls to itself leaves nothing behind", "[realm][dealer]")
{
    call_on_its_way c;
    c.callee.says(R"([48, 2, {"timeout": 1000}, "com.a"])");
    c.callee.hears(R"([68, 2, "$a", {}])");
    CHECK(c.talk.realm().pending_call_count() == 2);
    c.callee.vanishes();
    CHECK(c.talk.realm().pending_call_count() == 0);
    CHECK_FALSE(c.talk.realm().next_deadline().has_value());
    c.callee.hears_nothing();
}

TEST_CASE("dealer: of the calls that were answered before their last part, the oldest are forgotten", "[realm][dealer]")
{
    call_on_its_way c;
    c.caller.says(R"([48, 2, {"progress": true}, "com.a"])");
    c.callee.hears(R"([68, 2, "$a", {"progress": true}])");
    const auto count = 4 * limits::answered_unfinished_calls_max;
    for (std::size_t i = 3; i < 3 + count; ++i) {
        c.caller.says("[48, " + std::to_string(i) + R"(, {"progress": true}, "com.nobody"])");
        c.caller.hears_error(message_type::call, i, "wamp.error.no_such_procedure");
    }
    CHECK(c.caller.session().membership()->unfinished_calls.size() <= 2 + 2 * limits::answered_unfinished_calls_max);
    c.caller.says("[48, " + std::to_string(2 + count) + R"(, {}, "com.nobody"])");
    c.caller.hears_nothing();
    c.caller.says(R"([48, 3, {}, "com.nobody"])"); // taken for a new one
    c.caller.hears_error(message_type::call, 3, "wamp.error.no_such_procedure");
    c.caller.says(R"([48, 2, {}, "com.a", ["last"]])"); // what is pending is not forgotten
    c.callee.hears(R"([68, 2, "$a", {}, ["last"]])");
    CHECK(c.caller.session().open());
}
