// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/legality.hpp>

#include <algorithm>
#include <vector>

#include "support/catch.hpp"

using namespace junctor;

namespace {

const std::vector<message_type> all_types{
    message_type::hello,        message_type::welcome,    message_type::abort,      message_type::challenge,
    message_type::authenticate, message_type::goodbye,    message_type::error,      message_type::publish,
    message_type::published,    message_type::subscribe,  message_type::subscribed, message_type::unsubscribe,
    message_type::unsubscribed, message_type::event,      message_type::call,       message_type::cancel,
    message_type::result,       message_type::register_,  message_type::registered, message_type::unregister,
    message_type::unregistered, message_type::invocation, message_type::interrupt,  message_type::yield,
};

/// Checks `holds` for every type: true for those listed, false for all others.
template <class Rule>
void check_exactly(const std::vector<message_type>& listed, Rule holds)
{
    for (const auto type : all_types) {
        CAPTURE(to_string(type));
        CHECK(holds(type) == (std::find(listed.begin(), listed.end(), type) != listed.end()));
    }
}

} // namespace

TEST_CASE("legality: before the session there is HELLO or ABORT", "[session][legality]")
{
    check_exactly({message_type::hello, message_type::abort},
                  [](message_type type) { return client_may_send(session_phase::expecting_hello, type); });
}

TEST_CASE("legality: CHALLENGE is answered with AUTHENTICATE or ABORT", "[session][legality]")
{
    check_exactly({message_type::authenticate, message_type::abort},
                  [](message_type type) { return client_may_send(session_phase::expecting_authenticate, type); });
}

TEST_CASE("legality: a joined client sends what clients send", "[session][legality]")
{
    check_exactly({message_type::abort, message_type::goodbye, message_type::error, message_type::publish,
                   message_type::subscribe, message_type::unsubscribe, message_type::call, message_type::cancel,
                   message_type::register_, message_type::unregister, message_type::yield},
                  [](message_type type) { return client_may_send(session_phase::joined, type); });
}

TEST_CASE("legality: between two sessions answers may still come, and nothing else that is new", "[session][legality]")
{
    check_exactly({message_type::hello, message_type::abort},
                  [](message_type type) { return client_may_send(session_phase::between_sessions, type); });
    check_exactly({message_type::yield, message_type::error},
                  [](message_type type) { return is_late_answer(session_phase::between_sessions, type); });
    check_exactly({}, [](message_type type) { return is_late_answer(session_phase::expecting_hello, type); });
    check_exactly({}, [](message_type type) { return is_late_answer(session_phase::joined, type); });
}

TEST_CASE("legality: what opens a request", "[session][legality]")
{
    check_exactly({message_type::publish, message_type::subscribe, message_type::unsubscribe, message_type::call,
                   message_type::register_, message_type::unregister},
                  [](message_type type) { return opens_request(type); });
}
