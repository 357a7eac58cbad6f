// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Connecting to a router over RawSocket.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/channel_settings.hpp>
#include <junctor/transport/remote_endpoint.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// Why a text is no URL of a RawSocket router.
struct url_failure {
    std::string text; ///< A sentence for people, which does not quote the URL: "the URL names no host".
};

/// Makes `boost::system::result<T, url_failure>::value()` throw `std::invalid_argument`.
[[noreturn]] void throw_exception_from_error(const url_failure& failure, const boost::source_location& where);

/// Where and how to connect to a router over RawSocket: an endpoint, and settings that all have defaults. A plain
/// value.
///
///     junctor::rawsocket(junctor::remote_unix{"/run/shop.sock"}).serializer(junctor::serializer::cbor)
class rawsocket_connector {
public:
    /// Throws `std::invalid_argument` if `where` cannot be meant: without a host, port, path or host name for TLS, with
    /// only one of certificate and key, or with a timeout out of range.
    explicit rawsocket_connector(remote_endpoint where);

    /// From "rs://host[:port]" (port 80 unless given), "rss://host[:port]" (TLS for this host; port 443),
    /// "rs://unix:/path" or "rs://unix:@name"; an IPv6 address stands in brackets.
    [[nodiscard]] static boost::system::result<rawsocket_connector, url_failure> from_url(std::string_view url);

    /// Another endpoint. Throws as the constructor.
    rawsocket_connector& endpoint(remote_endpoint where);

    /// The name of the transport, for logs. Default: empty.
    rawsocket_connector& id(std::string name);

    /// What messages are written in. Default: MessagePack.
    rawsocket_connector& serializer(junctor::serializer format);

    /// The largest message in bytes that is taken from the router: at least 1. What is announced and enforced is the
    /// next power of two within 512 to 2^24. Default: `limits::message_bytes_default`. Throws `std::invalid_argument`
    /// for 0.
    rawsocket_connector& max_message_size(std::size_t bytes);

    /// Whether every frame is to be logged, by whoever uses the channel. Default: no.
    rawsocket_connector& debug(bool on);

    /// Bounds for the connection. Of these `outbound_bytes_max`, `write_stall_timeout` and, for whoever closes it,
    /// `goodbye_timeout` mean something here.
    rawsocket_connector& limits(const session_limits& bounds);

    /// Sends PING if the router has been silent for `interval`; three without any sign of life end the connection.
    /// Default: off. Throws `std::invalid_argument` unless the interval is positive.
    rawsocket_connector& keep_alive_ping(std::chrono::milliseconds interval);

    [[nodiscard]] const remote_endpoint& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] const std::string& id() const noexcept { return common_.id; }
    [[nodiscard]] junctor::serializer serializer() const noexcept { return serializer_; }

    /// What the router is told, and held to.
    [[nodiscard]] std::size_t announced_message_size() const noexcept { return common_.announced_message_size(); }
    [[nodiscard]] bool debug() const noexcept { return common_.debug; }
    [[nodiscard]] const session_limits& limits() const noexcept { return common_.limits; }
    [[nodiscard]] keep_alive keep_alive_mode() const noexcept { return common_.keep_alive_mode; }
    [[nodiscard]] std::chrono::milliseconds keep_alive_interval() const noexcept { return common_.keep_alive_interval; }

    /// All that is not about connecting alone.
    [[nodiscard]] const channel_settings& common() const noexcept { return common_; }

private:
    remote_endpoint endpoint_;
    junctor::serializer serializer_{junctor::serializer::msgpack};
    channel_settings common_;
};

/// A connector to `where`, with defaults. Throws as the constructor.
[[nodiscard]] inline rawsocket_connector rawsocket(remote_endpoint where)
{
    return rawsocket_connector(std::move(where));
}

/// Connects, carries out the TLS handshake, if the endpoint has one, and the RawSocket handshake, and completes with
/// the channel, which has no deadline. All of this must be done within `connect_timeout(to.endpoint())`.
///
/// The addresses of a host are tried one after the other. Nothing is sent together with the four octets of the
/// handshake, and nothing before they are answered, as some routers would not understand it.
///
/// Completes with an error if there is no channel: what the router answers (`rawsocket_error`, also with numbers that
/// have no name), `framing_error::not_rawsocket` if it is none, `reply_malformed` or `reply_serializer_other`; an error
/// of TLS, which tells what is wrong with a certificate; an error of the system or of looking the host up; `eof` if the
/// router ended the connection, `timed_out`, and `operation_aborted` if it was cancelled. `describe_failure` makes a
/// sentence of it. Throws `endpoint_error` if a file of TLS cannot be used.
///
/// Cancellation: by the slot of whoever awaits it (terminal, partial or total); the connection is closed at once. A
/// look-up of a host cannot be broken off: nobody waits for it, but `io_context::run()` does not return before it ends.
/// `to` and `services` must outlive the channel; called on the thread of `services`. Spec: advanced profile, "RawSocket
/// Transport".
[[nodiscard]] awaitable<boost::system::result<std::unique_ptr<channel>>>
connect_rawsocket_channel(const rawsocket_connector& to, shard_services& services);

/// What `connect_rawsocket_channel` has come to, in a sentence for people that names the endpoint: "cannot connect to
/// tcp4:127.0.0.1:8081: Connection refused".
[[nodiscard]] std::string describe_failure(const rawsocket_connector& to, boost::system::error_code error);

} // namespace junctor
