// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Keys, certificates and rules of either side of TLS.

#include <memory>
#include <string>

#include <junctor/transport/endpoint.hpp>
#include <junctor/transport/remote_endpoint.hpp>

struct ssl_ctx_st;
struct ssl_st;

namespace junctor {

/// Everything about TLS that the connections of one listener, or those to one router, have in common: TLS 1.2 and 1.3,
/// no renegotiation, no early data; session resumption by tickets for clients of a server only. It may be shared by
/// threads: nothing of it changes but the keys of tickets, which each server context makes for itself, and replaces.
class tls_context {
public:
    /// Loads the files. Throws `endpoint_error`, which names the file or the option, and what is wrong with it.
    explicit tls_context(const tls_server_options& options);

    /// The client side. The server must prove that it is `options.hostname`. Throws as the other.
    explicit tls_context(const tls_client_options& options);
    tls_context(const tls_context&) = delete;
    tls_context& operator=(const tls_context&) = delete;
    ~tls_context();

    /// OpenSSL's own object; lives as long as this one.
    [[nodiscard]] ssl_ctx_st* native() const noexcept { return context_; }

    /// Makes a new connection of OpenSSL ready for the handshake. False if there is no memory.
    [[nodiscard]] bool prepare(ssl_st* connection) const noexcept;

private:
    struct server;

    ssl_ctx_st* context_;
    std::unique_ptr<server> server_; ///< Null for the client side.
    std::string server_name_;        ///< What the client tells the server; empty: nothing.
};

} // namespace junctor
