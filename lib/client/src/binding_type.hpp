// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The channel binding that a login asks for.

#include <string>

#include <junctor/auth/transport_facts.hpp>
#include <junctor/client/authmethods.hpp>

namespace junctor::client {

/// The type of channel binding that `wish` leads to on a connection with these facts; empty for none. Throws
/// `login_failed` if one is required that the connection does not have.
[[nodiscard]] std::string binding_type(channel_binding wish, const transport_facts& transport);

/// What HELLO.authextra says for that: null for none.
[[nodiscard]] value binding_claim(const std::string& type);

} // namespace junctor::client
