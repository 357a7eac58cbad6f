// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where a transport listens.

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include <sys/types.h>

namespace junctor {

/// The server side of TLS: what it shows, and what it wants to see. All are paths of PEM files.
struct tls_server_options {
    std::string key;
    std::string certificate;                     ///< May hold the chain as well.
    std::vector<std::string> chain_certificates; ///< Intermediate certificates, the issuer of the server's own first.
    std::string dhparam;                         ///< Empty: OpenSSL chooses parameters that suit the key.
    std::string ciphers;                         ///< OpenSSL's cipher list; names that begin with TLS_ are for TLS 1.3.
    std::vector<std::string> ca_certificates;    ///< Not empty: clients must present a certificate of one of these.

    friend bool operator==(const tls_server_options&, const tls_server_options&) = default;
};

/// The versions of IP.
enum class ip_version : std::uint8_t { v4 = 4, v6 = 6 };

/// A TCP port to listen on.
struct tcp_endpoint {
    std::string interface; ///< An address or a host name; empty: all interfaces.
    std::uint16_t port{0}; ///< 0: the system chooses one.
    ip_version version{ip_version::v4};
    int backlog{50};    ///< Connections that wait to be accepted.
    bool shared{false}; ///< Several listeners may have the same port; the system spreads connections.
    /// For how long what was sent may stay unacknowledged before the connection ends; 0: as the system has it.
    std::chrono::milliseconds user_timeout{0};
    std::optional<tls_server_options> tls;

    friend bool operator==(const tcp_endpoint&, const tcp_endpoint&) = default;
};

/// A Unix domain socket to listen on.
struct unix_endpoint {
    std::string path;           ///< Of the socket file; "@name" is a name in the abstract name space instead.
    int backlog{50};            ///< Connections that wait to be accepted.
    std::optional<mode_t> mode; ///< Permissions of the socket file; without it the umask decides.
    std::string user;           ///< Owner of the socket file; empty: who runs the process.
    std::string group;          ///< Group of the socket file; empty: that of the process.

    friend bool operator==(const unix_endpoint&, const unix_endpoint&) = default;
};

/// Where a transport listens.
using endpoint = std::variant<tcp_endpoint, unix_endpoint>;

/// The endpoint for `port` on `interface`; an interface with a colon in it is an IPv6 address.
[[nodiscard]] tcp_endpoint tcp(std::string interface, std::uint16_t port);

/// The endpoint for the Unix domain socket `path`, or "@name".
[[nodiscard]] unix_endpoint unix_socket(std::string path);

/// `where` for people, as configured: "tcp4:127.0.0.1:8081", "tcp6:[::1]:8081", "unix:/run/shop.sock" or "unix:@shop".
[[nodiscard]] std::string to_string(const endpoint& where);

/// Thrown when an endpoint cannot be used as it was asked for. The text names the endpoint or file, the cause, and what
/// can be done about it.
class endpoint_error : public std::runtime_error {
public:
    explicit endpoint_error(const std::string& what, std::error_code cause = {})
        : std::runtime_error(what), cause_{cause}
    {
    }

    /// The error of the system, if it was the cause.
    [[nodiscard]] std::error_code cause() const noexcept { return cause_; }

private:
    std::error_code cause_;
};

} // namespace junctor
