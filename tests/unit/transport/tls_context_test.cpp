// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/tls_context.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.hpp"
#include "tls_files.hpp"

using namespace junctor;
using namespace junctor::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Why these options are not usable.
std::string refusal(const tls_server_options& options)
{
    try {
        const tls_context attempt(options);
    } catch (const endpoint_error& error) {
        return error.what();
    }
    return "no refusal";
}

std::string content_of(const std::string& path)
{
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// A key that a passphrase protects. It is for this test alone.
constexpr auto protected_key = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgAAAAAAAAAAAICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAAAAAAAAAAAAAAAAAAAAAAEgZAA
-----END ENCRYPTED PRIVATE KEY-----
)";

} // namespace

TEST_CASE("tls_context: a key and its certificate are enough", "[transport][tls]")
{
    const tls_files files;
    CHECK(tls_context(files.server_options()).native() != nullptr);
}

TEST_CASE("tls_context: errors name the file and what is wrong with it", "[transport][tls]")
{
    const tls_files files;
    auto options = files.server_options();

    SECTION("no file")
    {
        options.key.clear();
        CHECK_THAT(refusal(options), ContainsSubstring("TLS key") && ContainsSubstring("no file is named"));
    }
    SECTION("a certificate that is not there")
    {
        options.certificate = files.directory() / "missing.pem";
        CHECK_THAT(refusal(options), ContainsSubstring("TLS certificate \"" + options.certificate + "\"") &&
                                         ContainsSubstring("No such file or directory"));
    }
    SECTION("a certificate that is none")
    {
        options.certificate = files.write("text.pem", "just text");
        CHECK_THAT(refusal(options),
                   ContainsSubstring(options.certificate) && ContainsSubstring("not a usable certificate"));
    }
    SECTION("a key that is none")
    {
        options.key = files.write("text.key", "just text");
        CHECK_THAT(refusal(options), ContainsSubstring(options.key) && ContainsSubstring("not a private key"));
    }
    SECTION("a key that needs a passphrase")
    {
        options.key = files.write("protected.key", protected_key);
        CHECK_THAT(refusal(options), ContainsSubstring(options.key) && ContainsSubstring("without a passphrase"));
    }
    SECTION("a key of another certificate")
    {
        options.key = files.issue("other").key;
        CHECK_THAT(refusal(options), ContainsSubstring(options.key) &&
                                         ContainsSubstring("does not belong to certificate \"" + options.certificate));
    }
    SECTION("a chain without certificates")
    {
        options.chain_certificates = {files.authority(), files.write("empty.pem", "")};
        CHECK_THAT(refusal(options), ContainsSubstring("empty.pem") && ContainsSubstring("holds no certificate"));
    }
    SECTION("authorities that are not there, or none")
    {
        options.ca_certificates = {files.directory() / "missing.pem"};
        CHECK_THAT(refusal(options), ContainsSubstring("TLS CA certificate") && ContainsSubstring("missing.pem"));
        options.ca_certificates = {files.write("empty.pem", "")};
        CHECK_THAT(refusal(options), ContainsSubstring("holds no usable certificate"));
    }
    SECTION("DH parameters that are none")
    {
        options.dhparam = files.write("text.dh", "just text");
        CHECK_THAT(refusal(options), ContainsSubstring("TLS dhparam") && ContainsSubstring("holds no DH parameters"));
    }
    SECTION("ciphers that nobody knows")
    {
        options.ciphers = "NO-SUCH-CIPHER";
        CHECK_THAT(refusal(options), ContainsSubstring("NO-SUCH-CIPHER"));
        options.ciphers = "TLS_NO_SUCH_SUITE";
        CHECK_THAT(refusal(options), ContainsSubstring("TLS_NO_SUCH_SUITE"));
    }
}

TEST_CASE("tls_context: errors name what is wrong with more certificates, protocols and tickets", "[transport][tls]")
{
    const tls_files files;
    auto options = files.server_options();
    const auto shop = files.issue_for("shop", "DNS:shop.example,DNS:*.shop.example");
    const auto nameless = files.issue("nameless");

    SECTION("a key of another certificate")
    {
        options.certificates = {{nameless.key, shop.certificate, {}, {}}};
        CHECK_THAT(refusal(options), ContainsSubstring(nameless.key) && ContainsSubstring("does not belong to"));
    }
    SECTION("a certificate without a DNS name")
    {
        options.certificates = {{nameless.key, nameless.certificate, {}, {}}};
        CHECK_THAT(refusal(options), ContainsSubstring(nameless.certificate) && ContainsSubstring("no DNS name"));
        options.certificates.front().server_names = {"nameless.example"};
        CHECK_NOTHROW(tls_context(options));
    }
    SECTION("names that can be none")
    {
        for (const auto* const name :
             {"", "*", "*.", ".example", "example.", "a..b", "a.*.b", "shop example", "*shop.b"}) {
            options.certificates = {{shop.key, shop.certificate, {}, {name}}};
            CHECK_THAT(refusal(options), ContainsSubstring("server name \"" + std::string(name) + "\""));
        }
    }
    SECTION("a name that is given twice")
    {
        options.certificates = {{shop.key, shop.certificate, {}, {"a.example"}},
                                {nameless.key, nameless.certificate, {}, {"b.example", "A.example"}}};
        CHECK_THAT(refusal(options), ContainsSubstring("A.example") && ContainsSubstring("more than one certificate"));
    }
    SECTION("two certificates that are for the same name by themselves")
    {
        options.certificates = {{shop.key, shop.certificate, {}, {}}, {shop.key, shop.certificate, {}, {}}};
        CHECK_NOTHROW(tls_context(options));
    }
    SECTION("protocols without a name")
    {
        options.alpn_protocols = {"http/1.1", ""};
        CHECK_THAT(refusal(options), ContainsSubstring("ALPN"));
    }
    SECTION("tickets that are good for no time, or for longer than TLS allows")
    {
        for (const std::chrono::seconds lifetime : {std::chrono::seconds{0}, std::chrono::seconds{604'801}}) {
            options.session_ticket_lifetime = lifetime;
            CHECK_THAT(refusal(options), ContainsSubstring("session tickets"));
        }
    }
}

TEST_CASE("tls_context: chains, authorities and ciphers of both kinds are taken", "[transport][tls]")
{
    const tls_files files;
    auto options = files.server_options();
    options.chain_certificates = {files.authority()};
    options.ca_certificates = {files.authority(), files.issue("another").certificate};
    options.ciphers = "ECDHE+AESGCM:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
    CHECK_NOTHROW(tls_context(options));
}

TEST_CASE("tls_context: a file may hold both the certificate and its chain", "[transport][tls]")
{
    const tls_files files;
    auto options = files.server_options();
    options.certificate = files.write("both.pem", content_of(options.certificate) + content_of(files.authority()));
    CHECK_NOTHROW(tls_context(options));
}
