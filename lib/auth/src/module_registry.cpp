// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/module_registry.hpp>

namespace junctor {

namespace {

template <class Factory>
using factory_table = std::map<std::string, Factory, std::less<>>;

constexpr std::string_view authmethod_kind = "authmethod";
constexpr std::string_view authorizer_kind = "authorizer";
constexpr std::string_view source_kind = "source of principals";
constexpr std::string_view store_kind = "event store";
constexpr std::string_view journal_kind = "cookie store";
constexpr std::string_view component_kind = "component";

std::invalid_argument registered_twice(std::string_view kind, const std::string& name)
{
    return std::invalid_argument(std::string(kind) + " registered twice: " + name);
}

template <class Factory>
void insert(factory_table<Factory>& table, std::string name, Factory make, std::string_view kind)
{
    const auto [at, inserted] = table.try_emplace(std::move(name), std::move(make));
    if (!inserted)
        throw registered_twice(kind, at->first);
}

/// Throws if one of the names in `more` is taken in `table`.
template <class Factory>
void require_free(const factory_table<Factory>& table, const factory_table<Factory>& more, std::string_view kind)
{
    for (const auto& [name, make] : more) {
        if (table.contains(name))
            throw registered_twice(kind, name);
    }
}

template <class Factory>
const Factory* find(const factory_table<Factory>& table, std::string_view name) noexcept
{
    const auto at = table.find(name);
    return at == table.end() ? nullptr : &at->second;
}

template <class Factory>
std::vector<std::string> names_of(const factory_table<Factory>& table)
{
    std::vector<std::string> names;
    names.reserve(table.size());
    for (const auto& [name, make] : table)
        names.push_back(name);
    return names;
}

} // namespace

void module_registry::add_authenticator(std::string authmethod, authenticator_factory make)
{
    insert(authenticators_, std::move(authmethod), std::move(make), authmethod_kind);
}

const authenticator_factory* module_registry::find_authenticator(std::string_view authmethod) const noexcept
{
    return find(authenticators_, authmethod);
}

std::vector<std::string> module_registry::authmethods() const
{
    return names_of(authenticators_);
}

void module_registry::add_authorizer(std::string type, authorizer_factory make)
{
    insert(authorizers_, std::move(type), std::move(make), authorizer_kind);
}

const authorizer_factory* module_registry::find_authorizer(std::string_view type) const noexcept
{
    return find(authorizers_, type);
}

std::vector<std::string> module_registry::authorizers() const
{
    return names_of(authorizers_);
}

void module_registry::add_principal_source(std::string type, principal_source_factory make)
{
    if (type == static_principals)
        throw std::invalid_argument("principals of the type 'static' stand in the configuration");
    insert(principal_sources_, std::move(type), std::move(make), source_kind);
}

const principal_source_factory* module_registry::find_principal_source(std::string_view type) const noexcept
{
    return find(principal_sources_, type);
}

std::vector<std::string> module_registry::principal_sources() const
{
    return names_of(principal_sources_);
}

void module_registry::add_event_store(std::string type, event_store_factory make)
{
    if (type == memory_store)
        throw std::invalid_argument("event stores of the type 'memory' are part of the router");
    insert(event_stores_, std::move(type), std::move(make), store_kind);
}

const event_store_factory* module_registry::find_event_store(std::string_view type) const noexcept
{
    return find(event_stores_, type);
}

std::vector<std::string> module_registry::event_stores() const
{
    return names_of(event_stores_);
}

void module_registry::add_cookie_journal(std::string type, cookie_journal_factory make)
{
    insert(cookie_journals_, std::move(type), std::move(make), journal_kind);
}

const cookie_journal_factory* module_registry::find_cookie_journal(std::string_view type) const noexcept
{
    return find(cookie_journals_, type);
}

std::vector<std::string> module_registry::cookie_journals() const
{
    return names_of(cookie_journals_);
}

void module_registry::add_component(std::string classname, component_factory make)
{
    insert(components_, std::move(classname), std::move(make), component_kind);
}

const component_factory* module_registry::find_component(std::string_view classname) const noexcept
{
    return find(components_, classname);
}

std::vector<std::string> module_registry::components() const
{
    return names_of(components_);
}

void module_registry::add(module_registry more)
{
    require_free(authenticators_, more.authenticators_, authmethod_kind);
    require_free(authorizers_, more.authorizers_, authorizer_kind);
    require_free(principal_sources_, more.principal_sources_, source_kind);
    require_free(event_stores_, more.event_stores_, store_kind);
    require_free(cookie_journals_, more.cookie_journals_, journal_kind);
    require_free(components_, more.components_, component_kind);
    authenticators_.merge(more.authenticators_);
    authorizers_.merge(more.authorizers_);
    principal_sources_.merge(more.principal_sources_);
    event_stores_.merge(more.event_stores_);
    cookie_journals_.merge(more.cookie_journals_);
    components_.merge(more.components_);
}

} // namespace junctor
