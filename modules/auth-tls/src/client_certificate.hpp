// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a client certificate says.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/auth/tls.hpp>
#include <junctor/auth/transport_facts.hpp>

namespace junctor::auth {

/// A certificate that TLS has verified, taken apart.
class client_certificate {
public:
    /// The certificate that `facts` have. Nothing but its fingerprints can be told if OpenSSL cannot read it.
    explicit client_certificate(const tls_facts& facts);

    /// How specific those of `conditions` are that it fulfils; 0 if there is one that it does not fulfil. `authid` is
    /// the principal's.
    [[nodiscard]] int fit(const certificate_conditions& conditions, std::string_view authid) const;

private:
    [[nodiscard]] bool has_subject_alt_name(std::string_view wanted) const;

    std::array<std::byte, 20> sha1_{};
    std::array<std::byte, 32> sha256_{};
    std::string_view common_name_; ///< Owned by the facts.
    std::vector<std::string> hosts_;
    std::vector<std::string> addresses_;
    std::vector<std::string> uris_;
};

} // namespace junctor::auth
