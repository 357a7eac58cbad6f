// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "tls_server_names.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <junctor/transport/endpoint.hpp>

#include "openssl_pointers.hpp"

namespace junctor {

namespace {

constexpr std::size_t host_name_bytes_max = 255;

char lower(char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// Whether `name` could be one: labels that are not empty, the first of which may be an asterisk.
bool is_host_name(std::string_view name) noexcept
{
    if (name.starts_with("*."))
        name.remove_prefix(2);
    const auto is_usable = [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    return !name.empty() && name.size() <= host_name_bytes_max && name.front() != '.' && name.back() != '.' &&
           name.find("..") == std::string_view::npos && std::all_of(name.begin(), name.end(), is_usable);
}

} // namespace

bool tls_server_names::add(std::string_view name, ssl_ctx_st* context)
{
    if (!is_host_name(name))
        throw endpoint_error("TLS server name \"" + std::string(name) + "\": is neither a host name nor one such as " +
                             "\"*.example\"");
    std::string key(name);
    std::transform(key.begin(), key.end(), key.begin(), &lower);
    return contexts_.emplace(std::move(key), context).second;
}

ssl_ctx_st* tls_server_names::find(std::string_view name) const noexcept
{
    if (name.ends_with('.'))
        name.remove_suffix(1);
    std::array<char, host_name_bytes_max> lowered{};
    if (name.size() > lowered.size())
        return nullptr;
    std::transform(name.begin(), name.end(), lowered.begin(), &lower);
    const std::string_view wanted(lowered.data(), name.size());
    if (const auto exact = contexts_.find(wanted); exact != contexts_.end())
        return exact->second;
    const auto dot = wanted.find('.');
    if (dot == 0 || dot == std::string_view::npos)
        return nullptr;
    lowered[dot - 1] = '*'; // Its first label is not needed any more.
    const auto pattern = contexts_.find(wanted.substr(dot - 1));
    return pattern != contexts_.end() ? pattern->second : nullptr;
}

std::vector<std::string> dns_names_of(x509_st* certificate)
{
    const std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>> all(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const auto* const name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type != GEN_DNS)
            continue;
        const auto* const text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
        std::string found(text, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        if (is_host_name(found))
            names.push_back(std::move(found));
    }
    return names;
}

} // namespace junctor
