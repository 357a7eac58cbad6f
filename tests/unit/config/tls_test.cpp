// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <cstdio>
#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fmt/format.h>

#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using key_pointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using certificate_pointer = std::unique_ptr<X509, decltype(&X509_free)>;
using file_pointer = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

file_pointer open_to_write(const std::filesystem::path& path)
{
    return {std::fopen(path.c_str(), "w"), std::fclose};
}

/// Writes a new key, and a certificate for it that it has signed itself.
void write_key_pair(const std::filesystem::path& key_path, const std::filesystem::path& certificate_path)
{
    const key_pointer key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    REQUIRE(key != nullptr);
    const certificate_pointer certificate(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);
    REQUIRE(PEM_write_PrivateKey(open_to_write(key_path).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    REQUIRE(PEM_write_X509(open_to_write(certificate_path).get(), certificate.get()) == 1);
}

/// A loader whose base directory has a key and a certificate.
struct tls_loader {
    tls_loader()
    {
        write_key_pair(files.path() / "server.key", files.path() / "server.crt");
        write_key_pair(files.path() / "other.key", files.path() / "other.crt");
        files.write("empty.pem", "");
        loader.base_directory = files.path();
    }

    [[nodiscard]] config_result load(std::string_view tls) const
    {
        return loader.load_endpoint(fmt::format(R"({{"type": "tcp", "port": 0, "tls": {}}})", tls));
    }

    [[nodiscard]] std::string path(std::string_view name) const { return (files.path() / name).string(); }

    temporary_directory files;
    config_loader loader;
};

constexpr std::string_view here = "workers[0].transports[0].endpoint.tls";

} // namespace

TEST_CASE("config: TLS of an endpoint", "[config][tls]")
{
    const tls_loader tls;
    const auto plain = tls.load(R"({"key": "server.key", "certificate": "server.crt"})");
    const auto options = std::get<tcp_endpoint>(only_transport(plain).endpoint()).tls;
    REQUIRE(options);
    CHECK(options->key == tls.path("server.key"));
    CHECK(options->certificate == tls.path("server.crt"));
    CHECK(options->chain_certificates.empty());
    CHECK(options->ca_certificates.empty());
    CHECK(options->ciphers.empty());
    CHECK(options->dhparam.empty());

    const auto full = tls.load(fmt::format(R"({{"key": "{}", "certificate": "server.crt",
        "chain_certificates": ["other.crt"], "ca_certificates": ["other.crt", "server.crt"],
        "ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256"}})",
                                           tls.path("server.key")));
    const auto all = std::get<tcp_endpoint>(only_transport(full).endpoint()).tls;
    REQUIRE(all);
    CHECK(all->key == tls.path("server.key"));
    CHECK(all->chain_certificates == std::vector{tls.path("other.crt")});
    CHECK(all->ca_certificates == std::vector{tls.path("other.crt"), tls.path("server.crt")});
    CHECK(all->ciphers == "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_CASE("config: certificates by name, and tickets", "[config][tls]")
{
    const tls_loader tls;
    const auto loaded = tls.load(R"({"key": "server.key", "certificate": "server.crt",
        "certificates": [{"key": "server.key", "certificate": "server.crt", "chain_certificates": ["other.crt"],
                          "server_names": ["a.example", "*.a.example"]}],
        "session_tickets": false, "session_ticket_lifetime": 60})");
    const auto options = std::get<tcp_endpoint>(only_transport(loaded).endpoint()).tls;
    REQUIRE((options && options->certificates.size() == 1));
    const auto& named = options->certificates.front();
    CHECK(named.key == tls.path("server.key"));
    CHECK(named.certificate == tls.path("server.crt"));
    CHECK(named.chain_certificates == std::vector{tls.path("other.crt")});
    CHECK(named.server_names == std::vector<std::string>{"a.example", "*.a.example"});
    CHECK_FALSE(options->session_tickets);
    CHECK(options->session_ticket_lifetime == std::chrono::seconds(60));
}

TEST_CASE("config: what is wrong with certificates by name, and tickets", "[config][tls]")
{
    const tls_loader tls;
    struct mistake {
        std::string_view text; ///< Behind key and certificate.
        std::string_view key;
        std::string_view problem;
    };
    const mistake cases[] = {
        {R"("certificates": [{"key": "server.key"}])", ".certificates[0]", "the key 'certificate' is missing"},
        {R"("certificates": [{"key": "server.key", "certificate": "none.pem", "server_names": ["a"]}])",
         ".certificates[0].certificate", "there is no file"},
        {R"("certificates": [{"key": "server.key", "certificate": "server.crt", "server_names": ["*"]}])", "",
         "TLS server name \"*\""},
        {R"("session_ticket_lifetime": 0)", ".session_ticket_lifetime", "must be"},
        {R"("session_ticket_lifetime": 604801)", ".session_ticket_lifetime", "must be"},
        {R"("session_tickets": true, "ca_certificates": ["other.crt"])", ".session_tickets",
         "is not possible together"},
    };
    for (const auto& [text, key, problem] : cases) {
        CAPTURE(text);
        const auto result = tls.load(fmt::format(R"({{"key": "server.key", "certificate": "server.crt", {}}})", text));
        REQUIRE(result.problems.size() == 1);
        CHECK(result.problems.front().path == fmt::format("{}{}", here, key));
        CHECK(result.problems.front().text.find(problem) == 0);
    }
}

TEST_CASE("config: files of TLS that are not there", "[config][tls]")
{
    const tls_loader tls;
    const auto missing = fmt::format("there is no file '{}'", tls.path("none.pem"));
    struct mistake {
        std::string_view text;
        std::string_view key; ///< Behind the path of `tls`.
        std::string_view problem;
    };
    const mistake cases[] = {
        {R"({"certificate": "server.crt"})", "", "the key 'key' is missing"},
        {R"({"key": "server.key"})", "", "the key 'certificate' is missing"},
        {R"({"key": "none.pem", "certificate": "server.crt"})", ".key", missing},
        {R"({"key": "server.key", "certificate": "none.pem"})", ".certificate", missing},
        {R"({"key": "server.key", "certificate": "server.crt", "chain_certificates": ["server.crt", "none.pem"]})",
         ".chain_certificates[1]", missing},
        {R"({"key": "server.key", "certificate": "server.crt", "ca_certificates": ["none.pem"]})",
         ".ca_certificates[0]", missing},
        {R"({"key": "server.key", "certificate": "server.crt", "dhparam": "none.pem"})", ".dhparam", missing},
        {R"({"key": 1, "certificate": "server.crt"})", ".key", "must be a string, not an integer"},
        {R"({"key": "server.key", "certificate": "server.crt", "ca_certificates": "x"})", ".ca_certificates",
         "must be a list, not a string"},
        {R"({"key": "server.key", "certificate": "server.crt", "cipher": "x"})", ".cipher", "unknown key"},
    };
    for (const auto& [text, key, problem] : cases) {
        const auto path = std::string(here) + std::string(key);
        check_wrong(tls.load(text), {text, path, problem});
    }
}

TEST_CASE("config: files of TLS are looked into", "[config][tls]")
{
    const tls_loader tls;
    for (const auto* const text :
         {R"({"key": "server.key", "certificate": "other.crt"})",
          R"({"key": "empty.pem", "certificate": "server.crt"})",
          R"({"key": "server.key", "certificate": "empty.pem"})",
          R"({"key": "server.key", "certificate": "server.crt", "ca_certificates": ["empty.pem"]})",
          R"({"key": "server.key", "certificate": "server.crt", "ciphers": "NO-SUCH"})"}) {
        INFO(text);
        const auto result = tls.load(text);
        REQUIRE(result.problems.size() == 1);
        CHECK(result.problems[0].path == here);
        CHECK_FALSE(result.usable());
    }
    const auto mismatch = tls.load(R"({"key": "server.key", "certificate": "other.crt"})");
    CHECK_THAT(mismatch.problems[0].text, Catch::Matchers::ContainsSubstring("server.key"));
}

TEST_CASE("config: authmethods are told of TLS, and whether clients may have certificates", "[config][tls]")
{
    const tls_loader fixture;
    const auto load = [&](std::string_view authorities) {
        return fixture.loader.load_transport(fmt::format(
            R"({{"type": "rawsocket", "auth": {{"tls": {{}}}}, "endpoint": {{"type": "tcp", "port": 0,
                "tls": {{"key": "server.key", "certificate": "server.crt", "ca_certificates": {}}}}}}})",
            authorities));
    };
    constexpr std::string_view path = "workers[0].transports[0].auth.tls";
    check_warned(load("[]"), {"[]", path, "credentials: false, tls: true, peer certificate: false"});
    check_warned(load(R"(["other.crt"])"),
                 {"other.crt", path, "credentials: false, tls: true, peer certificate: true"});
}
