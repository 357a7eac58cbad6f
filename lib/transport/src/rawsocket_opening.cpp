// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "rawsocket_opening.hpp"

#include "outgoing_socket.hpp"

#include <utility>

#include <junctor/transport/rawsocket_channel.hpp>
#include <junctor/transport/rawsocket_connector.hpp>

namespace junctor {

namespace {

handshake_answer conclude(const handshake_terms& terms, const rawsocket_octets& request) noexcept
{
    return answer_handshake(decode_handshake_request(request), terms);
}

handshake_answer conclude(const handshake_wish& wish, const rawsocket_octets& reply) noexcept
{
    handshake_answer concluded;
    const auto accepted = decode_handshake_reply(reply, wish.format);
    if (!accepted) {
        concluded.error = accepted.error();
        return concluded;
    }
    concluded.format = accepted->format;
    concluded.peer_message_bytes_max = message_bytes_of_nibble(accepted->length_nibble);
    return concluded;
}

/// The part of a router that listens.
handshake_part part_of(const listening_transport& settings, const connection_ticket& place)
{
    handshake_terms terms;
    terms.serializers = settings.serializers();
    terms.length_nibble = nibble_of_message_bytes(settings.announced_message_size());
    terms.peer_message_bytes_min = settings.min_peer_message_size();
    terms.connection_limit_reached = !place.within_limit();
    return terms;
}

/// The part of whoever connects.
handshake_part part_of(const rawsocket_connector& settings)
{
    return handshake_wish{nibble_of_message_bytes(settings.announced_message_size()), settings.serializer()};
}

} // namespace

handshake_answer conclude_handshake(const handshake_part& part, const rawsocket_octets& octets) noexcept
{
    if (const auto* const terms = std::get_if<handshake_terms>(&part))
        return conclude(*terms, octets);
    return conclude(std::get<handshake_wish>(part), octets);
}

awaitable<boost::system::result<std::unique_ptr<channel>>>
open_rawsocket_channel(connection peer, const listening_transport& settings, shard_services& services)
{
    const auto part = part_of(settings, peer.ticket);
    const auto give_up = channel::clock::now() + settings.per_session().join_timeout;
    auto opened = co_await open_channel(std::move(peer), settings.common(), part, give_up, services);
    co_return opened;
}

awaitable<boost::system::result<std::unique_ptr<channel>>> connect_rawsocket_channel(const rawsocket_connector& to,
                                                                                     shard_services& services)
{
    const auto give_up = channel::clock::now() + connect_timeout(to.endpoint());
    auto connected = co_await connect_securely(to.endpoint(), give_up, services);
    if (!connected)
        co_return connected.error();
    const auto part = part_of(to);
    auto opened = co_await open_channel(std::move(*connected), to.common(), part, give_up, services);
    if (opened)
        (*opened)->clear_deadline();
    co_return opened;
}

} // namespace junctor
