// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A connection of which something had to be read to know what it is.

#include <utility>

#include <junctor/base/bytes.hpp>
#include <junctor/transport/connection.hpp>

#include "byte_stream.hpp"

namespace junctor {

/// What has become of the socket, and of TLS, of a connection; `unread` has come and is to be read first.
struct begun_connection {
    byte_stream stream;
    byte_buffer unread;
};

/// The stream of `peer`, whether it was begun or not.
[[nodiscard]] inline byte_stream take_stream(connection& peer, shard_services& services)
{
    if (peer.begun != nullptr)
        return std::move(peer.begun->stream);
    return {std::move(peer.socket), std::move(peer.tls), services};
}

/// What of `peer` has come already.
[[nodiscard]] inline byte_buffer take_unread(connection& peer) noexcept
{
    return peer.begun != nullptr ? std::move(peer.begun->unread) : byte_buffer();
}

} // namespace junctor
