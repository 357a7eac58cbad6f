// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "connected_socket.hpp"

#include <atomic>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace junctor {

namespace {

/// Counts the connections of the process.
std::atomic<std::uint64_t> connection_numbers{0};

std::optional<peer_credentials> credentials_of(int descriptor)
{
    ucred found{};
    socklen_t size = sizeof found;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0)
        return std::nullopt;
    return peer_credentials{found.uid, found.gid, found.pid};
}

} // namespace

transport_facts begin_tcp_connection(int descriptor, const socket_address& peer)
{
    const int on = 1;
    static_cast<void>(::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    transport_facts facts;
    facts.connection_number = ++connection_numbers;
    facts.peer = peer.text();
    return facts;
}

transport_facts begin_unix_connection(int descriptor, std::string address)
{
    transport_facts facts;
    facts.connection_number = ++connection_numbers;
    facts.peer = std::move(address);
    facts.credentials = credentials_of(descriptor);
    return facts;
}

} // namespace junctor
