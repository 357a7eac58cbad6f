// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "client_certificate.hpp"

#include <algorithm>
#include <memory>

#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace junctor::auth {

namespace {

/// How much a condition weighs: each more than all after it.
enum weight : int { weight_of_common_name = 1, weight_of_subject_alt_name = 2, weight_of_fingerprint = 4 };

using names_handle = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;

unsigned char* octets_of(std::span<std::byte> octets)
{
    return reinterpret_cast<unsigned char*>(octets.data());
}

names_handle subject_alt_names(byte_view der)
{
    const auto* start = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        d2i_X509(nullptr, &start, static_cast<long>(der.size())), &X509_free);
    void* names = nullptr;
    if (certificate)
        names = X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr);
    ERR_clear_error(); // Whoever uses OpenSSL next in this thread shall not find it there.
    return {static_cast<GENERAL_NAMES*>(names), &GENERAL_NAMES_free};
}

/// All of the text: an octet 0 in it, which some take for its end, is one of its characters.
std::string text_of(const ASN1_STRING* text)
{
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// Host names are compared without regard to the case of ASCII letters. RFC 4343.
bool same_host(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool contains(const std::vector<std::string>& all, std::string_view one)
{
    return std::find(all.begin(), all.end(), one) != all.end();
}

} // namespace

client_certificate::client_certificate(const tls_facts& facts) : common_name_{facts.peer_common_name}
{
    const byte_view der(facts.peer_certificate);
    const auto* const octets = reinterpret_cast<const unsigned char*>(der.data());
    SHA1(octets, der.size(), octets_of(sha1_));
    SHA256(octets, der.size(), octets_of(sha256_));
    const auto names = subject_alt_names(der);
    const auto count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    for (int at = 0; at < count; ++at) {
        const auto* const name = sk_GENERAL_NAME_value(names.get(), at);
        switch (name->type) {
        case GEN_DNS: hosts_.push_back(text_of(name->d.dNSName)); break;
        case GEN_EMAIL: addresses_.push_back(text_of(name->d.rfc822Name)); break;
        case GEN_URI: uris_.push_back(text_of(name->d.uniformResourceIdentifier)); break;
        default: break;
        }
    }
}

int client_certificate::fit(const certificate_conditions& conditions, std::string_view authid) const
{
    int total = 0;
    bool all = true;
    const auto demand = [&](bool holds, weight specific) {
        all = all && holds;
        total |= specific;
    };
    if (conditions.sha1)
        demand(*conditions.sha1 == sha1_, weight_of_fingerprint);
    if (conditions.sha256)
        demand(*conditions.sha256 == sha256_, weight_of_fingerprint);
    if (!conditions.subject_alt_name.empty())
        demand(has_subject_alt_name(conditions.subject_alt_name), weight_of_subject_alt_name);
    if (!conditions.common_name.empty())
        demand(common_name_ == conditions.common_name, weight_of_common_name);
    if (total == 0)
        demand(!authid.empty() && common_name_ == authid, weight_of_common_name);
    return all ? total : 0;
}

/// Entries of another kind do not count: an authority may check one kind better than another.
bool client_certificate::has_subject_alt_name(std::string_view wanted) const
{
    if (wanted.find(':') != std::string_view::npos)
        return contains(uris_, wanted);
    if (wanted.find('@') != std::string_view::npos)
        return contains(addresses_, wanted);
    return std::any_of(hosts_.begin(), hosts_.end(), [&](const auto& host) { return same_host(host, wanted); });
}

} // namespace junctor::auth
