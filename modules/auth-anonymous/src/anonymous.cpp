// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/anonymous.hpp>

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <openssl/rand.h>

namespace junctor::auth {

namespace {

constexpr std::string_view standard_role = "anonymous";

/// Twenty letters and digits that are not taken for one another, of 32: 100 random bits.
std::string random_authid()
{
    static constexpr std::string_view alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    std::array<unsigned char, 20> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1)
        throw std::runtime_error("no random numbers are to be had");
    std::string authid;
    for (const auto octet : octets) {
        if (authid.size() % 5 == 4)
            authid += '-';
        authid += alphabet[octet % alphabet.size()];
    }
    return authid;
}

/// The text under `key`, or `standard` if there is none.
std::string text_option(const dict& options, std::string_view key, std::string_view standard = {})
{
    const auto* const found = options.find(key);
    if (found == nullptr)
        return std::string(standard);
    const auto* const text = found->get_if<std::string>();
    if (text == nullptr || text->empty())
        throw config_error(std::string(key), "must be a string that is not empty");
    return *text;
}

std::unique_ptr<authenticator> make(const dict& options)
{
    for (const auto& [key, content] : options) {
        if (key != "type" && key != "role" && key != "authid" && key != "realm")
            throw config_error(key, "unknown key; those of anonymous are type, role, authid and realm");
    }
    if (text_option(options, "type", "static") != "static")
        throw config_error("type", "must be \"static\"");
    return std::make_unique<anonymous>(text_option(options, "role", standard_role), text_option(options, "authid"),
                                       text_option(options, "realm"));
}

} // namespace

anonymous::anonymous(std::string authrole, std::string authid, std::string realm)
    : authrole_{std::move(authrole)}, authid_{std::move(authid)}, realm_{std::move(realm)}
{
}

awaitable<verdict> anonymous::authenticate(auth_exchange& exchange)
{
    if (!realm_.empty() && exchange.hello().realm != realm_)
        co_return verdict::deny(errc::no_such_realm);
    co_return verdict::grant(authid_.empty() ? random_authid() : authid_, authrole_);
}

void register_anonymous(module_registry& registry)
{
    registry.add_authenticator("anonymous", make);
}

} // namespace junctor::auth
