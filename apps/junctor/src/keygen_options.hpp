// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The command line of `junctor keygen`.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <junctor/auth/scram_credentials.hpp>
#include <junctor/auth/wampcra_credentials.hpp>

namespace CLI {
class App;
}

namespace junctor {

/// What credentials can be made for.
enum class keygen_kind : std::uint8_t { ticket, wampcra, scram, cryptosign };

/// What to make. A plain value; the defaults are those of the command line.
struct keygen_options {
    keygen_kind kind{keygen_kind::ticket};
    std::string authid;   ///< Whose; empty: of somebody whom the configuration names already.
    std::string authrole; ///< Empty: the configuration's default.

    auth::wampcra_derivation derivation{{}, 100'000, 32};      ///< Of wampcra; with an empty salt one is drawn.
    auth::scram_parameters parameters;                         ///< Of scram.
    auth::scram_dialect dialect{auth::scram_dialect::spec};    ///< Of scram.
    std::optional<std::filesystem::path> new_private_key;      ///< Of cryptosign: the file to write.
    std::optional<std::filesystem::path> existing_private_key; ///< Of cryptosign: the file to read instead.
};

/// Adds the command `keygen` with its kinds of credentials to `app`. They fill `what`, which must outlive the parsing;
/// `chosen` is called if the command is what was asked for.
void add_keygen_command(CLI::App& app, keygen_options& what, std::function<void()> chosen);

} // namespace junctor
