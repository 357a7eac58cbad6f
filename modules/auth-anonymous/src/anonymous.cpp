// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/anonymous.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace junctor::auth {

namespace {

constexpr std::string_view standard_role = "anonymous";

/// Twenty letters and digits that are not taken for one another, of 32: 100 random bits.
std::string random_authid()
{
    static constexpr std::string_view alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    std::array<std::byte, 20> octets{};
    fill_random(octets);
    std::string authid;
    for (const auto octet : octets) {
        if (authid.size() % 5 == 4)
            authid += '-';
        authid += alphabet[std::to_integer<std::size_t>(octet) % alphabet.size()];
    }
    return authid;
}

std::unique_ptr<authenticator> make(module_options& options)
{
    if (options.text("type", "static") != "static") {
        options.error("type", "must be \"static\"");
        static_cast<void>(options.all()); // Which keys belong to another type is not known.
    }
    auto realm = options.realm("realm");
    auto authrole = options.role("role", standard_role, realm);
    return std::make_unique<anonymous>(std::move(authrole), options.text("authid", ""), std::move(realm));
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
