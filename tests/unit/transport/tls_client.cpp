// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "tls_client.hpp"

#include <stdexcept>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>

namespace junctor::test {

namespace {

void require(bool success)
{
    if (!success)
        throw std::runtime_error("OpenSSL could not make a test client");
}

} // namespace

tls_client::tls_client(socket_client socket, const tls_client_behaviour& options)
    : socket_{std::move(socket)},
      piece_{options.piece},
      context_{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free},
      ssl_{nullptr, &SSL_free},
      incoming_{BIO_new(BIO_s_mem())},
      outgoing_{BIO_new(BIO_s_mem())}
{
    auto* const context = context_.get();
    require(SSL_CTX_set_cipher_list(context, options.ciphers.c_str()) == 1);
    require(SSL_CTX_set_min_proto_version(context, options.version_min) == 1);
    require(SSL_CTX_set_max_proto_version(context, options.version_max) == 1);
    require(SSL_CTX_load_verify_file(context, options.authority.c_str()) == 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (options.identity) {
        require(SSL_CTX_use_certificate_chain_file(context, options.identity->certificate.c_str()) == 1);
        require(SSL_CTX_use_PrivateKey_file(context, options.identity->key.c_str(), SSL_FILETYPE_PEM) == 1);
    }
    ssl_.reset(SSL_new(context));
    require(ssl_ != nullptr && incoming_ != nullptr && outgoing_ != nullptr);
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    SSL_set_connect_state(ssl_.get());
}

void tls_client::handshake()
{
    for (;;) {
        const int result = SSL_do_handshake(ssl_.get());
        flush();
        if (result == 1)
            return;
        after(result, "TLS handshake");
    }
}

void tls_client::send(std::string_view plain)
{
    std::size_t count = 0;
    require(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &count) == 1 && count == plain.size());
    flush();
}

std::string tls_client::receive(std::size_t count)
{
    std::string bytes;
    while (bytes.size() < count) {
        const auto more = receive_some(count - bytes.size());
        if (more.empty())
            throw std::runtime_error("the TLS connection ended");
        bytes += more;
    }
    return bytes;
}

std::string tls_client::receive_some(std::size_t count)
{
    std::string bytes(count, '\0');
    for (;;) {
        std::size_t size = 0;
        const int result = SSL_read_ex(ssl_.get(), bytes.data(), bytes.size(), &size);
        flush();
        if (result == 1 || SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN) {
            bytes.resize(size);
            return bytes;
        }
        after(result, "TLS read");
    }
}

void tls_client::close()
{
    SSL_shutdown(ssl_.get());
    flush();
}

/// Sends what TLS has to say.
void tls_client::flush()
{
    std::string bytes(BIO_ctrl_pending(outgoing_), '\0');
    if (bytes.empty())
        return;
    require(BIO_read(outgoing_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
    socket_.send_in_pieces(bytes, piece_);
}

/// Waits for what the server has to say.
void tls_client::fetch()
{
    const auto bytes = socket_.receive_some(65'536);
    if (bytes.empty())
        throw std::runtime_error("the connection ended in the middle of TLS");
    require(BIO_write(incoming_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
}

void tls_client::after(int result, const char* what)
{
    if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) {
        fetch();
        return;
    }
    const auto* const reason = ERR_reason_error_string(ERR_get_error());
    throw std::runtime_error(std::string(what) + ": " + (reason != nullptr ? reason : "failed"));
}

} // namespace junctor::test
