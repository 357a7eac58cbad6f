// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The credentials that stand in for those of an unknown user, so that CHALLENGE does not tell who is known.

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include <junctor/auth/scram_credentials.hpp>
#include <junctor/auth/secret.hpp>

namespace junctor::auth {

/// Makes credentials that look like those of the known users and that no password fits. Those of one authid are always
/// the same, also in the next process if it has been given the same key.
///
/// The key is never made from what is known about users: a salt that strangers can ask for would tell them whether they
/// have guessed a password.
///
/// Filled by one thread; then used by any.
class scram_mock {
public:
    /// The parameters that `scram_parameters` has by default, and salts that no other object makes.
    scram_mock();

    /// Lets mock credentials look like `known`, if most of those that were learnt do.
    void learn(const scram_credentials& known);

    /// From now on salts are derived from `key`.
    void derive_salts_from(secret key);

    /// From now on mock credentials have `parameters`, whatever is learnt.
    void pretend(const scram_parameters& parameters);

    /// What mock credentials look like at present.
    [[nodiscard]] const scram_parameters& parameters() const noexcept { return usual_.first; }

    /// The mock credentials of `authid`.
    [[nodiscard]] scram_credentials credentials_of(std::string_view authid) const;

private:
    using look = std::pair<scram_parameters, std::size_t>; ///< And the size of the salt.

    [[nodiscard]] binary salt_of(std::string_view authid) const;

    look usual_{{}, scram_salt_bytes};
    bool fixed_look_{false};
    std::map<look, std::size_t> learnt_; ///< How often each was seen.
    secret decoy_;                       ///< Drawn at random: a StoredKey that no proof fits, and a ServerKey.
    secret key_;                         ///< Of the salts.
};

} // namespace junctor::auth
