// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "wampcra": a peer joins that signs a challenge with a secret it shares with the router.

#include <memory>
#include <string>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principals.hpp>
#include <junctor/auth/wampcra_credentials.hpp>

namespace junctor::auth {

class wampcra_decoy;

/// Lets a peer join that signs a challenge, which is another one every time, with the secret of its authid. The secret
/// does not travel. A peer with an authid that nobody has is sent a challenge as well, and cannot tell it from others.
/// Serves any number of peers at the same time, from any thread; principals are added before the router runs. Spec:
/// advanced profile, "Challenge Response Authentication".
///
///     junctor::auth::wampcra users;
///     users.add("joe", {junctor::secret("s3cr3t of joe")}, "user");
///     const junctor::auth::wampcra_derivation how{"rF5n0yTqzJ8xKw2c", 100'000, 32};
///     users.add("ann", {junctor::auth::derive_wampcra_key("password of ann", how), how}, "user");
class wampcra final : public authenticator {
public:
    wampcra();

    /// Reads `type`, `users` and `mock-secret` from the configuration.
    explicit wampcra(module_options& options);

    ~wampcra() override;

    /// Lets whoever signs with the key of `credentials` join as `authid` with the role `authrole`; if `realm` is not
    /// empty, that realm only. Throws `std::invalid_argument` if the key is empty, the derivation is not valid, or
    /// there is such an authid.
    void add(std::string authid, wampcra_credentials credentials, std::string authrole, std::string realm = {});

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override;

private:
    principals<wampcra_credentials> principals_;
    std::unique_ptr<wampcra_decoy> decoy_; ///< Never null.
};

/// Adds "wampcra" to `registry`, with the options of Crossbar.io: `type` and, for "static", `users`: by authids, dicts
/// of `secret`, `role`, `realm`, `salt`, `iterations`, `keylen` and, of our own, `secret_is_derived`; and
/// `mock-secret`, which is our own as well.
void register_wampcra(module_registry& registry);

} // namespace junctor::auth
