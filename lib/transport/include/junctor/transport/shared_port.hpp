// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What one endpoint serves beside each other: RawSocket, WebSocket and other services of the web.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <junctor/transport/web_service.hpp>

namespace junctor {

class listening_transport;

/// What a path leads to: a transport for WebSocket clients, a service, or a service that has clients of a transport.
struct web_path {
    std::string at;                                 ///< Begins with "/", and does not end with it unless it is "/".
    std::shared_ptr<web_service> service;           ///< Null: WebSocket clients connect here.
    std::shared_ptr<listening_transport> transport; ///< Null if the service needs none. Its endpoint is not used.
};

/// How HTTP is spoken.
struct http_settings {
    /// Whether each request is logged when it has been answered.
    bool access_log{false};

    /// Whether browsers are told, over TLS, to come by TLS only, and for how long. Spec: RFC 6797.
    bool hsts{false};
    std::chrono::seconds hsts_max_age{std::chrono::hours{24 * 365}};

    /// How long a connection may stay without a request.
    std::chrono::milliseconds client_timeout{std::chrono::seconds{60}};

    /// How long a request may take to arrive, and its answer to be taken.
    std::chrono::milliseconds request_timeout{std::chrono::seconds{30}};

    /// Whether answers name this program.
    bool server_shown{true};
};

/// An endpoint that tells by what its clients say first what they want. Spec: none; Crossbar.io calls it universal.
struct shared_port {
    std::shared_ptr<listening_transport> rawsocket; ///< Null: no RawSocket clients. Its endpoint is not used.
    std::vector<web_path> paths;                    ///< Different from each other. None: HTTP is not spoken.
    http_settings http;
};

/// The element of `port.paths` that answers for `path`: the one with the longest path that is `path` or, if it serves
/// what lies below, leads there. Null if there is none.
[[nodiscard]] const web_path* find_path(const shared_port& port, std::string_view path) noexcept;

/// The transports of `port`, each of which decides by itself who joins.
[[nodiscard]] std::vector<std::shared_ptr<listening_transport>> parts_of(const shared_port& port);

} // namespace junctor
