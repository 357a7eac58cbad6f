// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "tls_files.hpp"

#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace junctor::test {

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* owned) const noexcept
    {
        Free(owned);
    }
};

using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freed_by<X509_free>>;
using file_pointer = std::unique_ptr<std::FILE, freed_by<std::fclose>>;

void require(bool success)
{
    if (!success)
        throw std::runtime_error("OpenSSL could not make a test certificate");
}

file_pointer open_file(const std::string& path, const char* mode)
{
    file_pointer file(std::fopen(path.c_str(), mode));
    require(file != nullptr);
    return file;
}

certificate_pointer make_certificate(const std::string& name, EVP_PKEY* key)
{
    static long serial = 1;
    certificate_pointer made(X509_new());
    require(made != nullptr && X509_set_version(made.get(), 2) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 24 * 3600);
    require(X509_set_pubkey(made.get(), key) == 1);
    auto* const subject = X509_get_subject_name(made.get());
    const auto* const text = reinterpret_cast<const unsigned char*>(name.c_str());
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1);
    return made;
}

void add_extension(X509* certificate, int kind, const char* content)
{
    std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, kind, content));
    require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key)
{
    require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
    require(X509_sign(certificate, issuer_key, EVP_sha256()) != 0);
}

void save(const tls_identity& identity, EVP_PKEY* key, X509* certificate)
{
    const auto key_file = open_file(identity.key, "w");
    require(PEM_write_PrivateKey(key_file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    const auto certificate_file = open_file(identity.certificate, "w");
    require(PEM_write_X509(certificate_file.get(), certificate) == 1);
}

key_pointer load_key(const std::string& path)
{
    return key_pointer(PEM_read_PrivateKey(open_file(path, "r").get(), nullptr, nullptr, nullptr));
}

certificate_pointer load_certificate(const std::string& path)
{
    return certificate_pointer(PEM_read_X509(open_file(path, "r").get(), nullptr, nullptr, nullptr));
}

} // namespace

tls_files::tls_files() : authority_{directory_ / "authority.key", directory_ / "authority.pem"}
{
    const key_pointer key(EVP_EC_gen("P-256"));
    const auto certificate = make_certificate("Test authority", key.get());
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    sign(certificate.get(), certificate.get(), key.get());
    save(authority_, key.get(), certificate.get());
}

tls_identity tls_files::issue(const std::string& name) const
{
    return issue_for(name, "");
}

tls_identity tls_files::issue_for(const std::string& name, const std::string& alternatives, bool expired) const
{
    const tls_identity identity{directory_ / (name + ".key"), directory_ / (name + ".pem")};
    const key_pointer key(EVP_EC_gen("P-256"));
    const auto certificate = make_certificate(name, key.get());
    if (!alternatives.empty())
        add_extension(certificate.get(), NID_subject_alt_name, alternatives.c_str());
    if (expired)
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), -60);
    sign(certificate.get(), load_certificate(authority_.certificate).get(), load_key(authority_.key).get());
    save(identity, key.get(), certificate.get());
    return identity;
}

std::string tls_files::write(const std::string& name, const std::string& content) const
{
    auto path = directory_ / name;
    std::ofstream(path) << content;
    return path;
}

tls_server_options tls_files::server_options() const
{
    const auto identity = issue("server");
    tls_server_options options;
    options.key = identity.key;
    options.certificate = identity.certificate;
    return options;
}

std::string der_of(const std::string& certificate_path)
{
    const auto certificate = load_certificate(certificate_path);
    unsigned char* bytes = nullptr;
    const auto size = i2d_X509(certificate.get(), &bytes);
    require(size > 0);
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

} // namespace junctor::test
