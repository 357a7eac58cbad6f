// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Keys, certificates and rules of the server side of TLS.

#include <junctor/transport/endpoint.hpp>

struct ssl_ctx_st;

namespace junctor {

/// Everything about TLS that the connections of one listener have in common: TLS 1.2 and 1.3, no renegotiation, no
/// session resumption. Immutable, so it may be shared by threads.
class tls_context {
public:
    /// Loads the files. Throws `endpoint_error`, which names the file and what is wrong with it.
    explicit tls_context(const tls_server_options& options);
    tls_context(const tls_context&) = delete;
    tls_context& operator=(const tls_context&) = delete;
    ~tls_context();

    /// OpenSSL's own object; lives as long as this one.
    [[nodiscard]] ssl_ctx_st* native() const noexcept { return context_; }

private:
    ssl_ctx_st* context_;
};

} // namespace junctor
