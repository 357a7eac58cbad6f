// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/legality.hpp>

namespace junctor {

bool client_may_send(session_phase phase, message_type type) noexcept
{
    switch (type) {
    case message_type::abort: return true;
    case message_type::hello:
        return phase == session_phase::expecting_hello || phase == session_phase::between_sessions;
    case message_type::authenticate: return phase == session_phase::expecting_authenticate;
    case message_type::goodbye:
    case message_type::error:
    case message_type::publish:
    case message_type::subscribe:
    case message_type::unsubscribe:
    case message_type::call:
    case message_type::cancel:
    case message_type::register_:
    case message_type::unregister:
    case message_type::yield: return phase == session_phase::joined;
    default: return false;
    }
}

bool is_late_answer(session_phase phase, message_type type) noexcept
{
    return phase == session_phase::between_sessions && (type == message_type::yield || type == message_type::error);
}

bool opens_request(message_type type) noexcept
{
    switch (type) {
    case message_type::publish:
    case message_type::subscribe:
    case message_type::unsubscribe:
    case message_type::call:
    case message_type::register_:
    case message_type::unregister: return true;
    default: return false;
    }
}

} // namespace junctor
