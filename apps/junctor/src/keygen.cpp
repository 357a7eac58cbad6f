// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <junctor/auth/ed25519.hpp>
#include <junctor/auth/private_key_file.hpp>
#include <junctor/base/hex.hpp>
#include <junctor/codec/base64.hpp>
#include <junctor/codec/utf8.hpp>

#include "commands.hpp"
#include "json_text.hpp"
#include "password_input.hpp"

namespace junctor {
namespace {

constexpr std::size_t ticket_bytes = 32;
constexpr std::size_t wampcra_salt_bytes = 16;

/// Below that the configuration warns. RFC 7677, section 4.
constexpr std::int64_t pbkdf2_iterations_recommended = 4'096;

/// What the router is told of somebody, and where the configuration has it.
struct made_credentials {
    std::string_view authmethod;
    std::string_view table; ///< The key that holds everybody.
    dict content;
};

void advise(std::string_view text)
{
    fmt::print(stderr, "junctor keygen: {}\n", text);
}

/// The letters of base64 that have a meaning in URLs have others there; no padding. RFC 4648, section 5.
std::string base64url(byte_view octets)
{
    byte_buffer encoded;
    write_base64(octets, encoded);
    std::string text(as_text(encoded.view()));
    text.resize(text.find_last_not_of('=') + 1);
    for (auto& letter : text) {
        if (letter == '+')
            letter = '-';
        else if (letter == '/')
            letter = '_';
    }
    return text;
}

binary random_octets(std::size_t size)
{
    binary octets(size);
    fill_random(octets);
    return octets;
}

made_credentials make_ticket()
{
    return {"ticket", "principals", {{"ticket", base64url(random_octets(ticket_bytes))}}};
}

made_credentials make_wampcra(const keygen_options& what)
{
    auto how = what.derivation;
    if (how.salt.empty())
        how.salt = to_hex(random_octets(wampcra_salt_bytes));
    const auto key = auth::derive_wampcra_key(read_password().view(), how);
    return {"wampcra",
            "users",
            {{"secret", key.view()}, {"salt", how.salt}, {"iterations", how.iterations}, {"keylen", how.keylen}}};
}

void advise_on_scram(const secret& password, const auth::scram_parameters& how)
{
    if (!is_ascii(password.view()))
        advise("the password is not ASCII: it was taken as it is, and clients may prepare it by SASLprep (RFC 4013)");
    if (how.kdf == auth::scram_kdf::pbkdf2 && how.iterations < pbkdf2_iterations_recommended)
        advise("fewer than 4096 iterations are too few for pbkdf2: clients may refuse them");
}

made_credentials make_scram(const keygen_options& what)
{
    const auto& how = what.parameters;
    const auto password = read_password();
    advise_on_scram(password, how);
    const auto made = auth::make_scram_credentials(password, how, random_octets(auth::scram_salt_bytes), what.dialect);
    dict content{{"kdf", auth::scram_kdf_name(how.kdf, what.dialect)}, {"iterations", how.iterations}};
    if (how.kdf == auth::scram_kdf::argon2id13)
        content.set("memory", how.memory);
    content.set("salt", to_hex(made.salt));
    content.set("stored-key", to_hex(made.stored_key.bytes()));
    content.set("server-key", to_hex(made.server_key.bytes()));
    return {what.dialect == auth::scram_dialect::spec ? "wamp-scram" : "scram", "principals", std::move(content)};
}

/// The public key of a private one, which is read from a file, or made and given to the user.
auth::ed25519_public_key cryptosign_key(const keygen_options& what)
{
    if (what.existing_private_key)
        return auth::public_key_of(auth::read_private_key(*what.existing_private_key));
    const auto pair = auth::make_ed25519_key_pair();
    if (what.new_private_key) {
        auth::write_private_key(*what.new_private_key, pair.seed);
        advise(fmt::format("the private key, which only the client needs, is in {}", what.new_private_key->string()));
    } else {
        // Not by `advise`: formatting would leave copies.
        const auto digits = auth::hex_of_seed(pair.seed);
        std::fputs("junctor keygen: private key, for nobody but the client: ", stderr);
        std::fwrite(digits.view().data(), 1, digits.size(), stderr);
        std::fputs("\n", stderr);
    }
    return pair.public_key;
}

made_credentials make_cryptosign(const keygen_options& what)
{
    return {"cryptosign", "principals", {{"authorized_keys", list{to_hex(cryptosign_key(what))}}}};
}

made_credentials make(const keygen_options& what)
{
    switch (what.kind) {
    case keygen_kind::ticket: return make_ticket();
    case keygen_kind::wampcra: return make_wampcra(what);
    case keygen_kind::scram: return make_scram(what);
    case keygen_kind::cryptosign: break;
    }
    return make_cryptosign(what);
}

void print(made_credentials made, const keygen_options& what)
{
    if (!what.authrole.empty())
        made.content.set("role", what.authrole);
    if (what.authid.empty()) {
        fmt::print("{}\n", json_text(made.content));
        advise(fmt::format("for an authid under 'auth.{}.{}' of a transport", made.authmethod, made.table));
    } else {
        dict everybody;
        everybody.set(what.authid, std::move(made.content));
        dict options;
        options.set(made.table, std::move(everybody));
        fmt::print("{}\n", json_text(options));
        advise(fmt::format("for 'auth.{}' of a transport", made.authmethod));
    }
    if (std::fflush(stdout) != 0)
        throw std::system_error(errno, std::generic_category(), "standard output cannot be written");
}

} // namespace

exit_code run_keygen(const command_line& line)
{
    protect_secrets();
    try {
        print(make(line.keys), line.keys);
        return exit_ok;
    } catch (const std::exception& error) {
        advise(error.what());
        return exit_no_key;
    }
}

} // namespace junctor
