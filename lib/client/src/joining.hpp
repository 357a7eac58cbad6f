// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// From a connection to a session: HELLO, CHALLENGE and AUTHENTICATE, WELCOME.

#include <span>
#include <string>

#include <junctor/auth/awaitable.hpp>
#include <junctor/client/credentials.hpp>
#include <junctor/client/session.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/shard_services.hpp>

#include "session_state.hpp"

namespace junctor::client {

/// What has come of joining: WELCOME, and what was read together with it.
struct joining {
    membership joined;
    std::span<const byte_view> rest; ///< Valid until the next read.
};

/// Joins over `link`, which leads to the router called `name`. What is read is valid until the next read. Throws
/// `join_failed`; the router has been told by ABORT then if that was not its own decision. All must outlive the
/// coroutine.
[[nodiscard]] awaitable<joining> join_over(channel& link, shard_services& services, const std::string& name,
                                           const join_options& how);

} // namespace junctor::client
