// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "tls_engine.hpp"

#include <algorithm>
#include <cassert>
#include <climits>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include <boost/asio/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace junctor {

namespace {

/// The first octet of everything that a TLS client begins with. A server may refuse at once.
constexpr std::byte handshake_record{SSL3_RT_HANDSHAKE};
constexpr std::byte alert_record{SSL3_RT_ALERT};

class certificate_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "certificate"; }

    std::string message(int value) const override
    {
        return std::string("TLS: certificate verify failed: ") + X509_verify_cert_error_string(value);
    }
};

class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "tls"; }

    std::string message(int value) const override
    {
        const auto* const reason = ERR_reason_error_string(static_cast<unsigned long>(value));
        return reason != nullptr ? std::string("TLS: ") + reason : "TLS: failure number " + std::to_string(value);
    }
};

} // namespace

const boost::system::error_category& tls_category() noexcept
{
    static const category instance;
    return instance;
}

const boost::system::error_category& certificate_category() noexcept
{
    static const certificate_category_type instance;
    return instance;
}

/// What OpenSSL reads from and writes to: the views and buffers of the engine's present call.
struct memory_bio {
    static const BIO_METHOD* method()
    {
        static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> instance(make(), &BIO_meth_free);
        return instance.get();
    }

    static BIO_METHOD* make()
    {
        auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "junctor");
        if (made == nullptr || BIO_meth_set_read(made, &read) != 1 || BIO_meth_set_write(made, &write) != 1 ||
            BIO_meth_set_ctrl(made, &control) != 1)
            throw std::bad_alloc();
        return made;
    }

    static tls_engine& engine(BIO* bio) { return *static_cast<tls_engine*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* target, int size)
    {
        auto& input = engine(bio).input_;
        BIO_clear_retry_flags(bio);
        if (input.empty()) {
            BIO_set_retry_read(bio);
            return -1;
        }
        const auto count = std::min(input.size(), static_cast<std::size_t>(size));
        std::copy_n(input.begin(), count, reinterpret_cast<std::byte*>(target));
        input = input.subspan(count);
        return static_cast<int>(count);
    }

    static int write(BIO* bio, const char* source, int size)
    {
        try {
            engine(bio).output_->append(std::string_view(source, static_cast<std::size_t>(size)));
            return size;
        } catch (const std::bad_alloc&) {
            return -1; // No exception may pass through OpenSSL, which reports this as its own failure.
        }
    }

    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
};

tls_engine::tls_engine(const tls_context& context) : ssl_{SSL_new(context.native())}
{
    auto* const bio = ssl_ != nullptr ? BIO_new(memory_bio::method()) : nullptr;
    if (bio == nullptr) {
        SSL_free(ssl_);
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_, bio, bio);
    if (!context.prepare(ssl_)) {
        SSL_free(ssl_);
        throw std::bad_alloc();
    }
}

tls_engine::~tls_engine()
{
    SSL_free(ssl_);
}

void tls_engine::begin(byte_buffer& output)
{
    input_ = {};
    output_ = &output;
    handshake();
}

bool tls_engine::may_begin_with(std::byte first) const noexcept
{
    return first == handshake_record || (first == alert_record && SSL_is_server(ssl_) == 0);
}

std::size_t tls_engine::read(byte_view input, std::span<std::byte> plain, byte_buffer& output)
{
    input_ = input;
    output_ = &output;
    // OpenSSL waits for a whole record header; a peer of another protocol may wait for us after less than that.
    if (!std::exchange(begun_, true) && !input.empty() && !may_begin_with(input.front()))
        end_ = {static_cast<int>(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_UNEXPECTED_RECORD)), tls_category()};
    else if (!established_ && !end_)
        handshake();

    std::size_t total = 0;
    while (established_ && !end_ && total < plain.size()) {
        std::size_t count = 0;
        ERR_clear_error();
        const auto result = SSL_read_ex(ssl_, plain.data() + total, plain.size() - total, &count);
        if (result != 1) {
            examine_failure(result);
            break;
        }
        total += count;
    }
    assert(input_.empty() || end_);
    return total;
}

bool tls_engine::write(byte_view plain, byte_buffer& output)
{
    output_ = &output;
    std::size_t count = 0;
    ERR_clear_error();
    return SSL_write_ex(ssl_, plain.data(), plain.size(), &count) == 1 && count == plain.size();
}

void tls_engine::close(byte_buffer& output) noexcept
{
    output_ = &output;
    ERR_clear_error();
    if (established_)
        SSL_shutdown(ssl_);
}

void tls_engine::handshake()
{
    ERR_clear_error();
    const auto result = SSL_do_handshake(ssl_);
    if (result == 1)
        established_ = true;
    else
        examine_failure(result);
}

void tls_engine::examine_failure(int result) noexcept
{
    switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return;
    case SSL_ERROR_ZERO_RETURN: end_ = boost::asio::error::eof; return;
    default:
        const auto code = ERR_peek_last_error();
        if (ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED && SSL_get_verify_result(ssl_) != X509_V_OK)
            end_.assign(static_cast<int>(SSL_get_verify_result(ssl_)), certificate_category());
        else if (code != 0)
            end_.assign(static_cast<int>(code), tls_category());
        else
            end_ = boost::asio::error::connection_aborted;
    }
}

namespace {

std::vector<std::byte> der_of(X509* certificate)
{
    const auto size = i2d_X509(certificate, nullptr);
    if (size <= 0)
        return {};
    std::vector<std::byte> der(static_cast<std::size_t>(size));
    auto* end = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(certificate, &end);
    return der;
}

std::string common_name_of(X509* certificate)
{
    auto* const subject = X509_get_subject_name(certificate);
    const auto at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0)
        return {};
    unsigned char* text = nullptr;
    const auto size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size < 0)
        return {};
    std::string name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return name;
}

/// RFC 5929: the first Finished message of the latest handshake, which is the client's, but the server's if a session
/// is resumed. Nothing then without the extended master secret, as somebody in between could have made both ends resume
/// the same session (RFC 7627).
std::vector<std::byte> tls_unique_of(SSL* ssl)
{
    const bool resumed = SSL_session_reused(ssl) == 1;
    if (resumed && SSL_get_extms_support(ssl) != 1)
        return {};
    const bool is_server = SSL_is_server(ssl) == 1;
    const auto first_finished = is_server == resumed ? &SSL_get_finished : &SSL_get_peer_finished;
    std::vector<std::byte> finished(EVP_MAX_MD_SIZE);
    finished.resize(first_finished(ssl, finished.data(), finished.size()));
    return finished;
}

/// RFC 9266.
std::vector<std::byte> tls_exporter_of(SSL* ssl)
{
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::vector<std::byte> exported(32);
    if (SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(exported.data()), exported.size(),
                                   label.data(), label.size(), nullptr, 0, 1) != 1)
        return {};
    return exported;
}

} // namespace

tls_facts tls_engine::facts() const
{
    tls_facts facts;
    facts.protocol = SSL_get_version(ssl_);
    facts.cipher = SSL_get_cipher_name(ssl_);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl_), &X509_free);
    if (certificate) {
        facts.peer_certificate = der_of(certificate.get());
        facts.peer_common_name = common_name_of(certificate.get());
    }
    if (SSL_version(ssl_) == TLS1_2_VERSION)
        facts.channel_id_tls_unique = tls_unique_of(ssl_);
    else
        facts.channel_id_tls_exporter = tls_exporter_of(ssl_);
    return facts;
}

} // namespace junctor
