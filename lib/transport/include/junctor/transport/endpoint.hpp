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

#include <junctor/auth/session_sources.hpp>

namespace junctor {

/// One more certificate of a server, for clients that ask for certain names (SNI, RFC 6066). All but the names are
/// paths of PEM files.
struct tls_certificate {
    std::string key;
    std::string certificate;                     ///< May hold the chain as well.
    std::vector<std::string> chain_certificates; ///< Intermediate certificates, the issuer of this one first.
    /// Host names such as "router.example", or "*.example" for all names with one label in place of the asterisk.
    /// Empty: the DNS names that the certificate itself is for.
    std::vector<std::string> server_names;

    friend bool operator==(const tls_certificate&, const tls_certificate&) = default;
};

/// The server side of TLS: what it shows, and what it wants to see. All files are given by paths, and are PEM.
struct tls_server_options {
    std::string key;
    std::string certificate;                     ///< May hold the chain as well.
    std::vector<std::string> chain_certificates; ///< Intermediate certificates, the issuer of the server's own first.
    std::string dhparam;                         ///< Empty: OpenSSL chooses parameters that suit the key.
    std::string ciphers;                         ///< OpenSSL's cipher list; names that begin with TLS_ are for TLS 1.3.
    std::vector<std::string> ca_certificates;    ///< Not empty: clients must present a certificate of one of these.

    /// For clients that ask for their names. Others get `certificate`, and so do those that ask for a name of its own.
    std::vector<tls_certificate> certificates;

    /// Whether connections without TLS are served as well, where a port is shared: what comes first tells.
    bool optional{false};

    /// The protocols that a client may choose by ALPN (RFC 7301), the favourite first; 1 to 255 bytes each. A client
    /// that offers none of them is refused, one that does not speak ALPN is not. Empty: ALPN is passed over.
    std::vector<std::string> alpn_protocols;

    /// Whether clients that come again may resume their TLS session with a ticket, which spares both ends most of the
    /// handshake. Never with `ca_certificates`: a certificate is proven anew each time.
    bool session_tickets{true};

    /// For how long a ticket is good, and after how long the key that protects tickets is replaced: 1 second to 7 days.
    std::chrono::seconds session_ticket_lifetime{std::chrono::hours{1}};

    friend bool operator==(const tls_server_options&, const tls_server_options&) = default;
};

/// The versions of IP.
enum class ip_version : std::uint8_t { v4 = 4, v6 = 6 };

/// The proxies in front of an endpoint: load balancers and the like, which know whom they connect for.
struct proxy_settings {
    /// Where proxies connect from whose word is taken for who the client is: that of the PROXY protocol, and that of
    /// the field X-Forwarded-For where HTTP is spoken.
    session_sources trusted;

    /// Whether connections from there, and from nowhere else, begin with a header of the PROXY protocol, version 1
    /// or 2. It stands before TLS.
    bool proxy_protocol{false};

    friend bool operator==(const proxy_settings&, const proxy_settings&) = default;
};

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
    proxy_settings proxies;

    friend bool operator==(const tcp_endpoint&, const tcp_endpoint&) = default;
};

/// A Unix domain socket to listen on.
struct unix_endpoint {
    std::string path;           ///< Of the socket file; "@name" is a name in the abstract name space instead.
    int backlog{50};            ///< Connections that wait to be accepted.
    std::optional<mode_t> mode; ///< Permissions of the socket file; without it the umask decides.
    std::string user;           ///< Owner of the socket file; empty: who runs the process.
    std::string group;          ///< Group of the socket file; empty: that of the process.
    proxy_settings proxies;

    friend bool operator==(const unix_endpoint&, const unix_endpoint&) = default;
};

/// Where a transport listens.
using endpoint = std::variant<tcp_endpoint, unix_endpoint>;

/// The proxies in front of `where`.
[[nodiscard]] const proxy_settings& proxies_of(const endpoint& where) noexcept;

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
