// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/tls_context.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "openssl_pointers.hpp"
#include "tls_server_names.hpp"
#include "tls_ticket_keys.hpp"

namespace junctor {

namespace {

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

/// What the contexts of one server have in common: connections begin with the first, and may go on with another.
struct tls_context::server {
    explicit server(const tls_server_options& options);

    SSL_CTX* add(const tls_server_options& options, const tls_certificate& shown);
    void name(SSL_CTX* context, const tls_certificate& shown);
    void protect_tickets(std::chrono::seconds lifetime);
    void agree_on_protocols(const std::vector<std::string>& choices);

    static int choose_certificate(SSL* connection, int* alert, void* self) noexcept;
    static int choose_protocol(SSL* connection, const unsigned char** chosen, unsigned char* size,
                               const unsigned char* offered, unsigned offered_size, void* self) noexcept;

    std::vector<context_pointer> contexts;
    tls_server_names names;
    std::optional<tls_ticket_keys> tickets;
    std::string protocols; ///< Each behind its length.
};

tls_context::server::server(const tls_server_options& options)
{
    const tls_certificate otherwise{options.key, options.certificate, options.chain_certificates, {}};
    std::vector<std::pair<SSL_CTX*, const tls_certificate*>> unnamed{{add(options, otherwise), &otherwise}};
    for (const auto& certificate : options.certificates) {
        auto* const context = add(options, certificate);
        if (certificate.server_names.empty())
            unnamed.emplace_back(context, &certificate);
        else
            name(context, certificate);
    }
    for (const auto& [context, certificate] : unnamed) { // What was said goes before what certificates say.
        const auto found = dns_names_of(SSL_CTX_get0_certificate(context));
        if (found.empty() && certificate != &otherwise)
            reject("certificate", certificate->certificate, "has no DNS name, so it needs server names");
        for (const auto& host : found)
            static_cast<void>(names.add(host, context));
    }
    if (options.session_tickets && options.ca_certificates.empty())
        protect_tickets(options.session_ticket_lifetime);
    if (!options.alpn_protocols.empty())
        agree_on_protocols(options.alpn_protocols);
    SSL_CTX_set_tlsext_servername_callback(contexts.front().get(), &choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(contexts.front().get(), this);
}

/// A context that shows a certificate.
SSL_CTX* tls_context::server::add(const tls_server_options& options, const tls_certificate& shown)
{
    auto made = make_context(TLS_server_method());
    auto* const context = made.get();
    use_certificate(context, shown.certificate);
    use_key(context, shown.key, shown.certificate);
    for (const auto& path : shown.chain_certificates)
        add_to_chain(context, path);
    use_dh_parameters(context, options.dhparam);
    if (!options.ciphers.empty())
        use_ciphers(context, options.ciphers);
    if (!options.ca_certificates.empty())
        require_client_certificates(context, options.ca_certificates);
    contexts.push_back(std::move(made));
    return context;
}

void tls_context::server::name(SSL_CTX* context, const tls_certificate& shown)
{
    for (const auto& host : shown.server_names) {
        if (!names.add(host, context))
            throw endpoint_error("TLS server name \"" + host + "\": more than one certificate is for it");
    }
}

void tls_context::server::protect_tickets(std::chrono::seconds lifetime)
{
    constexpr std::chrono::seconds lifetime_max{std::chrono::hours{7 * 24}}; // RFC 8446, section 4.6.1.
    if (lifetime < std::chrono::seconds{1} || lifetime > lifetime_max)
        throw endpoint_error("TLS: the lifetime of session tickets must be from 1 second to 7 days");
    tickets.emplace(lifetime);
    for (const auto& context : contexts)
        tickets->protect(context.get());
}

void tls_context::server::agree_on_protocols(const std::vector<std::string>& choices)
{
    for (const auto& choice : choices) {
        if (choice.empty() || choice.size() > 255)
            throw endpoint_error("TLS: the name of an ALPN protocol must have 1 to 255 bytes");
        protocols += static_cast<char>(choice.size());
        protocols += choice;
    }
    for (const auto& context : contexts)
        SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, this);
}

/// Called by OpenSSL when it knows which name the client asks for. A name that nobody has is no reason to refuse.
int tls_context::server::choose_certificate(SSL* connection, int*, void* self) noexcept
{
    const auto* const wanted = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    auto* const context = wanted != nullptr ? static_cast<server*>(self)->names.find(wanted) : nullptr;
    if (context == nullptr)
        return SSL_TLSEXT_ERR_NOACK;
    return SSL_set_SSL_CTX(connection, context) != nullptr ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Called by OpenSSL when the client offers protocols. RFC 7301: if there is none in common, that is fatal.
int tls_context::server::choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                                         const unsigned char* offered, unsigned offered_size, void* self) noexcept
{
    const auto& ours = static_cast<server*>(self)->protocols;
    unsigned char* found = nullptr;
    const auto result = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(ours.data()),
                                              static_cast<unsigned>(ours.size()), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

tls_context::tls_context(const tls_server_options& options)
    : context_{nullptr}, server_{std::make_unique<server>(options)}
{
    context_ = server_->contexts.front().get();
}

tls_context::tls_context(const tls_client_options& options) : context_{nullptr}
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
    if (server_ == nullptr)
        SSL_set_connect_state(connection);
    else
        SSL_set_accept_state(connection);
    return server_name_.empty() || SSL_set_tlsext_host_name(connection, server_name_.c_str()) == 1;
}

tls_context::~tls_context()
{
    if (server_ == nullptr)
        SSL_CTX_free(context_);
}

} // namespace junctor
