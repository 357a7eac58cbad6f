// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A socket that does not block, with TLS or without.

#include <cstddef>
#include <memory>
#include <span>

#include <junctor/base/bytes.hpp>

#include "address.hpp"

struct ssl_ctx_st; // OpenSSL's SSL_CTX
struct ssl_st;     // OpenSSL's SSL

namespace junctor::bench {

/// What TLS connections have in common.
class tls_client {
public:
    /// Verifies the certificates of routers by those that the system trusts, unless `insecure`.
    explicit tls_client(bool insecure);
    ~tls_client();

    [[nodiscard]] ssl_ctx_st* get() const noexcept { return context_.get(); }

private:
    struct freed {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    std::unique_ptr<ssl_ctx_st, freed> context_;
};

/// Reads and writes what can be read and written now. The handshake of TLS takes place as a part of that.
class byte_stream {
public:
    /// In place of a number of bytes: nothing can be read or written now.
    static constexpr std::ptrdiff_t would_block = -1;

    /// Over plain `socket`; or by `tls`, with the router that is called `host`.
    explicit byte_stream(file_descriptor socket) noexcept;
    byte_stream(file_descriptor socket, const tls_client& tls, const std::string& host);
    byte_stream(byte_stream&&) noexcept;
    byte_stream& operator=(byte_stream&&) noexcept;
    ~byte_stream();

    /// The number of bytes read, 0 at the end, or `would_block`. Throws `failure`.
    [[nodiscard]] std::ptrdiff_t read(std::span<std::byte> into);

    /// The number of bytes written, from the first part that is not empty on, or `would_block`. Throws `failure`.
    [[nodiscard]] std::ptrdiff_t write(std::span<const byte_view> parts);

    /// Whether bytes may have left the socket without having been read here: then read until it would block.
    [[nodiscard]] bool reads_ahead() const noexcept { return tls_ != nullptr; }

    /// Whether `would_block` means that the socket must become writable, and not that TLS has to read first.
    [[nodiscard]] bool waits_for_room() const noexcept { return waits_for_room_; }

    /// Whether the next `write` must begin with the same bytes as the last: TLS has encrypted some of them already.
    [[nodiscard]] bool must_repeat() const noexcept { return must_repeat_; }

    [[nodiscard]] int socket() const noexcept { return socket_.get(); }

private:
    struct freed {
        void operator()(ssl_st* tls) const noexcept;
    };
    [[nodiscard]] std::ptrdiff_t read_tls(std::span<std::byte> into);
    [[nodiscard]] std::ptrdiff_t write_tls(std::span<const byte_view> parts);
    [[nodiscard]] std::ptrdiff_t outcome_of(int result);

    file_descriptor socket_;
    std::unique_ptr<ssl_st, freed> tls_;
    bool waits_for_room_{true};
    bool must_repeat_{false};
};

} // namespace junctor::bench
