// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The one place where modules of all origins are known by name.

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/authorizer.hpp>
#include <junctor/auth/component_class.hpp>
#include <junctor/auth/cookie_store.hpp>
#include <junctor/auth/module_options.hpp>
#include <junctor/auth/principal_source.hpp>
#include <junctor/session/event_store.hpp>

namespace junctor {

/// Makes an authenticator from its part of the configuration, the value of its key under a transport's `auth`. What is
/// wrong with the options is reported to them, or thrown as `config_error`. The caller reports the keys that were not
/// asked for.
using authenticator_factory = std::function<std::unique_ptr<authenticator>(module_options& options)>;

/// Makes a source of principals from the options of the authmethod that it is for.
using principal_source_factory = std::function<std::unique_ptr<principal_source>(module_options& options)>;

/// Makes an authorizer from the value of the key `authorizer` of a role.
using authorizer_factory = std::function<std::unique_ptr<authorizer>(module_options& options)>;

/// Makes an event store from the value of the key `store` of a realm, without the keys that all types of stores have.
/// It must not touch what it will keep events in: that is for `event_store::open`, since a configuration may only be
/// looked at.
using event_store_factory = std::function<std::unique_ptr<event_store>(module_options& options)>;

/// Makes a journal from the value of the key `store` of a transport's `cookie`, without its type. It must not touch
/// what it will keep logins in: that is for `cookie_journal::open`.
using cookie_journal_factory = std::function<std::unique_ptr<cookie_journal>(module_options& options)>;

/// Makes the code of a component from the value of its key `extra`, which is empty if there is none.
using component_factory = std::function<std::unique_ptr<component_class>(module_options& extra)>;

/// Thrown by factories that find a mistake while they make something: `key` is the option that is wrong (empty for the
/// whole), `what()` what is wrong with it.
class config_error : public std::runtime_error {
public:
    config_error(std::string key, const std::string& what) : std::runtime_error(what), key_{std::move(key)} {}

    [[nodiscard]] const std::string& key() const noexcept { return key_; }

private:
    std::string key_;
};

/// Factories by name. A plain table: filled at start, read-only afterwards.
class module_registry {
public:
    /// Registers `make` for `authmethod`. Throws `std::invalid_argument` if the name is taken.
    void add_authenticator(std::string authmethod, authenticator_factory make);

    /// The factory for `authmethod`, or null. Valid as long as the registry.
    [[nodiscard]] const authenticator_factory* find_authenticator(std::string_view authmethod) const noexcept;

    /// The names of all authmethods, sorted.
    [[nodiscard]] std::vector<std::string> authmethods() const;

    /// Registers `make` for the value `type` of the key of that name in `authorizer` of a role. Throws
    /// `std::invalid_argument` if the name is taken.
    void add_authorizer(std::string type, authorizer_factory make);

    /// The factory for authorizers of that type, or null. Valid as long as the registry.
    [[nodiscard]] const authorizer_factory* find_authorizer(std::string_view type) const noexcept;

    /// The types of all authorizers, sorted.
    [[nodiscard]] std::vector<std::string> authorizers() const;

    /// Registers `make` for the value `type` of the key of that name in the options of authmethods that have
    /// principals. Throws `std::invalid_argument` if the name is taken; "static" is.
    void add_principal_source(std::string type, principal_source_factory make);

    /// The factory for sources of that type, or null. Valid as long as the registry.
    [[nodiscard]] const principal_source_factory* find_principal_source(std::string_view type) const noexcept;

    /// The types of all sources, sorted, without "static".
    [[nodiscard]] std::vector<std::string> principal_sources() const;

    /// Registers `make` for the value `type` of the key of that name in `store` of a realm. Throws
    /// `std::invalid_argument` if the name is taken; "memory" is.
    void add_event_store(std::string type, event_store_factory make);

    /// The factory for event stores of that type, or null. Valid as long as the registry.
    [[nodiscard]] const event_store_factory* find_event_store(std::string_view type) const noexcept;

    /// The types of all event stores, sorted, without "memory".
    [[nodiscard]] std::vector<std::string> event_stores() const;

    /// Registers `make` for the value `type` of the key of that name in `store` of a transport's `cookie`. Throws
    /// `std::invalid_argument` if the name is taken.
    void add_cookie_journal(std::string type, cookie_journal_factory make);

    /// The factory for journals of that type, or null. Valid as long as the registry.
    [[nodiscard]] const cookie_journal_factory* find_cookie_journal(std::string_view type) const noexcept;

    /// The types of all journals, sorted.
    [[nodiscard]] std::vector<std::string> cookie_journals() const;

    /// Registers `make` for the value `classname` of the key of that name of a component. Throws
    /// `std::invalid_argument` if the name is taken.
    void add_component(std::string classname, component_factory make);

    /// The factory for components of that class, or null. Valid as long as the registry.
    [[nodiscard]] const component_factory* find_component(std::string_view classname) const noexcept;

    /// The names of all classes of components, sorted.
    [[nodiscard]] std::vector<std::string> components() const;

    /// Adds all that `more` has. Throws `std::invalid_argument`, and adds nothing, if one of its names is taken.
    void add(module_registry more);

private:
    std::map<std::string, authenticator_factory, std::less<>> authenticators_;
    std::map<std::string, authorizer_factory, std::less<>> authorizers_;
    std::map<std::string, principal_source_factory, std::less<>> principal_sources_;
    std::map<std::string, event_store_factory, std::less<>> event_stores_;
    std::map<std::string, cookie_journal_factory, std::less<>> cookie_journals_;
    std::map<std::string, component_factory, std::less<>> components_;
};

} // namespace junctor
