// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/session.hpp>

#include "support/catch.hpp"
#include "support/recorder.hpp"

using namespace junctor;
using test::recorder;

namespace {

struct joined_session {
    recorder outlet{serializer::json};
    session alice{session_id(42), {"alice", "staff", "ticket", "static", {}}, {}, outlet};
};

} // namespace

TEST_CASE("session: requests under the lenient check may be any in 1..2^53", "[session]")
{
    request_sequence requests(request_id_check::lenient);
    for (const auto number : {std::uint64_t{5}, std::uint64_t{5}, std::uint64_t{1}, id_max})
        CHECK(requests.accept(request_id(number)));
    CHECK_FALSE(requests.accept(request_id(0)));
    CHECK_FALSE(requests.accept(request_id(id_max + 1)));
}

TEST_CASE("session: requests under the strict check count up from 1", "[session]")
{
    request_sequence requests(request_id_check::strict);
    CHECK_FALSE(requests.accept(request_id(0)));
    CHECK_FALSE(requests.accept(request_id(2)));
    CHECK(requests.accept(request_id(1)));
    CHECK(requests.accept(request_id(2)));
    CHECK_FALSE(requests.accept(request_id(2)));
    CHECK_FALSE(requests.accept(request_id(4)));
    CHECK(requests.accept(request_id(3)));
}

TEST_CASE("session: what is sent goes to the outlet while the session is open", "[session]")
{
    joined_session s;
    CHECK(s.alice.send(published{request_id(7), publication_id(9)}) == delivery::queued);
    CHECK(s.outlet.take() == "[17,7,9]");
    CHECK(s.alice.send_encoded(as_bytes("[17,8,9]")) == delivery::queued);
    CHECK(s.outlet.take() == "[17,8,9]");

    s.alice.close(close_reason::killed, "because");
    CHECK(s.alice.send(published{request_id(7), publication_id(9)}) == delivery::refused);
    CHECK(s.alice.send_encoded(as_bytes("[17,8,9]")) == delivery::refused);
    CHECK(s.outlet.empty());
}

TEST_CASE("session: what its outlet says comes back", "[session]")
{
    joined_session s;
    s.outlet.accept_at_most(5);
    CHECK(s.alice.send(published{request_id(7), publication_id(9)}) == delivery::too_large);
    s.outlet.refuse();
    CHECK(s.alice.send(published{request_id(7), publication_id(9)}) == delivery::refused);
}

TEST_CASE("session: a payload without a form in the peer's serializer is not sent", "[session]")
{
    joined_session s;
    const std::string extension_type("\x91\xd4\x01\x00", 4); // a list with a MsgPack extension in it
    result out;
    out.request = request_id(1);
    out.body.args = {{serializer::msgpack, as_bytes(extension_type)}};
    CHECK(s.alice.send(out) == delivery::not_expressible);
    CHECK(s.outlet.empty());
    CHECK(s.alice.send(published{request_id(7), publication_id(9)}) == delivery::queued);
    CHECK(s.outlet.take() == "[17,7,9]");
}

TEST_CASE("session: ERROR bears the code's URI, and a text if there is one", "[session]")
{
    joined_session s;
    s.alice.send_error(message_type::call, request_id(3), errc::no_such_procedure);
    CHECK(s.outlet.take() == R"([8,48,3,{},"wamp.error.no_such_procedure"])");
    s.alice.send_error(message_type::subscribe, request_id(4), errc::invalid_uri, "empty component");
    CHECK(s.outlet.take() == R"([8,32,4,{},"wamp.error.invalid_uri",["empty component"]])");
}

TEST_CASE("session: ABORT has three elements and a text, and closes", "[session]")
{
    joined_session s;
    s.alice.abort(errc::protocol_violation, "HELLO: not now");
    CHECK(s.outlet.take() == R"([3,{"message":"HELLO: not now"},"wamp.error.protocol_violation"])");
    CHECK(s.alice.reason() == close_reason::protocol_violation);
    CHECK(s.alice.reason_text() == "HELLO: not now");

    s.alice.abort(errc::internal_error);
    s.alice.say_goodbye(close_reason::killed);
    CHECK(s.outlet.empty());
    CHECK(s.alice.reason() == close_reason::protocol_violation);
}

TEST_CASE("session: ABORT without a text says what its code means", "[session]")
{
    joined_session s;
    s.alice.abort(errc::no_such_role, {}, close_reason::authentication_failed);
    CHECK(s.outlet.take() == R"([3,{"message":"the realm has no such role"},"wamp.error.no_such_role"])");
    CHECK(s.alice.reason() == close_reason::authentication_failed);
}

TEST_CASE("session: an ABORT that the peer cannot take goes without its text", "[session]")
{
    joined_session s;
    s.outlet.accept_at_most(64);
    s.alice.abort(errc::no_such_role, std::string(100, 'x'));
    CHECK(s.outlet.take() == R"([3,{},"wamp.error.no_such_role"])");
    CHECK(s.alice.reason_text() == std::string(100, 'x'));
}

TEST_CASE("session: a peer's own words are kept in part only", "[session]")
{
    joined_session s;
    s.alice.close(close_reason::aborted_by_peer, std::string(100'000, 'x'));
    CHECK(s.alice.reason_text() == std::string(limits::quoted_bytes_max, 'x'));
}

TEST_CASE("session: GOODBYE bears the reason's URI, or one that somebody gave", "[session]")
{
    joined_session one;
    one.alice.say_goodbye(close_reason::system_shutdown);
    CHECK(one.outlet.take() == R"([6,{},"wamp.close.system_shutdown"])");
    joined_session two;
    two.alice.say_goodbye(close_reason::killed, "go away", "com.myapp.bye");
    CHECK(two.outlet.take() == R"([6,{"message":"go away"},"com.myapp.bye"])");
    CHECK(two.alice.reason() == close_reason::killed);
}

TEST_CASE("session: invocations are counted when they have been queued", "[session]")
{
    joined_session s;
    CHECK_FALSE(s.alice.was_invoked(request_id(1)));
    CHECK(s.alice.next_invocation() == request_id(1));
    CHECK(s.alice.next_invocation() == request_id(1));
    s.alice.count_invocation();
    CHECK(s.alice.was_invoked(request_id(1)));
    CHECK_FALSE(s.alice.was_invoked(request_id(0)));
    CHECK_FALSE(s.alice.was_invoked(request_id(2)));
    CHECK(s.alice.next_invocation() == request_id(2));
}
