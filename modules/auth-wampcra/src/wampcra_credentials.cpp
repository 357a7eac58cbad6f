// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/wampcra_credentials.hpp>

#include <utility>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <junctor/codec/base64.hpp>

namespace junctor::auth {

namespace {

/// Whether `key` is the base64 of `keylen` octets.
bool is_derived_key(const secret& key, std::int64_t keylen)
{
    auto octets = read_base64(key.view());
    if (!octets)
        return false;
    OPENSSL_cleanse(octets->data(), octets->size());
    return std::cmp_equal(octets->size(), keylen);
}

void warn_of_options_for_salt(module_options& options)
{
    for (const auto* const key : {"iterations", "keylen", "secret_is_derived"}) {
        if (options.has(key))
            options.warning(key, "has no effect without 'salt'");
    }
}

wampcra_derivation read_derivation(module_options& options)
{
    wampcra_derivation how;
    how.salt = options.text("salt");
    how.iterations = options.integer("iterations", 1, wampcra_derivation::iterations_max, how.iterations);
    how.keylen = options.integer("keylen", 1, wampcra_derivation::keylen_max, how.keylen);
    return how;
}

/// Derivation takes long, on purpose: once when the router starts it may, but not whenever somebody knocks.
bool may_derive(const module_options& options)
{
    return static_cast<bool>(options.context().environment);
}

} // namespace

wampcra_credentials wampcra_credentials::read(module_options& options)
{
    wampcra_credentials made{options.secret_text("secret")};
    if (!options.has("salt")) {
        warn_of_options_for_salt(options);
        return made;
    }
    made.derivation = read_derivation(options);
    const auto& how = *made.derivation;
    const bool derived = options.boolean("secret_is_derived", true);
    if (made.key.empty() || !how.valid())
        return made; // Which has been reported.
    if (derived && !is_derived_key(made.key, how.keylen))
        options.error("secret", fmt::format("must be the base64 of {} octets, as derived with 'salt'", how.keylen),
                      "say \"secret_is_derived\": false if it is the password");
    else if (!derived && !may_derive(options))
        options.error("secret_is_derived", "must be true where principals come from a source");
    else if (!derived)
        made.key = derive_wampcra_key(made.key.view(), how);
    return made;
}

} // namespace junctor::auth
