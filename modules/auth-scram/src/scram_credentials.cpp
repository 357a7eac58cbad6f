// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/scram_credentials.hpp>

#include <string>
#include <utility>

#include <openssl/crypto.h>

#include <junctor/auth/digest.hpp>

#include "kdf_names.hpp"

namespace junctor::auth {

namespace scram_detail {

scram_kdf kdf_option(module_options& options, std::string_view key, scram_kdf otherwise)
{
    static constexpr std::string_view names[] = {"pbkdf2", "argon2id13", "argon2id-13"};
    const auto at = options.choice(key, names, otherwise == scram_kdf::pbkdf2 ? 0 : 1);
    return at == 0 ? scram_kdf::pbkdf2 : scram_kdf::argon2id13;
}

} // namespace scram_detail

namespace {

using namespace scram_detail;

constexpr std::int64_t pbkdf2_iterations_recommended = 4'096; // RFC 7677, section 4.

secret key_option(module_options& options, std::string_view key)
{
    auto octets = options.hex(key, scram_key_bytes);
    secret kept{byte_view(octets)};
    OPENSSL_cleanse(octets.data(), octets.size());
    return kept;
}

binary salt_option(module_options& options)
{
    auto salt = options.hex("salt");
    // An empty one has been reported already.
    if (!salt.empty() && (salt.size() < scram_salt_bytes_min || salt.size() > scram_salt_bytes_max))
        options.error("salt", "must be " + std::to_string(scram_salt_bytes_min * 2) + " to " +
                                  std::to_string(scram_salt_bytes_max * 2) + " hexadecimal digits");
    return salt;
}

scram_parameters parameter_options(module_options& options)
{
    if (!options.has("kdf"))
        options.error("", "needs the key 'kdf'");
    scram_parameters read;
    read.kdf = kdf_option(options, "kdf", scram_kdf::pbkdf2);
    read.iterations = options.integer("iterations", 1, scram_iterations_max);
    if (read.kdf == scram_kdf::argon2id13) {
        read.memory = options.integer("memory", scram_memory_min, scram_memory_max);
        return read;
    }
    // Crossbar.io wants the key there for PBKDF2, too, which has no use for it.
    static_cast<void>(options.integer("memory", 0, scram_memory_max, 0));
    read.memory = 0;
    if (options.has("iterations") && read.iterations < pbkdf2_iterations_recommended)
        options.warning("iterations", "fewer than 4096 are too few for pbkdf2: clients may refuse them");
    return read;
}

} // namespace

scram_credentials scram_credentials::read(module_options& options)
{
    scram_credentials one;
    one.parameters = parameter_options(options);
    one.salt = salt_option(options);
    one.stored_key = key_option(options, "stored-key");
    one.server_key = key_option(options, "server-key");
    return one;
}

scram_credentials make_scram_credentials(const secret& password, const scram_parameters& parameters, binary salt,
                                         scram_dialect dialect)
{
    const auto salted_password = scram_salted_password(password, parameters, salt, dialect);
    scram_credentials made;
    made.parameters = parameters;
    if (parameters.kdf == scram_kdf::pbkdf2)
        made.parameters.memory = 0;
    made.salt = std::move(salt);
    made.stored_key = secret(sha256(hmac_sha256(salted_password.bytes(), "Client Key").bytes()).bytes());
    made.server_key = secret(hmac_sha256(salted_password.bytes(), "Server Key").bytes());
    return made;
}

} // namespace junctor::auth
