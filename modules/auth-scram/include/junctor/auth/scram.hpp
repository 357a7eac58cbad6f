// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "wamp-scram": peers prove to know a password that the router does not, and the router proves that it
/// knows them.

#include <memory>
#include <string>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_options.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principals.hpp>
#include <junctor/auth/scram_credentials.hpp>
#include <junctor/auth/scram_mock.hpp>
#include <junctor/auth/scram_proof.hpp>

namespace junctor::auth {

/// Whether the proof of a peer has to be bound to its TLS connection.
enum class scram_channel_binding {
    allowed,  ///< If the peer asks for it.
    required, ///< A peer that does not ask for it is refused.
};

/// Lets peers join that prove to know the password of the authid in HELLO. Spec: advanced profile, "Salted Challenge
/// Response Authentication"; RFC 5802 and RFC 7677.
///
/// Channel bindings are "tls-exporter" (RFC 9266, TLS 1.3) and "tls-unique" (RFC 5929, TLS 1.2). An unknown authid gets
/// the same answers as a wrong password, and the same CHALLENGE whenever it asks.
///
///     auth::scram users;
///     users.add("joe", "frontend", auth::make_scram_credentials(password, {}, salt));
class scram final : public authenticator {
public:
    /// Nobody is known at first. Throws `std::invalid_argument` if a channel binding is required in Crossbar.io's
    /// dialect, which has none.
    explicit scram(scram_dialect dialect = scram_dialect::spec,
                   scram_channel_binding binding = scram_channel_binding::allowed);

    /// Reads `dialect`, which is `otherwise` if not given, `channel-binding`, the principals and the keys of mock
    /// challenges: `mock-secret`, `mock-kdf`, `mock-iterations` and `mock-memory`.
    scram(module_options& options, scram_dialect otherwise);

    /// Lets `authid` join with `credentials` and the role `authrole`; if `realm` is not empty, that realm only. Throws
    /// `std::invalid_argument` if it is there already, or if a key is not of `scram_key_bytes`. To be called before the
    /// router runs.
    scram& add(std::string authid, std::string authrole, scram_credentials credentials, std::string realm = {});

    /// Lets the challenges for unknown authids stay as they are when those who are known change: their salts are
    /// derived from `key`. To be called before the router runs.
    scram& mock_secret(secret key);

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override;

private:
    void read_mock(module_options& options);

    scram_dialect dialect_;
    scram_channel_binding binding_;
    principals<scram_credentials> principals_;
    scram_mock mock_;
};

/// Adds two authmethods to `registry`: "wamp-scram", which speaks the spec's dialect, and "scram", which speaks
/// Crossbar.io's, unless the option `dialect` says otherwise. Other options are those of Crossbar.io and of `scram`.
void register_scram(module_registry& registry);

} // namespace junctor::auth
