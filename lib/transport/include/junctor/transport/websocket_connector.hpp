// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Connecting to a router over WebSocket.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/framing/websocket.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/channel_settings.hpp>
#include <junctor/transport/rawsocket_connector.hpp>
#include <junctor/transport/remote_endpoint.hpp>
#include <junctor/transport/shard_services.hpp>
#include <junctor/transport/websocket_settings.hpp>

namespace junctor {

/// Where and how to connect to a router over WebSocket: an endpoint, and settings that all have defaults. A plain
/// value.
///
///     junctor::websocket_connector::from_url("wss://router.example/ws").value().serializer(junctor::serializer::cbor)
class websocket_connector {
public:
    /// Asks for `path`, which begins with "/" and may have a query. Throws `std::invalid_argument` if it does not, or
    /// if `where` cannot be meant, as `rawsocket_connector` does.
    explicit websocket_connector(remote_endpoint where, std::string path = "/");

    /// From "ws://host[:port][/path]" (port 80 unless given), "wss://host[:port][/path]" (TLS for this host; port 443),
    /// "ws://unix:/path" or "ws://unix:@name"; an IPv6 address stands in brackets.
    [[nodiscard]] static boost::system::result<websocket_connector, url_failure> from_url(std::string_view url);

    /// Another endpoint. Throws as the constructor.
    websocket_connector& endpoint(remote_endpoint where);

    /// The name of the transport, for logs. Default: empty.
    websocket_connector& id(std::string name);

    /// What messages are written in, one by one. Default: MessagePack.
    websocket_connector& serializer(junctor::serializer format) { return subprotocols({{format}}); }

    /// The subprotocols that the router may choose from, which takes the first that it knows. Throws
    /// `std::invalid_argument` if there is none, or one twice. Routers that are built on Autobahn for Python do not
    /// understand batches of JSON. Spec: advanced profile, "Message Batching".
    websocket_connector& subprotocols(std::vector<websocket_subprotocol> offered);

    /// How frames and handshakes are bounded, and whether compression is offered. Throws as `check_settings` does for
    /// them.
    websocket_connector& websocket(const websocket_connection_settings& settings);

    /// The largest message in bytes that is taken from the router: at least 1. Default:
    /// `limits::message_bytes_default`. Throws `std::invalid_argument` for 0.
    websocket_connector& max_message_size(std::size_t bytes);

    /// Whether every frame is to be logged, by whoever uses the channel. Default: no.
    websocket_connector& debug(bool on);

    /// Bounds for the connection, as of a `rawsocket_connector`.
    websocket_connector& limits(const session_limits& bounds);

    /// Sends PING if the router has been silent for `interval`; three without any sign of life end the connection.
    /// Default: off. Throws `std::invalid_argument` unless the interval is positive.
    websocket_connector& keep_alive_ping(std::chrono::milliseconds interval);

    /// The connection ends as well if there is no sign of life for so long after a PING. Default: 0, for no such bound.
    websocket_connector& pong_timeout(std::chrono::milliseconds bound);

    [[nodiscard]] const remote_endpoint& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] const std::vector<websocket_subprotocol>& subprotocols() const noexcept { return subprotocols_; }
    [[nodiscard]] const websocket_connection_settings& websocket() const noexcept { return websocket_; }
    [[nodiscard]] bool debug() const noexcept { return common_.debug; }

    /// All that is not about connecting alone.
    [[nodiscard]] const channel_settings& common() const noexcept { return common_; }

private:
    remote_endpoint endpoint_;
    std::string path_;
    std::vector<websocket_subprotocol> subprotocols_{{serializer::msgpack}};
    websocket_connection_settings websocket_;
    channel_settings common_;
};

/// Connects, carries out the TLS handshake, if the endpoint has one, and the opening handshake of WebSocket, and
/// completes with the channel, which has no deadline. All of this must be done within `connect_timeout(to.endpoint())`.
///
/// Completes with an error if there is no channel: a `websocket_error` of the handshake, otherwise as
/// `connect_rawsocket_channel`, also for cancellation and lifetimes. Spec: RFC 6455; advanced profile, "WebSocket
/// Transport".
[[nodiscard]] awaitable<boost::system::result<std::unique_ptr<channel>>>
connect_websocket_channel(const websocket_connector& to, shard_services& services);

/// What `connect_websocket_channel` has come to, as `describe_failure` of a `rawsocket_connector` says it.
[[nodiscard]] std::string describe_failure(const websocket_connector& to, boost::system::error_code error);

} // namespace junctor
