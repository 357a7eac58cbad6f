// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The way to a router, whatever the transport.

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/rawsocket_connector.hpp>
#include <junctor/transport/shard_services.hpp>
#include <junctor/transport/websocket_connector.hpp>

namespace junctor::client {

/// Thrown when a session cannot be joined: there is no connection, or the router refuses. The text is for people, and
/// names the router.
class join_failed : public std::runtime_error {
public:
    /// `uri` is what the router gave as its reason; empty if it never came to that.
    explicit join_failed(const std::string& what, std::string uri = {}) : std::runtime_error(what), uri_{std::move(uri)}
    {
    }

    [[nodiscard]] const std::string& uri() const noexcept { return uri_; }

private:
    std::string uri_;
};

/// Opens connections to one router. A plain value; whoever uses a channel that it has opened keeps a copy of it.
class connector {
public:
    /// Completes with a channel whose handshake is done, or throws `join_failed`. The services outlive the channel.
    using opener = std::function<awaitable<std::unique_ptr<channel>>(shard_services&)>;

    /// By RawSocket. Implicit, so that a transport can be given wherever a connector is wanted.
    connector(rawsocket_connector to);

    /// By WebSocket.
    connector(websocket_connector to);

    /// By whatever `open` does; `name` is for logs and error messages.
    connector(std::string name, opener open);

    /// Where it leads to, for people: "tcp4:127.0.0.1:8081".
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Whether every frame is to be logged.
    [[nodiscard]] bool debug() const noexcept { return debug_; }

    /// Opens a connection. Throws `join_failed`. The connector must outlive the coroutine.
    [[nodiscard]] awaitable<std::unique_ptr<channel>> open(shard_services& services) const { return open_(services); }

private:
    std::string name_;
    opener open_;
    bool debug_{false};
};

} // namespace junctor::client
