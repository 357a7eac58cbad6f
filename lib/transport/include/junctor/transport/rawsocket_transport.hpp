// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Description of a RawSocket transport that listens.

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/transport/endpoint.hpp>
#include <junctor/transport/rawsocket_settings.hpp>

namespace junctor {

/// Where and how to listen for RawSocket clients: an endpoint, and settings that all have defaults. A plain value.
///
///     junctor::rawsocket(junctor::tcp("127.0.0.1", 8081)).serializers({junctor::serializer::cbor})
class rawsocket_transport {
public:
    /// An authmethod and what decides on peers that choose it; never null.
    using method = std::pair<std::string, std::shared_ptr<authenticator>>;

    explicit rawsocket_transport(junctor::endpoint where) : endpoint_{std::move(where)} {}

    /// The name of the transport, unique within a router. Default: empty, the router numbers it.
    rawsocket_transport& id(std::string name);

    /// The serializers that clients may choose. Default: all. Throws `std::invalid_argument` if there is none.
    rawsocket_transport& serializers(serializer_set allowed);

    /// The largest message in bytes that is taken from clients: at least 1. What is announced and enforced is the next
    /// power of two within 512 to 2^24. Default: `limits::message_bytes_default`. Throws `std::invalid_argument` for 0.
    rawsocket_transport& max_message_size(std::size_t bytes);

    /// Refuses clients that announce to take less than `bytes`. Default: 0, no client is refused for that.
    rawsocket_transport& min_peer_message_size(std::size_t bytes);

    /// Logs every frame. Default: no.
    rawsocket_transport& debug(bool on);

    /// Bounds for each connection and session.
    rawsocket_transport& limits(const session_limits& bounds);

    /// Bounds for the transport as a whole.
    rawsocket_transport& limits(const transport_limits& bounds);

    /// Sends PING to peers that have been silent for `interval`; three without any sign of life end the connection.
    /// Default: off. Throws `std::invalid_argument` if it is on with an interval that is not positive.
    rawsocket_transport& keep_alive_ping(keep_alive when, std::chrono::milliseconds interval);

    /// Offers authmethod `name`. Clients get the first of their own list that is offered. `decides`, which must not be
    /// null, is kept as long as somebody may ask it. Throws `std::invalid_argument` if the method is offered already.
    rawsocket_transport& authenticate(std::string name, std::shared_ptr<authenticator> decides);

    /// The same with an authenticator that belongs to the caller, and must outlive the router that listens.
    rawsocket_transport& authenticate(std::string name, authenticator& decides);

    /// Which URIs tell a client why it may not join. Default: those of the specification.
    rawsocket_transport& error_uris(error_uri_profile profile);

    [[nodiscard]] const junctor::endpoint& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] const std::string& id() const noexcept { return common_.id; }
    [[nodiscard]] serializer_set serializers() const noexcept { return serializers_; }

    /// What clients are told, and held to.
    [[nodiscard]] std::size_t announced_message_size() const noexcept { return common_.announced_message_size(); }
    [[nodiscard]] std::size_t min_peer_message_size() const noexcept { return min_peer_message_size_; }
    [[nodiscard]] bool debug() const noexcept { return common_.debug; }
    [[nodiscard]] const session_limits& per_session() const noexcept { return common_.limits; }
    [[nodiscard]] const transport_limits& per_transport() const noexcept { return transport_limits_; }
    [[nodiscard]] keep_alive keep_alive_mode() const noexcept { return common_.keep_alive_mode; }
    [[nodiscard]] std::chrono::milliseconds keep_alive_interval() const noexcept { return common_.keep_alive_interval; }

    /// All that is not about listening alone.
    [[nodiscard]] const rawsocket_settings& common() const noexcept { return common_; }

    [[nodiscard]] error_uri_profile error_uris() const noexcept { return error_uris_; }

    /// The authmethods on offer, in the order in which they were added. Empty: the router's default applies.
    [[nodiscard]] std::span<const method> methods() const noexcept { return methods_; }

    /// Gives the authmethods away: none are on offer afterwards.
    [[nodiscard]] std::vector<method> take_methods() noexcept { return std::exchange(methods_, {}); }

private:
    junctor::endpoint endpoint_;
    rawsocket_settings common_;
    serializer_set serializers_{serializer_set::all()};
    std::size_t min_peer_message_size_{0};
    transport_limits transport_limits_;
    error_uri_profile error_uris_{error_uri_profile::spec};
    std::vector<method> methods_;
};

/// A RawSocket transport on `where`, with defaults.
[[nodiscard]] inline rawsocket_transport rawsocket(endpoint where)
{
    return rawsocket_transport(std::move(where));
}

} // namespace junctor
