// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "cryptosign": who holds the private key of a known public key may join.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/ed25519.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principals.hpp>

namespace junctor::auth {

/// The public keys of a principal, each of which lets it in.
struct cryptosign_keys {
    std::vector<ed25519_public_key> keys;

    /// Reads `authorized_keys`, a list of keys, or `pubkey`, a single one, each as 64 hexadecimal digits.
    [[nodiscard]] static cryptosign_keys read(module_options& options);
};

/// Lets a peer join that signs a random challenge with the private key of a principal. A peer that names no authid is
/// the principal that its public key belongs to. If both ends ask for it, the challenge is tied to the TLS connection,
/// and the router proves who it is as well. Filled before the router runs, then used by any thread.
/// Spec: advanced profile, "Cryptosign-based Authentication", without its trustroots and certificates.
///
///     junctor::auth::cryptosign devices;
///     devices.add({"sensor1", "device", "", {}, {{key}}});
class cryptosign final : public authenticator {
public:
    cryptosign();

    /// With the options of `register_cryptosign`, and what is wrong with them reported to them.
    explicit cryptosign(module_options& options);

    /// Lets `one` join. A key may be one of several principals; peers that come with it must name an authid. Throws
    /// `std::invalid_argument` if there is a principal of the same authid, or if it has no keys.
    void add(principal<cryptosign_keys> one);

    /// Signs the challenges of peers that want to be sure of the router, with the private key of that seed. The key
    /// must serve nothing else: whoever can connect has 32 octets of its choice signed. Peers whose public key it is
    /// are refused. Throws `std::invalid_argument` if `seed` does not have 32 octets.
    void sign_as_router(secret seed);

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override;

private:
    using found_principal = std::shared_ptr<const principal<cryptosign_keys>>;

    void index(const principal<cryptosign_keys>& one);
    [[nodiscard]] awaitable<found_principal> find(auth_exchange& exchange, ed25519_public_key key) const;
    [[nodiscard]] bool is_router_key(const ed25519_public_key& key) const noexcept;

    principals<cryptosign_keys> principals_;
    std::map<ed25519_public_key, std::string> authids_; ///< Whose a key is; empty if it is one of several principals.
    ed25519_public_key decoy_;                          ///< What is verified for keys that let nobody in.
    ed25519_key_pair router_;                           ///< With an empty seed if the router proves nothing.
};

/// Adds "cryptosign" to `registry`, with the options of Crossbar.io: `type`, `principals` with `authorized_keys`,
/// `role` and `realm`, and one of our own, `private-key`. Its `trustroots` are not supported.
void register_cryptosign(module_registry& registry);

} // namespace junctor::auth
