// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One end of a TLS connection, without a socket.

#include <cstddef>
#include <span>

#include <boost/system/error_code.hpp>

#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/bytes.hpp>
#include <junctor/transport/tls_context.hpp>

struct bio_st;
struct ssl_st;

namespace junctor {

/// The category of TLS failures: the codes of OpenSSL's error queue.
[[nodiscard]] const boost::system::error_category& tls_category() noexcept;

/// The category of what is wrong with the peer's certificate: OpenSSL's results of verification.
[[nodiscard]] const boost::system::error_category& certificate_category() noexcept;

/// Turns ciphertext into plaintext and back. It holds no buffers of its own while nothing is under way; what is to be
/// sent to the peer is appended to the `output` of each call, also if the call fails (alerts). Used by one thread at a
/// time.
class tls_engine {
public:
    /// Throws `std::bad_alloc`. `context` must outlive the engine.
    explicit tls_engine(const tls_context& context);
    tls_engine(const tls_engine&) = delete;
    tls_engine& operator=(const tls_engine&) = delete;
    ~tls_engine();

    /// For the client: begins the handshake. `end()` tells if that failed.
    void begin(byte_buffer& output);

    /// Takes ciphertext from the peer, carries the handshake on, and returns how many bytes of plaintext it wrote to
    /// the front of `plain`, which must have room for the input and one whole record besides.
    [[nodiscard]] std::size_t read(byte_view input, std::span<std::byte> plain, byte_buffer& output);

    /// Encrypts `plain`. Only once the handshake is done. False if the connection cannot be written to any more.
    [[nodiscard]] bool write(byte_view plain, byte_buffer& output);

    /// Says close_notify, if the handshake was done.
    void close(byte_buffer& output) noexcept;

    /// Whether the handshake is done.
    [[nodiscard]] bool established() const noexcept { return established_; }

    /// Why nothing more will come: eof after the peer's close_notify, or what went wrong; no error before that.
    [[nodiscard]] boost::system::error_code end() const noexcept { return end_; }

    /// What the handshake established.
    [[nodiscard]] tls_facts facts() const;

private:
    friend struct memory_bio;

    [[nodiscard]] bool may_begin_with(std::byte first) const noexcept;
    void handshake();
    void examine_failure(int result) noexcept;

    ssl_st* ssl_;
    byte_view input_;
    byte_buffer* output_{nullptr};
    bool begun_{false}; ///< Something has come from the peer.
    bool established_{false};
    boost::system::error_code end_;
};

} // namespace junctor
