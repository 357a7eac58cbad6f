// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/scram_key.hpp>

#include <stdexcept>
#include <string>

#include <argon2.h>
#include <openssl/crypto.h>

namespace junctor::auth {

namespace {

void check(const secret& password, const scram_parameters& parameters, byte_view salt)
{
    if (password.empty())
        throw std::invalid_argument("the password is empty");
    if (parameters.iterations < 1 || parameters.iterations > scram_iterations_max)
        throw std::invalid_argument("the number of iterations is out of its limits");
    if (parameters.kdf == scram_kdf::argon2id13 &&
        (parameters.memory < scram_memory_min || parameters.memory > scram_memory_max))
        throw std::invalid_argument("the memory is out of its limits");
    if (salt.size() < scram_salt_bytes_min || salt.size() > scram_salt_bytes_max)
        throw std::invalid_argument("the size of the salt is out of its limits");
}

digest by_argon2(const secret& password, const scram_parameters& parameters, byte_view salt)
{
    digest key;
    const auto failure = argon2id_hash_raw(static_cast<std::uint32_t>(parameters.iterations),
                                           static_cast<std::uint32_t>(parameters.memory), 1, password.view().data(),
                                           password.size(), salt.data(), salt.size(), key.data(), scram_key_bytes);
    if (failure != ARGON2_OK)
        throw std::runtime_error(std::string("Argon2 cannot be computed: ") + argon2_error_message(failure));
    return key;
}

/// Autobahn|Python goes on with the text in which the Argon2 library writes the key: base64 without padding.
secret as_crossbar_has_it(const digest& key)
{
    auto text = base64_text(key.bytes());
    const secret kept(std::string_view(text).substr(0, text.find('=')));
    OPENSSL_cleanse(text.data(), text.size());
    return kept;
}

} // namespace

std::string_view scram_kdf_name(scram_kdf kdf, scram_dialect dialect) noexcept
{
    if (kdf == scram_kdf::pbkdf2)
        return "pbkdf2";
    return dialect == scram_dialect::spec ? "argon2id13" : "argon2id-13";
}

secret scram_salted_password(const secret& password, const scram_parameters& parameters, byte_view salt,
                             scram_dialect dialect)
{
    check(password, parameters, salt);
    if (parameters.kdf == scram_kdf::pbkdf2)
        return pbkdf2_sha256(password.view(), salt, parameters.iterations, scram_key_bytes);
    const auto key = by_argon2(password, parameters, salt);
    return dialect == scram_dialect::crossbar ? as_crossbar_has_it(key) : secret(key.bytes());
}

} // namespace junctor::auth
