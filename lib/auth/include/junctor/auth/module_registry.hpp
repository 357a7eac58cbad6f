// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The one place where authenticators of all origins are known by name.

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// Makes an authenticator from its part of the configuration (the value of its key under a transport's `auth`). Throws
/// `config_error` if it cannot use it.
using authenticator_factory = std::function<std::unique_ptr<authenticator>(const dict& options)>;

/// Thrown by factories: `key` is the option that is wrong (empty for the whole), `what()` what is wrong with it.
class config_error : public std::runtime_error {
public:
    config_error(std::string key, const std::string& what) : std::runtime_error(what), key_{std::move(key)} {}

    [[nodiscard]] const std::string& key() const noexcept { return key_; }

private:
    std::string key_;
};

/// Factories by the name of their authmethod. A plain table: filled at start, read-only afterwards.
class module_registry {
public:
    /// Registers `make` for `authmethod`. Throws `std::invalid_argument` if the name is taken.
    void add_authenticator(std::string authmethod, authenticator_factory make);

    /// The factory for `authmethod`, or null. Valid as long as the registry.
    [[nodiscard]] const authenticator_factory* find_authenticator(std::string_view authmethod) const noexcept;

    /// The names of all authmethods, sorted.
    [[nodiscard]] std::vector<std::string> authmethods() const;

private:
    std::map<std::string, authenticator_factory, std::less<>> authenticators_;
};

} // namespace junctor
