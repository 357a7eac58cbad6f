// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <utility>

#include <junctor/auth/private_key_file.hpp>
#include <junctor/client/authmethods.hpp>

#include "module_item.hpp"
#include "readers.hpp"

namespace junctor {
namespace {

/// Credentials, and the authid that they claim.
struct made_credentials {
    std::string authid;
    client::shared_credentials who;
};

using maker = client::shared_credentials(const std::string& authid, module_options& options);

constexpr std::array<std::string_view, 3> binding_words{"never", "if_possible", "required"};
constexpr std::array<client::channel_binding, 3> bindings{
    client::channel_binding::never, client::channel_binding::if_possible, client::channel_binding::required};

client::channel_binding read_binding(module_options& options)
{
    return bindings.at(options.choice("channel_binding", binding_words, 0));
}

/// The secret under `key`, which must not be empty.
secret read_secret(std::string_view key, module_options& options)
{
    auto found = options.secret_text(key);
    const auto* const written = options.find(key);
    const auto* const text = written != nullptr ? written->get_if<std::string>() : nullptr;
    if (found.empty() && text != nullptr && text->empty())
        options.error(key, "must not be empty");
    return found;
}

client::shared_credentials make_anonymous(const std::string& authid, module_options&)
{
    return client::anonymous(authid);
}

client::shared_credentials make_tls(const std::string& authid, module_options&)
{
    return client::tls(authid);
}

client::shared_credentials make_ticket(const std::string& authid, module_options& options)
{
    return client::ticket(authid, read_secret("ticket", options));
}

client::shared_credentials make_wampcra(const std::string& authid, module_options& options)
{
    return client::wampcra(authid, read_secret("secret", options));
}

/// SCRAM refuses to be made without an authid or a password, of which more has been said already.
client::shared_credentials make_scram(const std::string& authid, module_options& options,
                                      const client::scram_options& how)
{
    auto password = read_secret("password", options);
    return authid.empty() || password.empty() ? nullptr : client::scram(authid, std::move(password), how);
}

client::shared_credentials make_spec_scram(const std::string& authid, module_options& options)
{
    client::scram_options how;
    how.binding = read_binding(options);
    return make_scram(authid, options, how);
}

client::shared_credentials make_crossbar_scram(const std::string& authid, module_options& options)
{
    client::scram_options how;
    how.dialect = auth::scram_dialect::crossbar;
    return make_scram(authid, options, how);
}

client::shared_credentials make_cryptosign(const std::string& authid, module_options& options)
{
    client::cryptosign_options how;
    how.binding = read_binding(options);
    const auto digits = read_secret("privkey", options);
    const auto seed = auth::private_key_from_hex(digits.view());
    if (!seed.empty())
        return client::cryptosign(authid, seed, how);
    if (!digits.empty())
        options.error("privkey", "must be the 64 hexadecimal digits of a private key, or name a file with them",
                      R"({"file": "PATH"}, as 'junctor keygen cryptosign --private-key PATH' writes it)");
    return nullptr;
}

/// Whether somebody without an authid can be known by the authmethod.
enum class authid_use : std::uint8_t { required, optional };

struct method {
    std::string_view name;
    authid_use authid;
    maker* make;
};

constexpr std::array<method, 7> methods{{{"anonymous", authid_use::optional, make_anonymous},
                                         {"ticket", authid_use::required, make_ticket},
                                         {"wampcra", authid_use::required, make_wampcra},
                                         {"wamp-scram", authid_use::required, make_spec_scram},
                                         {"scram", authid_use::required, make_crossbar_scram},
                                         {"cryptosign", authid_use::optional, make_cryptosign},
                                         {"tls", authid_use::optional, make_tls}}};

std::string read_authid(const method& by, module_options& options)
{
    if (by.authid == authid_use::optional)
        return options.text("authid", "");
    auto authid = options.text("authid");
    if (const auto* const written = options.find("authid"); authid.empty() && written != nullptr)
        options.error("authid", "must not be empty");
    return authid;
}

/// What `by` makes from the dict at `item`; null if it cannot be made.
std::unique_ptr<made_credentials> make(const method& by, const config_item& item, config_reading& reading)
{
    const std::function<std::unique_ptr<made_credentials>(module_options&)> from = [&by](module_options& options) {
        auto made = std::make_unique<made_credentials>();
        made->authid = read_authid(by, options);
        made->who = by.make(made->authid, options);
        return made;
    };
    return make_from_options(from, item, reading);
}

} // namespace

std::shared_ptr<const client::credentials> read_credentials(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    std::vector<client::shared_credentials> choices;
    std::string authid;
    for (const auto& one : methods) {
        const auto options = keys.take(one.name);
        const auto made = options ? make(one, *options, reading) : nullptr;
        if (made == nullptr || made->who == nullptr)
            continue;
        if (!choices.empty() && made->authid != authid)
            reading.problems.error(*options, "claims another authid than the authmethod before it",
                                   "a client that offers several authmethods names one authid for all of them");
        authid = made->authid;
        choices.push_back(made->who);
    }
    keys.finish();
    const auto* const members = std::get_if<json_node::members>(&item.node->content);
    if (members != nullptr && members->empty())
        reading.problems.error(item, "names no authmethod", "leave the key out for an anonymous component");
    if (choices.empty())
        return nullptr;
    return choices.size() == 1 ? choices.front() : client::any_of(std::move(choices));
}

} // namespace junctor
