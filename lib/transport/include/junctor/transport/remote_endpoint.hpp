// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where a router listens that this program connects to.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <junctor/transport/endpoint.hpp>

namespace junctor {

/// The client side of TLS: whom it believes, and what it shows. The certificate of the server is always verified.
struct tls_client_options {
    /// What the certificate of the server must be for: a host name, which is also sent to the server (SNI), or an IP
    /// address. Never empty.
    std::string hostname{};

    /// Paths of PEM files: the certificate must lead to one of these. Empty: to one that the system trusts.
    std::vector<std::string> ca_certificates{};

    /// Paths of PEM files with the certificate, which may be followed by its chain, and the key that are shown to a
    /// server that asks for them. Either both or none.
    std::string certificate{};
    std::string key{};

    friend bool operator==(const tls_client_options&, const tls_client_options&) = default;
};

/// How long it may take by default until a connection is there: Crossbar.io's `timeout` of connecting endpoints.
inline constexpr std::chrono::milliseconds connect_timeout_default{std::chrono::seconds{10}};

/// The longest that it may take.
inline constexpr std::chrono::milliseconds connect_timeout_max{std::chrono::seconds{600}};

/// A TCP port to connect to.
struct remote_tcp {
    std::string host{};                  ///< An address, without brackets, or a host name. Never empty.
    std::uint16_t port{0};               ///< Never 0.
    std::optional<ip_version> version{}; ///< Without it, whatever the host name resolves to is tried in that order.
    std::chrono::milliseconds timeout{connect_timeout_default}; ///< 0 to `connect_timeout_max`; 0 means that.
    std::optional<tls_client_options> tls{};

    friend bool operator==(const remote_tcp&, const remote_tcp&) = default;
};

/// A Unix domain socket to connect to.
struct remote_unix {
    std::string path{}; ///< Of the socket file; "@name" is a name in the abstract name space instead. Never empty.
    std::chrono::milliseconds timeout{connect_timeout_default}; ///< 0 to `connect_timeout_max`; 0 means that.

    friend bool operator==(const remote_unix&, const remote_unix&) = default;
};

/// Where to connect to.
using remote_endpoint = std::variant<remote_tcp, remote_unix>;

/// `where` for people: "tcp:router.example:8081", "tcp4:127.0.0.1:8081", "tcp6:[::1]:8081", "unix:/run/shop.sock" or
/// "unix:@shop". The version of IP is told if it is given, or if the host is an address.
[[nodiscard]] std::string to_string(const remote_endpoint& where);

/// How long everything may take that precedes the first message: looking the host up, connecting, and the handshakes.
/// Positive.
[[nodiscard]] std::chrono::milliseconds connect_timeout(const remote_endpoint& where) noexcept;

} // namespace junctor
