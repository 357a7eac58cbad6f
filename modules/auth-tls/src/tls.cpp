// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/tls.hpp>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include <junctor/base/hex.hpp>

#include "client_certificate.hpp"

namespace junctor::auth {

namespace {

using entry = principal<certificate_conditions>;

/// A digest as certificates' fingerprints are written, with colons between the octets or without.
template <std::size_t Size>
std::optional<std::array<std::byte, Size>> read_fingerprint(module_options& options, std::string_view key)
{
    if (!options.has(key))
        return std::nullopt;
    auto digits = options.text(key);
    const bool present = !digits.empty();
    digits.erase(std::remove(digits.begin(), digits.end(), ':'), digits.end());
    const auto octets = from_hex(digits);
    std::array<std::byte, Size> fingerprint{};
    if (octets && octets->size() == Size)
        std::copy(octets->begin(), octets->end(), fingerprint.begin());
    else if (present)
        options.error(key, "must be " + std::to_string(Size * 2) + " hexadecimal digits");
    return fingerprint;
}

/// The certificate that the peer of `exchange` presented, or null.
const tls_facts* presented(const auth_exchange& exchange)
{
    const auto* const facts = exchange.transport().tls.get();
    return facts != nullptr && !facts->peer_certificate.empty() ? facts : nullptr;
}

const entry* best_of(const principals<certificate_conditions>& all, const client_certificate& certificate,
                     const auth_exchange& exchange)
{
    return all.best_fit(exchange, [&](const certificate_conditions& conditions, const std::string& authid) {
        return certificate.fit(conditions, authid);
    });
}

std::unique_ptr<authenticator> make(module_options& options)
{
    const auto& transport = options.context().transport;
    if (transport && !transport->peer_certificate)
        options.warning("", "lets nobody in here: no client can have a certificate",
                        "name authorities under 'tls.ca_certificates' of the endpoint");
    return std::make_unique<tls>(options);
}

} // namespace

certificate_conditions certificate_conditions::read(module_options& options)
{
    certificate_conditions conditions;
    conditions.sha1 = read_fingerprint<20>(options, "certificate-sha1");
    conditions.sha256 = read_fingerprint<32>(options, "certificate-sha256");
    conditions.common_name = options.text("common-name", "");
    conditions.subject_alt_name = options.text("subject-alt-name", "");
    return conditions;
}

awaitable<verdict> tls::authenticate(auth_exchange& exchange)
{
    const auto* const facts = presented(exchange);
    if (facts == nullptr)
        co_return verdict::deny(errc::authentication_denied, "a TLS client certificate is needed");
    const client_certificate certificate(*facts);
    if (!principals_.has_source()) {
        if (const auto* const one = best_of(principals_, certificate, exchange))
            co_return principals_.grant(*one, exchange);
    } else {
        const auto one = co_await principals_.find(exchange);
        if (one != nullptr && principals_.may_be(*one, exchange) && certificate.fit(one->credentials, one->authid) > 0)
            co_return principals_.grant(*one, exchange);
    }
    auto refused = verdict::deny(errc::authentication_denied);
    co_return std::move(refused).because("no principal has the certificate of '" + facts->peer_common_name + "'");
}

bool tls::recognises(const auth_exchange& exchange) const
{
    const auto* const facts = presented(exchange);
    if (facts == nullptr || principals_.has_source())
        return facts != nullptr;
    return best_of(principals_, client_certificate(*facts), exchange) != nullptr;
}

void register_tls(module_registry& registry)
{
    registry.add_authenticator("tls", make);
}

} // namespace junctor::auth
