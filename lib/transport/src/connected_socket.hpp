// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What is done with a socket that has just been connected, whichever end asked for it.

#include <string>

#include <junctor/auth/transport_facts.hpp>

#include "socket_address.hpp"

namespace junctor {

/// Numbers a connection over TCP, and lets the system send at once whatever it is given. Returns the facts about it.
[[nodiscard]] transport_facts begin_tcp_connection(int descriptor, const socket_address& peer);

/// Numbers a connection over a Unix domain socket, whose facts have the credentials of the other end. `address` is
/// that of the end that listens.
[[nodiscard]] transport_facts begin_unix_connection(int descriptor, std::string address);

} // namespace junctor
