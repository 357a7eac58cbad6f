// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/tls.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <junctor/base/hex.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using problems = std::vector<std::string>;
using alt_names = std::vector<std::pair<int, std::string>>;

void add_alt_names(X509* certificate, const alt_names& names)
{
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> all(GENERAL_NAMES_new(), &GENERAL_NAMES_free);
    for (const auto& [type, content] : names) {
        auto* const text = ASN1_IA5STRING_new();
        REQUIRE(ASN1_STRING_set(text, content.data(), static_cast<int>(content.size())) == 1);
        auto* const name = GENERAL_NAME_new();
        GENERAL_NAME_set0_value(name, type, text);
        REQUIRE(sk_GENERAL_NAME_push(all.get(), name) > 0);
    }
    REQUIRE(X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1);
}

/// A certificate as a transport would hand it on, signed by itself, with a key of its own.
tls_facts certificate(const std::string& common_name, const alt_names& names = {})
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                                                                  &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), &X509_free);
    REQUIRE((key && made));
    X509_set_version(made.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    REQUIRE(X509_NAME_add_entry_by_NID(X509_get_subject_name(made.get()), NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(common_name.data()),
                                       static_cast<int>(common_name.size()), -1, 0) == 1);
    if (!names.empty())
        add_alt_names(made.get(), names);
    REQUIRE(X509_sign(made.get(), key.get(), nullptr) > 0);

    tls_facts facts;
    facts.peer_common_name = common_name;
    facts.peer_certificate.resize(static_cast<std::size_t>(i2d_X509(made.get(), nullptr)));
    auto* end = reinterpret_cast<unsigned char*>(facts.peer_certificate.data());
    i2d_X509(made.get(), &end);
    return facts;
}

std::string sha1_of(const tls_facts& facts)
{
    std::array<std::byte, 20> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(facts.peer_certificate.data()), facts.peer_certificate.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
    return to_hex(digest);
}

std::string sha256_of(const tls_facts& facts)
{
    std::array<std::byte, 32> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(facts.peer_certificate.data()), facts.peer_certificate.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return to_hex(digest);
}

/// `digits` as OpenSSL prints fingerprints: in capitals, with colons.
std::string with_colons(const std::string& digits)
{
    std::string all;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        if (at != 0 && at % 2 == 0)
            all += ':';
        all += digits[at] >= 'a' ? static_cast<char>(digits[at] - 'a' + 'A') : digits[at];
    }
    return all;
}

scripted_exchange holder(const tls_facts& facts, std::string authid = {}, std::string realm = "realm1")
{
    scripted_exchange peer(std::move(realm), std::move(authid));
    peer.facts.tls = std::make_shared<const tls_facts>(facts);
    return peer;
}

std::unique_ptr<authenticator> machines(const dict& principals)
{
    return configured(auth::register_tls, "tls", {{"type", "static"}, {"principals", principals}});
}

/// The authid that the holder of a certificate joins with; empty if it may not.
std::string joins_as(authenticator& all, const tls_facts& facts, const std::string& authid = {})
{
    const auto outcome = decide(all, holder(facts, authid));
    return outcome.granted() ? outcome.who().authid : std::string();
}

bool fits(const tls_facts& facts, const dict& conditions)
{
    return !joins_as(*machines({{"ann", conditions}}), facts).empty();
}

} // namespace

TEST_CASE("tls: a principal without conditions is whoever has its name as the common name", "[auth-tls]")
{
    const auto all = machines({{"ann", dict{{"role", "machine"}}}});
    const auto joined = decide(*all, holder(certificate("ann")));
    REQUIRE(joined.granted());
    CHECK(joined.who().authid == "ann");
    CHECK(joined.who().authrole == "machine");
    CHECK(joined.who().authprovider == "static");
    for (const auto& other : {"bob", "Ann", "ann ", "annabel"})
        CHECK(joins_as(*all, certificate(other)).empty());
    CHECK(joins_as(*all, certificate(std::string("ann\0", 4))).empty());
}

TEST_CASE("tls: fingerprints", "[auth-tls]")
{
    const auto ann = certificate("ann");
    const auto same_name = certificate("ann");
    const std::pair<const char*, std::string> conditions[] = {
        {"certificate-sha1", sha1_of(ann)},
        {"certificate-sha1", with_colons(sha1_of(ann))},
        {"certificate-sha256", sha256_of(ann)},
        {"certificate-sha256", with_colons(sha256_of(ann))},
    };
    for (const auto& [key, fingerprint] : conditions) {
        const auto all = machines({{"press", dict{{key, fingerprint}}}});
        CHECK(joins_as(*all, ann) == "press");
        CHECK(joins_as(*all, same_name).empty());
    }
}

TEST_CASE("tls: the common name as a condition", "[auth-tls]")
{
    const auto all = machines({{"press", dict{{"common-name", "ann"}}}});
    CHECK(joins_as(*all, certificate("ann")) == "press");
    CHECK(joins_as(*all, certificate("press")).empty());
}

TEST_CASE("tls: entries of subjectAltName", "[auth-tls]")
{
    const auto ann = certificate("ann", {{GEN_DNS, "other.example.com"},
                                         {GEN_DNS, "Ann.example.com"},
                                         {GEN_EMAIL, "ann@example.com"},
                                         {GEN_URI, "spiffe://example.com/ann"}});
    const auto has = [&](const char* name) { return fits(ann, {{"subject-alt-name", name}}); };
    CHECK(has("other.example.com"));
    CHECK(has("ann.EXAMPLE.com"));
    CHECK(has("ann@example.com"));
    CHECK(has("spiffe://example.com/ann"));
    CHECK_FALSE(has("example.com"));
    CHECK_FALSE(has("ANN@example.com"));
    CHECK_FALSE(has("spiffe://example.com/an"));
    CHECK_FALSE(has("ann"));
    CHECK_FALSE(fits(certificate("ann"), {{"subject-alt-name", "ann.example.com"}}));
}

TEST_CASE("tls: entries of subjectAltName are not taken for those of another kind", "[auth-tls]")
{
    const auto forged = certificate("ann", {{GEN_URI, "ann.example.com"},
                                            {GEN_EMAIL, "spiffe://example.com/ann"},
                                            {GEN_DNS, "ann@example.com"},
                                            {GEN_DNS, "*.example.com"},
                                            {GEN_DNS, std::string("ann.example.com\0.example.org", 28)}});
    for (const auto* const name : {"ann.example.com", "ann@example.com", "spiffe://example.com/ann"})
        CHECK_FALSE(fits(forged, {{"subject-alt-name", name}}));
}

TEST_CASE("tls: all conditions must hold", "[auth-tls]")
{
    const auto ann = certificate("ann", {{GEN_DNS, "ann.example.com"}});
    const std::pair<const char*, std::string> right[] = {{"certificate-sha1", sha1_of(ann)},
                                                         {"certificate-sha256", sha256_of(ann)},
                                                         {"common-name", "ann"},
                                                         {"subject-alt-name", "ann.example.com"}};
    const std::pair<const char*, std::string> wrong[] = {{"certificate-sha1", std::string(40, '0')},
                                                         {"certificate-sha256", std::string(64, '0')},
                                                         {"common-name", "bob"},
                                                         {"subject-alt-name", "bob.example.com"}};
    dict conditions;
    for (const auto& [key, content] : right)
        conditions.set(key, content);
    CHECK(fits(ann, conditions));
    for (const auto& [key, content] : wrong) {
        auto changed = conditions;
        changed.set(key, content);
        CHECK_FALSE(fits(ann, changed));
    }
}

TEST_CASE("tls: without a certificate nobody joins", "[auth-tls]")
{
    auth::tls all;
    all.add({"ann", "machine", "", {}, {}});
    all.add({"", "machine", "", {}, {}});
    const auto plain = decide(all, scripted_exchange("realm1", "ann"));
    REQUIRE_FALSE(plain.granted());
    CHECK(plain.reason() == uri_of(errc::authentication_denied));
    CHECK(plain.message() == "a TLS client certificate is needed");

    tls_facts without;
    without.peer_common_name = "ann";
    CHECK(decide(all, holder(without)).message() == "a TLS client certificate is needed");
}

TEST_CASE("tls: a certificate without a common name is nobody's", "[auth-tls]")
{
    auth::tls all;
    all.add({"", "machine", "", {}, {}});
    auto nameless = certificate("ann");
    nameless.peer_common_name.clear();
    CHECK_FALSE(decide(all, holder(nameless)).granted());
}

TEST_CASE("tls: of what OpenSSL cannot read, fingerprints count alone", "[auth-tls]")
{
    tls_facts garbage;
    garbage.peer_certificate.assign(5, std::byte{0x30});
    CHECK(fits(garbage, {{"certificate-sha256", sha256_of(garbage)}}));
    CHECK_FALSE(fits(garbage, {{"subject-alt-name", "ann.example.com"}}));
}

TEST_CASE("tls: an unknown authid is refused as a foreign certificate is", "[auth-tls]")
{
    const auto all = machines({{"ann", dict{}}, {"bob", dict{}}, {"carol", dict{{"realm", "realm2"}}}});
    const auto foreign = decide(*all, holder(certificate("mallory")));
    REQUIRE_FALSE(foreign.granted());
    CHECK(foreign.reason() == uri_of(errc::authentication_denied));
    CHECK(foreign.detail() == "no principal has the certificate of 'mallory'");
    for (const auto& peer : {holder(certificate("ann"), "bob"), holder(certificate("ann"), "nobody"),
                             holder(certificate("mallory"), "ann"), holder(certificate("carol"), "", "realm1")}) {
        auto copy = peer;
        const auto refused = decide(*all, copy);
        REQUIRE_FALSE(refused.granted());
        CHECK(refused.reason() == foreign.reason());
        CHECK(refused.message() == foreign.message());
    }
    CHECK(joins_as(*all, certificate("ann"), "ann") == "ann");
    CHECK(decide(*all, holder(certificate("carol"), "carol", "realm2")).granted());
}

TEST_CASE("tls: of several principals that fit, the most specific one", "[auth-tls]")
{
    const auto ann = certificate("ann", {{GEN_DNS, "ann.example.com"}});
    const dict by_name{{"common-name", "ann"}};
    const dict by_host{{"subject-alt-name", "ann.example.com"}};
    const dict by_both{{"common-name", "ann"}, {"subject-alt-name", "ann.example.com"}};
    const dict by_print{{"certificate-sha256", sha256_of(ann)}};
    CHECK(joins_as(*machines({{"a", by_name}, {"b", by_host}, {"c", by_both}, {"d", by_print}}), ann) == "d");
    CHECK(joins_as(*machines({{"a", by_name}, {"b", by_host}, {"c", by_both}}), ann) == "c");
    CHECK(joins_as(*machines({{"a", by_name}, {"b", by_host}}), ann) == "b");
    CHECK(joins_as(*machines({{"b", by_host}, {"a", by_host}}), ann) == "a");
    CHECK(joins_as(*machines({{"a", by_name}, {"d", by_print}}), ann, "a") == "a");
}

TEST_CASE("tls: recognises those whose certificates fit", "[auth-tls]")
{
    const auto all = machines({{"ann", dict{}}});
    CHECK(all->recognises(holder(certificate("ann"))));
    CHECK_FALSE(all->recognises(holder(certificate("bob"))));
    CHECK_FALSE(all->recognises(holder(certificate("ann"), "bob")));
    CHECK_FALSE(all->recognises(scripted_exchange("realm1", "ann")));
}

namespace {

/// Knows everybody by the authid that they give themselves, with the same conditions.
class trusting final : public principal_source {
public:
    explicit trusting(dict conditions) : conditions_{std::move(conditions)} {}

    awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict) override
    {
        principal_record record;
        record.authid = exchange.hello().authid;
        record.authrole = "staff";
        record.credentials = conditions_;
        co_return record;
    }

private:
    dict conditions_;
};

} // namespace

TEST_CASE("tls: principals of a source must fit the certificate as well", "[auth-tls]")
{
    const auto with = [](const dict& conditions) {
        options_fixture fixture({{"type", "directory"}});
        auth::register_tls(fixture.modules);
        fixture.modules.add_principal_source("directory",
                                             [&](module_options&) { return std::make_unique<trusting>(conditions); });
        auto made = fixture.make(*fixture.modules.find_authenticator("tls"));
        REQUIRE(fixture.problems.empty());
        return made;
    };
    const auto ann = certificate("ann");
    CHECK(decide(*with({}), holder(ann, "ann")).who().authprovider == "directory");
    CHECK(joins_as(*with({}), ann, "bob").empty());
    CHECK(joins_as(*with({}), ann).empty());
    CHECK(joins_as(*with({{"certificate-sha256", sha256_of(ann)}}), ann, "bob") == "bob");
    CHECK(joins_as(*with({{"certificate-sha256", std::string(64, '0')}}), ann, "ann").empty());
    CHECK(with({})->recognises(holder(ann)));
}

TEST_CASE("tls: options that make no sense are named", "[auth-tls]")
{
    const auto problem = [](const dict& options) { return problems_of(auth::register_tls, "tls", options); };
    const auto principal_with = [&](const dict& content) { return problem({{"principals", dict{{"ann", content}}}}); };
    CHECK(problem({}) == problems{"needs the key 'principals'"});
    CHECK(principal_with({}).empty());
    CHECK(principal_with({{"certificate-sha1", "12:34"}}) ==
          problems{"principals.ann.certificate-sha1: must be 40 hexadecimal digits"});
    CHECK(principal_with({{"certificate-sha256", std::string(64, 'g')}}) ==
          problems{"principals.ann.certificate-sha256: must be 64 hexadecimal digits"});
    CHECK(principal_with({{"certificate-sha256", ""}}) ==
          problems{"principals.ann.certificate-sha256: must not be empty"});
    CHECK(principal_with({{"common-name", 5}}) ==
          problems{"principals.ann.common-name: must be a string, not an integer"});
    CHECK(principal_with({{"subject-alt-name", ""}}) == problems{"principals.ann.subject-alt-name: must not be empty"});
    CHECK(principal_with({{"certificate", "x"}}) == problems{"principals.ann.certificate: unknown key"});
}

TEST_CASE("tls: warns of connections that have no certificates", "[auth-tls]")
{
    const dict options{{"principals", dict{{"ann", dict()}}}};
    CHECK(problems_of(auth::register_tls, "tls", options, possible_facts{false, true, false}) ==
          problems{"warning: lets nobody in here: no client can have a certificate"});
    CHECK(problems_of(auth::register_tls, "tls", options, possible_facts{false, true, true}).empty());
}
