// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "tls_ticket_keys.hpp"

#include <algorithm>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

namespace junctor {

namespace {

/// What OpenSSL wants to hear about a ticket.
enum ticket_answer : int { failed = -1, unknown = 0, usable = 1, usable_but_to_be_replaced = 2 };

template <std::size_t Size>
bool fill(std::array<unsigned char, Size>& bytes) noexcept
{
    return RAND_bytes(bytes.data(), static_cast<int>(Size)) == 1;
}

bool set_mac(EVP_MAC_CTX* mac, tls_ticket_key& key) noexcept
{
    std::array<char, 7> digest{"SHA256"};
    const std::array parameters{OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
                                OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

int seal(tls_ticket_keys& keys, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac)
{
    auto key = keys.current(tls_ticket_keys::clock::now());
    const auto* const method = EVP_aes_256_cbc();
    if (!key || RAND_bytes(vector, EVP_CIPHER_get_iv_length(method)) != 1 || !set_mac(mac, *key) ||
        EVP_EncryptInit_ex2(cipher, method, key->cipher.data(), vector, nullptr) != 1)
        return failed;
    std::copy(key->name.begin(), key->name.end(), name);
    return usable;
}

int unseal(tls_ticket_keys& keys, const unsigned char* name, const unsigned char* vector, EVP_CIPHER_CTX* cipher,
           EVP_MAC_CTX* mac)
{
    const auto now = tls_ticket_keys::clock::now();
    auto key = keys.find(name, now);
    if (!key)
        return unknown;
    if (!set_mac(mac, *key) || EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), key->cipher.data(), vector, nullptr) != 1)
        return failed;
    const auto current = keys.current(now);
    return current && current->name == key->name ? usable : usable_but_to_be_replaced;
}

/// Called by OpenSSL when it makes a ticket, or has got one.
int on_ticket(SSL* connection, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
              int making)
{
    auto& keys = *static_cast<tls_ticket_keys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
    return making != 0 ? seal(keys, name, vector, cipher, mac) : unseal(keys, name, vector, cipher, mac);
}

} // namespace

tls_ticket_key::~tls_ticket_key()
{
    OPENSSL_cleanse(cipher.data(), cipher.size());
    OPENSSL_cleanse(mac.data(), mac.size());
}

/// Forgets what is too old.
void tls_ticket_keys::retire(clock::time_point now) noexcept
{
    if (current_ && now - current_->made >= lifetime_) {
        former_ = *current_;
        current_.reset();
    }
    if (former_ && now - former_->made >= 2 * lifetime_)
        former_.reset();
}

std::optional<tls_ticket_key> tls_ticket_keys::current(clock::time_point now) noexcept
{
    const std::lock_guard lock(mutex_);
    retire(now);
    if (!current_) {
        entry made{{}, now};
        if (!fill(made.key.name) || !fill(made.key.cipher) || !fill(made.key.mac))
            return std::nullopt;
        current_ = made;
    }
    return current_->key;
}

std::optional<tls_ticket_key> tls_ticket_keys::find(const unsigned char* name, clock::time_point now) noexcept
{
    const std::lock_guard lock(mutex_);
    retire(now);
    for (const auto* known : {&current_, &former_}) {
        if (*known && std::equal((*known)->key.name.begin(), (*known)->key.name.end(), name))
            return (*known)->key;
    }
    return std::nullopt;
}

void tls_ticket_keys::protect(ssl_ctx_st* context)
{
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &on_ticket);
    SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, static_cast<long>(lifetime_.count()));
}

} // namespace junctor
