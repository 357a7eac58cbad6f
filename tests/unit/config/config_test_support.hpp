// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Loading configurations in tests: with modules, an environment and files that the test knows.

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include <junctor/config/load_config.hpp>

#include "support/catch.hpp"

namespace junctor::test {

/// The options that the last authenticator of the test's modules was made from.
struct made_authenticator : authenticator {
    explicit made_authenticator(dict given) : options{std::move(given)} {}
    awaitable<verdict> authenticate(auth_exchange& exchange) override;

    dict options;
};

/// An authorizer, and the procedure that it was made for.
struct made_authorizer : authorizer {
    explicit made_authorizer(std::string given) : procedure{std::move(given)} {}
    awaitable<authorization_answer> decide(authorization_request& request) override;

    std::string procedure;
};

/// A component that does nothing.
struct made_component : component_class {
    void declare(client::component& component) override;
};

/// "anonymous", which takes anything; "tls", which does so too and warns of what the connections can have; "ticket",
/// which wants a text under `secret` and may have `principals` with `role` and `realm`; the authorizer "dynamic", which
/// wants a text under `procedure` and may have a `realm`; the component "echo", which may have a text under `word`.
const module_registry& modules();

/// Loads configurations, with what surrounds them.
struct config_loader {
    std::map<std::string, std::string> environment;
    std::filesystem::path base_directory{"/etc/junctor"};
    std::function<void(const std::filesystem::path& file)> load_module{};
    std::filesystem::path modules_directory{};

    [[nodiscard]] config_result load(std::string_view text) const;

    /// \name Parts, with whatever must be around them
    /// Paths of problems begin with "workers[0]", "workers[0].realms[0]" and so on.
    /// @{
    [[nodiscard]] config_result load_worker(std::string_view worker) const;
    [[nodiscard]] config_result load_realm(std::string_view realm) const;
    [[nodiscard]] config_result load_permission(std::string_view permission) const;
    [[nodiscard]] config_result load_transport(std::string_view transport) const;
    [[nodiscard]] config_result load_endpoint(std::string_view endpoint) const;
    /// @}
};

/// A configuration that is wrong in one way: what is to be loaded, and the problem that this gives.
struct wrong {
    std::string_view text;
    std::string_view path;
    std::string_view problem;
    std::string_view hint{};
};

/// Requires that `result` has exactly the problem of `expected`, as an error.
void check_wrong(const config_result& result, const wrong& expected);

/// Requires that `result` has exactly the problem of `expected`, as a warning.
void check_warned(const config_result& result, const wrong& expected);

/// Requires that `result` has no problems at all, and gives its configuration.
const node_config& require_clean(const config_result& result);

/// The first transport of a configuration without problems.
const listening_transport& only_transport(const config_result& result);

/// The first realm of a configuration without problems.
const realm_config& only_realm(const config_result& result);

/// A directory for the files of one test case.
class temporary_directory {
public:
    temporary_directory();
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    void write(std::string_view name, std::string_view content) const;

private:
    std::filesystem::path path_;
};

} // namespace junctor::test
