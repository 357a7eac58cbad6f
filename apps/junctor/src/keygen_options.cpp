// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "keygen_options.hpp"

#include <utility>

#include <CLI/CLI.hpp>

#include <junctor/codec/utf8.hpp>

namespace junctor {
namespace {

/// OWASP's advice for PBKDF2 with HMAC-SHA-256. Argon2 needs few, since each takes all of the memory.
constexpr std::int64_t scram_pbkdf2_iterations = 600'000;

constexpr auto footer = "Standard output is JSON for the configuration: with --authid all that the\n"
                        "authmethod has under 'auth' of a transport, otherwise what it has for one\n"
                        "authid. Advice, and private keys without --private-key, are on standard error.\n\n"
                        "Passwords are one line of standard input; from a terminal they are asked for\n"
                        "twice. They are never taken from the command line, which every user can see.\n\n"
                        "Exit codes: 0 all went well; 2 wrong usage; 5 nothing was made, such as for an\n"
                        "empty password or a file that is there already: standard error says why.\n\n"
                        "Each kind has options of its own, such as `junctor keygen scram --help` shows.";

/// Accepts what a configuration can hold where it wants a text.
CLI::Validator config_text()
{
    return CLI::Validator(
        [](const std::string& text) -> std::string {
            if (text.empty())
                return "must not be empty";
            return is_utf8(text) ? "" : "must be UTF-8";
        },
        "");
}

void add_text(CLI::App& to, const char* name, std::string& into, const char* type, const char* meaning)
{
    to.add_option(name, into, meaning)->type_name(type)->check(config_text());
}

CLI::Option& add_number(CLI::App& to, const char* name, std::int64_t& into, std::int64_t least, std::int64_t most,
                        const char* meaning, const char* unit = "N")
{
    return *to.add_option(name, into, meaning)->type_name(unit)->check(CLI::Range(least, most).description(""));
}

/// An option that is one of `words`, which `meaning` tells already.
CLI::Option& add_choice(CLI::App& to, const char* name, std::vector<std::string> words, const char* meaning,
                        std::function<void(const std::string&)> take)
{
    return *to.add_option_function<std::string>(name, std::move(take), meaning)
                ->type_name("NAME")
                ->check(CLI::IsMember(std::move(words)).description(""));
}

CLI::App& add_kind(CLI::App& keygen, keygen_options& what, keygen_kind kind, const char* name, const char* purpose)
{
    auto* const added = keygen.add_subcommand(name, purpose);
    added->callback([&what, kind] { what.kind = kind; });
    added->fallthrough();
    added->footer("Options of all kinds, and what is printed: `junctor keygen --help`.");
    return *added;
}

void add_wampcra(CLI::App& keygen, keygen_options& what)
{
    auto& how = what.derivation;
    auto& to = add_kind(keygen, what, keygen_kind::wampcra, "wampcra", "Salt, and the key derived from a password");
    add_number(to, "--iterations", how.iterations, 1, auth::wampcra_derivation::iterations_max,
               "How often clients iterate (100000)");
    add_number(to, "--keylen", how.keylen, 1, auth::wampcra_derivation::keylen_max, "Octets of the key (32)");
    add_text(to, "--salt", how.salt, "TEXT", "The salt (drawn at random)");
}

void add_scram(CLI::App& keygen, keygen_options& what)
{
    auto& how = what.parameters;
    auto& to = add_kind(keygen, what, keygen_kind::scram, "scram", "Salt, and the two keys made of a password");
    add_choice(to, "--kdf", {"argon2id13", "argon2id-13", "pbkdf2"}, "argon2id13 (default) or pbkdf2",
               [&how](const std::string& name) {
                   how.kdf = name == "pbkdf2" ? auth::scram_kdf::pbkdf2 : auth::scram_kdf::argon2id13;
               });
    const auto& iterations = add_number(to, "--iterations", how.iterations, 1, auth::scram_iterations_max,
                                        "How often clients iterate (3; pbkdf2: 600000)");
    const auto& memory = add_number(to, "--memory", how.memory, auth::scram_memory_min, auth::scram_memory_max,
                                    "Memory that argon2id13 fills (65536)", "KIB");
    add_choice(to, "--dialect", {"spec", "crossbar"}, "spec (default) or crossbar: that of the clients",
               [&what](const std::string& name) {
                   what.dialect = name == "spec" ? auth::scram_dialect::spec : auth::scram_dialect::crossbar;
               });
    to.callback([&what, &iterations, &memory] {
        what.kind = keygen_kind::scram;
        if (what.parameters.kdf != auth::scram_kdf::pbkdf2)
            return;
        if (memory.count() != 0)
            throw CLI::ValidationError("--memory", "pbkdf2 takes none");
        if (iterations.count() == 0)
            what.parameters.iterations = scram_pbkdf2_iterations;
    });
}

void add_cryptosign(CLI::App& keygen, keygen_options& what)
{
    auto& to = add_kind(keygen, what, keygen_kind::cryptosign, "cryptosign", "A pair of keys of Ed25519");
    auto* const made = to.add_option("--private-key", what.new_private_key, "Write the private key to this new file");
    auto* const read = to.add_option("--from", what.existing_private_key, "Show the public key to that private key");
    made->type_name("FILE");
    read->type_name("FILE");
    to.callback([&what, made, read] {
        what.kind = keygen_kind::cryptosign;
        if (made->count() != 0 && read->count() != 0)
            throw CLI::ValidationError("--from", "there is nothing to write with --private-key");
    });
}

} // namespace

void add_keygen_command(CLI::App& app, keygen_options& what, std::function<void()> chosen)
{
    auto* const added = app.add_subcommand("keygen", "Make credentials, see keygen --help");
    added->set_help_flag("-h,--help", "Print this help");
    added->require_subcommand(1);
    added->footer(footer);
    added->callback(std::move(chosen));
    add_text(*added, "--authid", what.authid, "NAME", "Whose credentials they are");
    add_text(*added, "--role", what.authrole, "NAME", "The authrole that they give");
    add_kind(*added, what, keygen_kind::ticket, "ticket", "A random ticket of 256 bits");
    add_wampcra(*added, what);
    add_scram(*added, what);
    add_cryptosign(*added, what);
}

} // namespace junctor
