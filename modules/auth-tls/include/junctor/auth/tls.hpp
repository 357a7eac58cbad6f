// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "tls": who has a TLS client certificate that belongs to a principal may join.

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principals.hpp>

namespace junctor::auth {

/// What the certificate of a principal must be like, in addition to what TLS has verified: that it was issued by an
/// authority that the endpoint trusts. All that is given must hold. If nothing is given, the common name must be the
/// principal's authid.
struct certificate_conditions {
    std::optional<std::array<std::byte, 20>> sha1;   ///< Of the certificate in DER.
    std::optional<std::array<std::byte, 32>> sha256; ///< Of the certificate in DER.
    std::string common_name;                         ///< Of the subject; empty for any.

    /// An entry of the extension subjectAltName; empty for any. With a colon it is a URI, otherwise with an "@" an
    /// e-mail address, otherwise the name of a host, whose letters may be of either case.
    std::string subject_alt_name;

    /// Reads `certificate-sha1`, `certificate-sha256`, `common-name` and `subject-alt-name`.
    [[nodiscard]] static certificate_conditions read(module_options& options);
};

/// Lets a peer join by the certificate that it presented in the TLS handshake, without a CHALLENGE. Of several
/// principals that it fits, the one that the peer names as its authid is taken; if it names none, the one with the most
/// specific conditions: fingerprints, then subjectAltName, then the common name. Filled before the router runs, then
/// used by any thread. Spec: advanced profile, "Authentication", "TLS Certificate Authentication".
///
///     junctor::auth::tls machines;
///     machines.add({"press.example.com", "machine", "", {}, {}});
class tls final : public authenticator {
public:
    tls() = default;

    /// With the options of `register_tls`, and what is wrong with them reported to them.
    explicit tls(module_options& options) : principals_(options, "principals") {}

    /// Lets `one` join. Throws `std::invalid_argument` if there is a principal of the same authid.
    void add(principal<certificate_conditions> one) { principals_.add(std::move(one)); }

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override;

private:
    principals<certificate_conditions> principals_;
};

/// Adds "tls" to `registry`, with the options of Crossbar.io, `type` and `principals` with `certificate-sha1` and
/// `role`, and some of our own: `certificate-sha256`, `common-name`, `subject-alt-name` and `realm` of principals.
void register_tls(module_registry& registry);

} // namespace junctor::auth
