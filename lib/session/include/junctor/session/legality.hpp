// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which message a client may send when.

#include <cstdint>

#include <junctor/message/message_type.hpp>

namespace junctor {

/// How far a connection's conversation has come. Spec: "Sessions", the state machines.
enum class session_phase : std::uint8_t {
    expecting_hello,        ///< Nothing joined.
    expecting_authenticate, ///< CHALLENGE is out.
    joined,                 ///< WELCOME is out.
    between_sessions,       ///< A session has ended by GOODBYE. Another HELLO may come.
};

/// Whether a client may send a message of `type` in `phase`. Whatever it may not send is a protocol violation.
[[nodiscard]] constexpr bool client_may_send(session_phase phase, message_type type) noexcept
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

/// Whether a message of `type` that comes in `phase` is an answer to an INVOCATION that crossed the client's GOODBYE:
/// callees in use send it after their farewell. It is passed over.
[[nodiscard]] constexpr bool is_late_answer(session_phase phase, message_type type) noexcept
{
    return phase == session_phase::between_sessions && (type == message_type::yield || type == message_type::error);
}

/// Whether a message of `type` from a client opens a request, whose identifier is checked and whose failure is answered
/// with ERROR. A PUBLISH is one too, though it is answered only if it asks for acknowledgement.
[[nodiscard]] constexpr bool opens_request(message_type type) noexcept
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
