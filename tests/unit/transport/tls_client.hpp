// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A TLS client on top of a socket client.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "socket_client.hpp"
#include "tls_files.hpp"

namespace junctor::test {

/// How a TLS client behaves.
struct tls_client_behaviour {
    std::string authority{};                ///< Path of the certificate that the server's must lead to.
    std::optional<tls_identity> identity{}; ///< Shown to the server if it asks.
    int version_min{TLS1_2_VERSION};
    int version_max{TLS1_3_VERSION};
    std::string ciphers{"DEFAULT"};
    std::size_t piece{1 << 20}; ///< Ciphertext is sent in pieces of so many bytes.
};

/// A connection through TLS. Failures throw `std::runtime_error`.
class tls_client {
public:
    /// Takes over a connected socket; the handshake comes with `handshake`.
    tls_client(socket_client socket, const tls_client_behaviour& options);

    /// Carries out the handshake of TLS.
    void handshake();

    void send(std::string_view plain);
    [[nodiscard]] std::string receive(std::size_t count);

    /// What comes next; nothing once the server has said close_notify.
    [[nodiscard]] std::string receive_some(std::size_t count);

    /// Sends close_notify.
    void close();

    [[nodiscard]] SSL* native() const noexcept { return ssl_.get(); }
    [[nodiscard]] socket_client& socket() noexcept { return socket_; }

private:
    void flush();
    void fetch();
    void after(int result, const char* what);

    socket_client socket_;
    std::size_t piece_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    BIO* incoming_;
    BIO* outgoing_;
};

} // namespace junctor::test
