// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Owners of what OpenSSL hands out.

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace junctor {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* owned) const noexcept
    {
        Free(owned);
    }
};

using context_pointer = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freed_by<X509_free>>;

} // namespace junctor
