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
[[nodiscard]] bool client_may_send(session_phase phase, message_type type) noexcept;

/// Whether a message of `type` that comes in `phase` is an answer to an INVOCATION that crossed the client's GOODBYE:
/// callees in use send it after their farewell. It is passed over.
[[nodiscard]] bool is_late_answer(session_phase phase, message_type type) noexcept;

/// Whether a message of `type` from a client opens a request, whose identifier is checked and whose failure is answered
/// with ERROR. A PUBLISH is one too, though it is answered only if it asks for acknowledgement.
[[nodiscard]] bool opens_request(message_type type) noexcept;

} // namespace junctor
