// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a transport knows about the peer at its other end.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/serializer.hpp>

namespace junctor {

struct tracked_cookie;

/// The process at the other end of a Unix domain socket, as the kernel attests it.
struct peer_credentials {
    uid_t uid{};
    gid_t gid{};
    pid_t pid{};
};

/// What TLS established.
struct tls_facts {
    std::string protocol;                           ///< Such as "TLSv1.3".
    std::string cipher;                             ///< OpenSSL's name of the cipher suite.
    std::vector<std::byte> peer_certificate;        ///< DER; empty if the peer presented none. Verified if present.
    std::string peer_common_name;                   ///< CN of that certificate's subject; may be empty.
    std::vector<std::byte> channel_id_tls_unique;   ///< Channel binding of TLS 1.2; empty otherwise.
    std::vector<std::byte> channel_id_tls_exporter; ///< Channel binding of RFC 9266; empty if not to be had.
};

/// Which facts the connections of a transport can have, as far as its configuration tells.
struct possible_facts {
    bool credentials{false};      ///< The kernel attests whose process a peer is.
    bool tls{false};              ///< Connections are protected by TLS.
    bool peer_certificate{false}; ///< Peers may present a certificate.
    bool cookie{false};           ///< Browsers get a cookie, by which they are known again.
};

/// Facts about a connection, for authenticators and logs. Never changes once the transport handshake is done.
struct transport_facts {
    std::string_view transport_id;      ///< The configured `id` of the listening transport; valid while it serves.
    std::string_view type{"rawsocket"}; ///< Or "websocket", "longpoll", "http", "local".
    serializer format{serializer::json};
    std::string peer;                  ///< "tcp4:127.0.0.1:5312", "tcp6:[::1]:5312", "unix:/run/a.sock" or "local".
    std::uint64_t connection_number{}; ///< Counts the connections of the process: ties log lines together.
    std::optional<peer_credentials> credentials;  ///< For Unix domain sockets.
    std::shared_ptr<const tls_facts> tls;         ///< Null for connections without TLS.
    std::shared_ptr<const tracked_cookie> cookie; ///< Null where cookies are not asked for.
};

} // namespace junctor
