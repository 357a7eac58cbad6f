// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The handshake of RawSocket, from either end, and what comes of it.

#include <cstdint>
#include <memory>
#include <variant>

#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/channel_settings.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// What the end that connects asks for.
struct handshake_wish {
    std::uint8_t length_nibble{}; ///< The largest message that this end takes.
    serializer format{serializer::json};
};

/// What one end does in the handshake: it answers on terms, or it asks.
using handshake_part = std::variant<handshake_terms, handshake_wish>;

/// What follows from the four octets of the peer, for whoever has this part. Whoever has asked does not reply.
[[nodiscard]] handshake_answer conclude_handshake(const handshake_part& part, const rawsocket_octets& octets) noexcept;

/// Carries out the TLS handshake, if the connection has one, and the RawSocket handshake by `give_up`, and completes
/// with the channel, whose deadline is `give_up` with `close_reason::join_timeout`. If a handshake fails, the
/// connection is closed. Peers that were answered are given the time to read that. `part` must outlive the opening,
/// `settings` and `services` the channel.
[[nodiscard]] awaitable<boost::system::result<std::unique_ptr<channel>>>
open_channel(connection peer, const channel_settings& settings, const handshake_part& part,
             channel::clock::time_point give_up, shard_services& services);

} // namespace junctor
