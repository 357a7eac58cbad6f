// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "byte_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include <sys/socket.h>
#include <sys/uio.h>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

/// What OpenSSL noted last.
std::string last_tls_error()
{
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const auto* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "the connection broke" : reason;
}

int as_int(std::size_t size) noexcept
{
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

} // namespace

tls_client::tls_client(bool insecure) : context_{SSL_CTX_new(TLS_client_method())}
{
    if (!context_)
        throw failure("TLS: " + last_tls_error());
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_read_ahead(context_.get(), 1); // One system call for many records.
    SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (insecure)
        return;
    SSL_CTX_set_default_verify_paths(context_.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
}

tls_client::~tls_client() = default;

void tls_client::freed::operator()(ssl_ctx_st* context) const noexcept
{
    SSL_CTX_free(context);
}

byte_stream::byte_stream(file_descriptor socket) noexcept : socket_{std::move(socket)} {}

byte_stream::byte_stream(file_descriptor socket, const tls_client& tls, const std::string& host)
    : socket_{std::move(socket)}, tls_{SSL_new(tls.get())}
{
    if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1)
        throw failure("TLS: " + last_tls_error());
    // Either names an address or it does not; a host that is an address has no place in SNI.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), host.c_str()) != 1) {
        SSL_set1_host(tls_.get(), host.c_str());
        SSL_set_tlsext_host_name(tls_.get(), host.c_str());
    }
    ERR_clear_error();
    SSL_set_connect_state(tls_.get());
}

byte_stream::byte_stream(byte_stream&&) noexcept = default;
byte_stream& byte_stream::operator=(byte_stream&&) noexcept = default;
byte_stream::~byte_stream() = default;

void byte_stream::freed::operator()(ssl_st* tls) const noexcept
{
    SSL_free(tls);
}

std::ptrdiff_t byte_stream::read(std::span<std::byte> into)
{
    if (tls_)
        return read_tls(into);
    const auto count = recv(socket_.get(), into.data(), into.size(), 0);
    if (count >= 0)
        return count;
    if (errno == EAGAIN || errno == EINTR)
        return would_block;
    if (errno == ECONNRESET)
        return 0;
    throw system_failure("cannot read", errno);
}

std::ptrdiff_t byte_stream::write(std::span<const byte_view> parts)
{
    if (tls_)
        return write_tls(parts);
    std::array<iovec, 4> buffers{};
    msghdr message{};
    message.msg_iov = buffers.data();
    for (const auto part : parts.first(std::min(parts.size(), buffers.size())))
        buffers[message.msg_iovlen++] = {const_cast<std::byte*>(part.data()), part.size()};
    const auto count = sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (count >= 0)
        return count;
    if (errno == EAGAIN || errno == EINTR)
        return would_block;
    throw system_failure("cannot write", errno);
}

std::ptrdiff_t byte_stream::read_tls(std::span<std::byte> into)
{
    return outcome_of(SSL_read(tls_.get(), into.data(), as_int(into.size())));
}

std::ptrdiff_t byte_stream::write_tls(std::span<const byte_view> parts)
{
    const auto part = std::find_if(parts.begin(), parts.end(), [](byte_view one) { return !one.empty(); });
    if (part == parts.end())
        return would_block;
    const auto count = outcome_of(SSL_write(tls_.get(), part->data(), as_int(part->size())));
    must_repeat_ = count == would_block;
    return count;
}

std::ptrdiff_t byte_stream::outcome_of(int result)
{
    if (result > 0)
        return result;
    const auto error = SSL_get_error(tls_.get(), result);
    waits_for_room_ = error == SSL_ERROR_WANT_WRITE;
    switch (error) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return would_block;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: throw failure("TLS: " + last_tls_error());
    }
}

} // namespace junctor::bench
