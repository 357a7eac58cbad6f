// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "scram_challenge.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <junctor/codec/base64.hpp>

#include "challenge_extra.hpp"

namespace junctor::client {

namespace {

using auth::scram_dialect;
using auth::scram_kdf;

auth::scram_kdf read_kdf(const std::string& name)
{
    if (name == "pbkdf2")
        return scram_kdf::pbkdf2;
    for (const auto dialect : {scram_dialect::spec, scram_dialect::crossbar}) {
        if (name == auth::scram_kdf_name(scram_kdf::argon2id13, dialect))
            return scram_kdf::argon2id13;
    }
    throw login_failed(fmt::format("the router demands the key derivation function '{}', which is unknown", name));
}

void check_pbkdf2(std::int64_t iterations, const derivation_limits& limits)
{
    if (iterations < limits.pbkdf2_iterations_min || iterations > limits.pbkdf2_iterations_max)
        throw login_failed(
            fmt::format("the router demands {} iterations of PBKDF2, which are too {}", iterations,
                        iterations < limits.pbkdf2_iterations_min ? "few to be safe" : "many to be computed"));
}

void check_argon2(const auth::scram_parameters& how, const derivation_limits& limits)
{
    const auto pass = std::max(how.memory, auth::scram_memory_min);
    const bool too_much = how.memory > limits.argon2_memory_max || how.iterations > limits.argon2_filled_max / pass;
    // Not multiplied before it is known to be no more than that.
    if (too_much || how.iterations < 1 || how.iterations * how.memory < limits.argon2_filled_min)
        throw login_failed(fmt::format("the router demands {} iterations of Argon2 in {} KiB, which is too {}",
                                       how.iterations, how.memory, too_much ? "much" : "little to be safe"));
}

auth::scram_parameters read_parameters(const dict& extra, const derivation_limits& limits)
{
    auth::scram_parameters how;
    how.kdf = read_kdf(need_text(extra, "kdf"));
    how.iterations = integer_in(extra, "iterations");
    how.memory = how.kdf == scram_kdf::argon2id13 ? integer_in(extra, "memory") : 0;
    if (how.kdf == scram_kdf::argon2id13)
        check_argon2(how, limits);
    else
        check_pbkdf2(how.iterations, limits);
    return how;
}

/// What RFC 5802 calls printable: a comma would let parts of AuthMessage be taken for others.
bool is_printable(std::string_view nonce)
{
    return std::all_of(nonce.begin(), nonce.end(), [](char c) { return c > ' ' && c <= '~' && c != ','; });
}

/// By the spec as texts, in Crossbar.io's dialect as octets.
bool continues(const std::string& nonce, const std::string& client_nonce, scram_dialect dialect)
{
    if (dialect == scram_dialect::spec)
        return nonce.size() > client_nonce.size() && nonce.starts_with(client_nonce) && is_printable(nonce);
    const auto both = read_base64(nonce).value_or(binary());
    const auto ours = read_base64(client_nonce).value_or(binary());
    return both.size() > ours.size() && std::equal(ours.begin(), ours.end(), both.begin());
}

} // namespace

scram_challenge read_scram_challenge(const dict& extra, const std::string& client_nonce, const scram_options& options)
{
    scram_challenge read;
    read.nonce = need_text(extra, "nonce");
    if (!continues(read.nonce, client_nonce, options.dialect))
        throw login_failed("the nonce of the router does not go on from that of the client");
    read.salt = need_text(extra, "salt");
    auto salt = read_base64(read.salt);
    if (!salt)
        throw login_failed("the salt that the router sent is not base64");
    read.how.salt = std::move(*salt);
    read.how.parameters = read_parameters(extra, options.limits);
    return read;
}

} // namespace junctor::client
