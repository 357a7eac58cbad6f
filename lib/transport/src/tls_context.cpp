// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/tls_context.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace junctor {

namespace {

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

/// OpenSSL's latest complaint, or nothing.
std::string complaint()
{
    const auto* const reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? std::string(" (") + reason + ")" : std::string();
}

[[noreturn]] void reject(std::string_view role, const std::string& path, const std::string& fault)
{
    throw endpoint_error("TLS " + std::string(role) + " \"" + path + "\": " + fault);
}

bio_pointer open_file(std::string_view role, const std::string& path)
{
    if (path.empty())
        throw endpoint_error("TLS " + std::string(role) + ": no file is named");
    ERR_clear_error();
    errno = 0;
    bio_pointer file(BIO_new_file(path.c_str(), "r"));
    if (file == nullptr) {
        const std::error_code cause(errno, std::generic_category());
        throw endpoint_error("TLS " + std::string(role) + " \"" + path + "\": cannot be read: " + cause.message(),
                             cause);
    }
    return file;
}

/// Instead of OpenSSL's question at the terminal.
int no_passphrase(char*, int, int, void*)
{
    return -1;
}

key_pointer read_key(const std::string& path)
{
    const auto file = open_file("key", path);
    key_pointer key(PEM_read_bio_PrivateKey(file.get(), nullptr, &no_passphrase, nullptr));
    if (key == nullptr)
        reject("key", path, "is not a private key in PEM format without a passphrase" + complaint());
    return key;
}

void use_certificate(SSL_CTX* context, const std::string& path)
{
    static_cast<void>(open_file("certificate", path));
    if (SSL_CTX_use_certificate_chain_file(context, path.c_str()) != 1)
        reject("certificate", path, "is not a usable certificate in PEM format" + complaint());
}

void use_key(SSL_CTX* context, const std::string& path, const std::string& certificate)
{
    const auto key = read_key(path);
    ERR_clear_error();
    if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1)
        reject("key", path, "does not belong to certificate \"" + certificate + "\"");
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        reject("key", path, "cannot be used" + complaint());
}

/// Adds all certificates of one file to the chain.
void add_to_chain(SSL_CTX* context, const std::string& path)
{
    const auto file = open_file("chain certificate", path);
    bool found = false;
    for (;;) {
        const certificate_pointer next(PEM_read_bio_X509(file.get(), nullptr, &no_passphrase, nullptr));
        if (next == nullptr)
            break;
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
            reject("chain certificate", path, "cannot be used" + complaint());
        found = true;
    }
    if (!found)
        reject("chain certificate", path, "holds no certificate in PEM format");
    ERR_clear_error();
}

void trust(SSL_CTX* context, const std::string& path)
{
    static_cast<void>(open_file("CA certificate", path));
    if (SSL_CTX_load_verify_file(context, path.c_str()) != 1)
        reject("CA certificate", path, "holds no usable certificate in PEM format" + complaint());
}

/// Whoever connects must present a certificate that leads to one of `paths`; clients are told which these are.
void require_client_certificates(SSL_CTX* context, const std::vector<std::string>& paths)
{
    auto* const names = sk_X509_NAME_new_null();
    SSL_CTX_set_client_CA_list(context, names); // Owns them.
    for (const auto& path : paths) {
        trust(context, path);
        if (SSL_add_file_cert_subjects_to_stack(names, path.c_str()) != 1)
            reject("CA certificate", path, "holds no usable certificate in PEM format" + complaint());
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

void use_dh_parameters(SSL_CTX* context, const std::string& path)
{
    if (path.empty()) {
        SSL_CTX_set_dh_auto(context, 1);
        return;
    }
    const auto file = open_file("dhparam", path);
    key_pointer parameters(PEM_read_bio_Parameters(file.get(), nullptr));
    if (parameters == nullptr)
        reject("dhparam", path, "holds no DH parameters in PEM format" + complaint());
    if (SSL_CTX_set0_tmp_dh_pkey(context, parameters.get()) != 1)
        reject("dhparam", path, "cannot be used" + complaint());
    static_cast<void>(parameters.release()); // The context owns them now.
}

/// OpenSSL keeps the suites of TLS 1.3 in a list of their own.
void use_ciphers(SSL_CTX* context, const std::string& ciphers)
{
    std::string suites;
    std::string others;
    for (std::string_view rest = ciphers; !rest.empty();) {
        const auto name = rest.substr(0, rest.find(':'));
        auto& list = name.starts_with("TLS_") ? suites : others;
        list.append(list.empty() ? "" : ":").append(name);
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    }
    ERR_clear_error();
    if (!others.empty() && SSL_CTX_set_cipher_list(context, others.c_str()) != 1)
        throw endpoint_error("TLS ciphers \"" + others + "\": none of them is known");
    if (!suites.empty() && SSL_CTX_set_ciphersuites(context, suites.c_str()) != 1)
        throw endpoint_error("TLS ciphers \"" + suites + "\": not all of them are known");
}

bool is_address(const std::string& host)
{
    const std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(host.c_str()));
    return address != nullptr;
}

/// The server must present a certificate for `host` that leads to one of `paths` or, if there are none, to one that the
/// system trusts.
void require_server_certificate(SSL_CTX* context, const std::string& host, const std::vector<std::string>& paths)
{
    for (const auto& path : paths)
        trust(context, path);
    if (paths.empty() && SSL_CTX_set_default_verify_paths(context) != 1)
        throw endpoint_error("TLS: the certificates that the system trusts cannot be used" + complaint());
    auto* const rules = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const auto set = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str())
                                      : X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size());
    if (set != 1)
        throw endpoint_error("TLS host name \"" + host + "\": cannot be used" + complaint());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

context_pointer make_context(const SSL_METHOD* side)
{
    context_pointer context(SSL_CTX_new(side));
    if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
        throw endpoint_error("TLS is not available" + complaint());
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS); // An idle connection holds no record buffers.
    return context;
}

} // namespace

tls_context::tls_context(const tls_server_options& options) : context_{nullptr}
{
    auto context = make_context(TLS_server_method());
    use_certificate(context.get(), options.certificate);
    use_key(context.get(), options.key, options.certificate);
    for (const auto& path : options.chain_certificates)
        add_to_chain(context.get(), path);
    use_dh_parameters(context.get(), options.dhparam);
    if (!options.ciphers.empty())
        use_ciphers(context.get(), options.ciphers);
    if (!options.ca_certificates.empty())
        require_client_certificates(context.get(), options.ca_certificates);
    context_ = context.release();
}

tls_context::tls_context(const tls_client_options& options) : context_{nullptr}, client_{true}
{
    auto context = make_context(TLS_client_method());
    require_server_certificate(context.get(), options.hostname, options.ca_certificates);
    if (!options.certificate.empty()) {
        use_certificate(context.get(), options.certificate);
        use_key(context.get(), options.key, options.certificate);
    }
    if (!is_address(options.hostname))
        server_name_ = options.hostname;
    context_ = context.release();
}

bool tls_context::prepare(SSL* connection) const noexcept
{
    if (client_)
        SSL_set_connect_state(connection);
    else
        SSL_set_accept_state(connection);
    return server_name_.empty() || SSL_set_tlsext_host_name(connection, server_name_.c_str()) == 1;
}

tls_context::~tls_context()
{
    SSL_CTX_free(context_);
}

} // namespace junctor
