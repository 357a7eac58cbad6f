// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Description of a transport that listens.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/transport/channel_settings.hpp>
#include <junctor/transport/endpoint.hpp>
#include <junctor/transport/shared_port.hpp>
#include <junctor/transport/websocket_settings.hpp>

namespace junctor {

/// Where and how to listen for clients: an endpoint, and settings that all have defaults. A plain value.
///
///     junctor::rawsocket(junctor::tcp("127.0.0.1", 8081)).serializers({junctor::serializer::cbor})
///     junctor::websocket(junctor::tcp("127.0.0.1", 8080))
class listening_transport {
public:
    /// An authmethod and what decides on peers that choose it; never null.
    using method = std::pair<std::string, std::shared_ptr<authenticator>>;

    /// A transport for RawSocket clients.
    explicit listening_transport(junctor::endpoint where) : endpoint_{std::move(where)} {}

    /// Listens for WebSocket clients, in place of RawSocket's. With TLS, clients that speak ALPN must offer "http/1.1".
    /// Throws as `check_settings` does for the settings.
    listening_transport& websocket(websocket_settings settings);

    /// Serves what `port` says, in place of RawSocket clients. What joins sessions there is up to its parts, in place
    /// of this transport, which offers no authmethods then. They are named after it: that
    /// for RawSocket alike, others with their path behind it.
    listening_transport& share(shared_port port);

    /// The name of the transport, unique within a router. Default: empty, the router numbers it.
    listening_transport& id(std::string name);

    /// The serializers that clients may choose. Default: all. Throws `std::invalid_argument` if there is none.
    listening_transport& serializers(serializer_set allowed);

    /// The largest message in bytes that is taken from clients: at least 1. What RawSocket announces and enforces is
    /// the next power of two within 512 to 2^24. Default: `limits::message_bytes_default`. Throws
    /// `std::invalid_argument` for 0.
    listening_transport& max_message_size(std::size_t bytes);

    /// Refuses RawSocket clients that announce to take less than `bytes`. Default: 0, no client is refused for that.
    listening_transport& min_peer_message_size(std::size_t bytes);

    /// Logs every frame. Default: no.
    listening_transport& debug(bool on);

    /// Bounds for each connection and session.
    listening_transport& limits(const session_limits& bounds);

    /// Bounds for the transport as a whole.
    listening_transport& limits(const transport_limits& bounds);

    /// Sends PING to peers that have been silent for `interval`; three without any sign of life end the connection.
    /// Default: off. Throws `std::invalid_argument` if it is on with an interval that is not positive.
    listening_transport& keep_alive_ping(keep_alive when, std::chrono::milliseconds interval);

    /// How long a peer may take for a sign of life after PING. Default: 0, it may leave three of them unanswered.
    listening_transport& pong_timeout(std::chrono::milliseconds bound);

    /// Offers authmethod `name`. Clients get the first of their own list that is offered. `decides`, which must not be
    /// null, is kept as long as somebody may ask it. Throws `std::invalid_argument` if the method is offered already.
    listening_transport& authenticate(std::string name, std::shared_ptr<authenticator> decides);

    /// The same with an authenticator that belongs to the caller, and must outlive the router that listens.
    listening_transport& authenticate(std::string name, authenticator& decides);

    /// Which URIs tell a client why it may not join. Default: those of the specification.
    listening_transport& error_uris(error_uri_profile profile);

    [[nodiscard]] const junctor::endpoint& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] const std::string& id() const noexcept { return common_.id; }
    [[nodiscard]] serializer_set serializers() const noexcept { return serializers_; }

    /// What only WebSocket clients meet; nothing if those of RawSocket are listened for.
    [[nodiscard]] const std::optional<websocket_settings>& websocket() const noexcept { return websocket_; }

    /// What the endpoint is shared by; null if it is not shared.
    [[nodiscard]] const shared_port* port() const noexcept { return port_.get(); }

    /// What RawSocket clients are told, and held to.
    [[nodiscard]] std::size_t announced_message_size() const noexcept { return common_.announced_message_size(); }
    [[nodiscard]] std::size_t min_peer_message_size() const noexcept { return min_peer_message_size_; }
    [[nodiscard]] bool debug() const noexcept { return common_.debug; }
    [[nodiscard]] const session_limits& per_session() const noexcept { return common_.limits; }
    [[nodiscard]] const transport_limits& per_transport() const noexcept { return transport_limits_; }
    [[nodiscard]] keep_alive keep_alive_mode() const noexcept { return common_.keep_alive_mode; }
    [[nodiscard]] std::chrono::milliseconds keep_alive_interval() const noexcept { return common_.keep_alive_interval; }

    /// All that is not about listening alone.
    [[nodiscard]] const channel_settings& common() const noexcept { return common_; }

    [[nodiscard]] error_uri_profile error_uris() const noexcept { return error_uris_; }

    /// The authmethods on offer, in the order in which they were added. Empty: the router's default applies.
    [[nodiscard]] std::span<const method> methods() const noexcept { return methods_; }

    /// Gives the authmethods away: none are on offer afterwards.
    [[nodiscard]] std::vector<method> take_methods() noexcept { return std::exchange(methods_, {}); }

private:
    void expect_http();
    void name_parts();

    junctor::endpoint endpoint_;
    channel_settings common_;
    std::optional<websocket_settings> websocket_;
    std::shared_ptr<const shared_port> port_;
    serializer_set serializers_{serializer_set::all()};
    std::size_t min_peer_message_size_{0};
    transport_limits transport_limits_;
    error_uri_profile error_uris_{error_uri_profile::spec};
    std::vector<method> methods_;
};

/// A RawSocket transport on `where`, with defaults.
[[nodiscard]] inline listening_transport rawsocket(endpoint where)
{
    return listening_transport(std::move(where));
}

/// A WebSocket transport on `where`, with defaults but for `settings`.
[[nodiscard]] inline listening_transport websocket(endpoint where, websocket_settings settings = {})
{
    return listening_transport(std::move(where)).websocket(std::move(settings));
}

/// A transport on `where` that `port` shares, with defaults.
[[nodiscard]] inline listening_transport shared(endpoint where, shared_port port)
{
    return listening_transport(std::move(where)).share(std::move(port));
}

} // namespace junctor
