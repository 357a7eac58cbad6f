// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/module_registry.hpp>

namespace junctor {

void module_registry::add_authenticator(std::string authmethod, authenticator_factory make)
{
    const auto [at, inserted] = authenticators_.try_emplace(std::move(authmethod), std::move(make));
    if (!inserted)
        throw std::invalid_argument("authmethod registered twice: " + at->first);
}

const authenticator_factory* module_registry::find_authenticator(std::string_view authmethod) const noexcept
{
    const auto at = authenticators_.find(authmethod);
    return at == authenticators_.end() ? nullptr : &at->second;
}

std::vector<std::string> module_registry::authmethods() const
{
    std::vector<std::string> names;
    names.reserve(authenticators_.size());
    for (const auto& [name, make] : authenticators_)
        names.push_back(name);
    return names;
}

} // namespace junctor
