// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

namespace junctor::test {
namespace {

std::unique_ptr<authenticator> make_anything(module_options& options)
{
    return std::make_unique<made_authenticator>(options.all());
}

std::unique_ptr<authenticator> make_ticket(module_options& options)
{
    dict kept{{"secret", options.secret_text("secret").view()}};
    if (const auto* const users = options.find("users"))
        kept.set("users", *users);
    if (options.has("throws"))
        throw config_error("throws", "says no");
    for (auto& [authid, section] : options.sections("principals")) {
        const auto realm = section.realm("realm");
        kept.set(authid, section.role("role", "guest", realm));
        section.finish();
    }
    return std::make_unique<made_authenticator>(std::move(kept));
}

std::unique_ptr<authenticator> make_tls(module_options& options)
{
    const auto& facts = options.context().transport;
    if (facts)
        options.warning("", fmt::format("credentials: {}, tls: {}, peer certificate: {}", facts->credentials,
                                        facts->tls, facts->peer_certificate));
    return make_anything(options);
}

std::string all_problems(const config_result& result)
{
    std::string lines;
    for (const auto& problem : result.problems)
        lines += to_string(problem) + "\n";
    return lines;
}

void check_single(const config_result& result, const wrong& expected, problem_severity severity)
{
    INFO(expected.text);
    INFO(all_problems(result));
    REQUIRE(result.problems.size() == 1);
    const auto& problem = result.problems.front();
    CHECK(problem.severity == severity);
    CHECK(problem.path == expected.path);
    CHECK(problem.text == expected.problem);
    if (!expected.hint.empty())
        CHECK(problem.hint == expected.hint);
}

constexpr std::string_view some_realms = R"([{"name": "realm1", "roles": [{"name": "anonymous"}]}])";
constexpr std::string_view some_transports = R"([{"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}}])";

} // namespace

awaitable<verdict> made_authenticator::authenticate(auth_exchange&)
{
    co_return verdict::deny(errc::authentication_denied);
}

awaitable<authorization_answer> made_authorizer::decide(authorization_request&)
{
    co_return authorization_answer();
}

void made_component::declare(client::component&) {}

const module_registry& modules()
{
    static const module_registry registry = [] {
        module_registry filled;
        filled.add_authenticator("anonymous", make_anything);
        filled.add_authenticator("ticket", make_ticket);
        filled.add_authenticator("tls", make_tls);
        filled.add_authorizer("dynamic", [](module_options& options) {
            static_cast<void>(options.realm("realm"));
            return std::make_unique<made_authorizer>(options.text("procedure"));
        });
        filled.add_component("echo", [](module_options& extra) {
            static_cast<void>(extra.text("word", ""));
            return std::make_unique<made_component>();
        });
        return filled;
    }();
    return registry;
}

config_result config_loader::load(std::string_view text) const
{
    const auto lookup = [this](const std::string& name) -> std::optional<std::string> {
        const auto at = environment.find(name);
        return at == environment.end() ? std::nullopt : std::optional(at->second);
    };
    return load_node_config(text, {"config.json", base_directory, lookup, &modules(), load_module, modules_directory});
}

config_result config_loader::load_worker(std::string_view worker) const
{
    return load(fmt::format(R"({{"version": 2, "workers": [{}]}})", worker));
}

config_result config_loader::load_realm(std::string_view realm) const
{
    return load_worker(
        fmt::format(R"({{"type": "router", "realms": [{}], "transports": {}}})", realm, some_transports));
}

config_result config_loader::load_permission(std::string_view permission) const
{
    return load_realm(
        fmt::format(R"({{"name": "realm1", "roles": [{{"name": "guest", "permissions": [{}]}}]}})", permission));
}

config_result config_loader::load_transport(std::string_view transport) const
{
    return load_worker(
        fmt::format(R"({{"type": "router", "realms": {}, "transports": [{}]}})", some_realms, transport));
}

config_result config_loader::load_endpoint(std::string_view endpoint) const
{
    return load_transport(fmt::format(R"({{"type": "rawsocket", "endpoint": {}}})", endpoint));
}

void check_wrong(const config_result& result, const wrong& expected)
{
    check_single(result, expected, problem_severity::error);
    CHECK_FALSE(result.usable());
}

void check_warned(const config_result& result, const wrong& expected)
{
    check_single(result, expected, problem_severity::warning);
    CHECK(result.usable());
}

const node_config& require_clean(const config_result& result)
{
    INFO(all_problems(result));
    REQUIRE(result.problems.empty());
    return result.config;
}

const listening_transport& only_transport(const config_result& result)
{
    const auto& node = require_clean(result);
    REQUIRE(node.workers.size() == 1);
    REQUIRE(node.workers[0].transports.size() == 1);
    return node.workers[0].transports[0];
}

const realm_config& only_realm(const config_result& result)
{
    const auto& node = require_clean(result);
    REQUIRE(node.workers.size() == 1);
    REQUIRE(node.workers[0].realms.size() == 1);
    return node.workers[0].realms[0];
}

temporary_directory::temporary_directory()
{
    std::string name = (std::filesystem::temp_directory_path() / "junctor-config-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("no temporary directory can be made");
    path_ = name;
}

temporary_directory::~temporary_directory()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void temporary_directory::write(std::string_view name, std::string_view content) const
{
    std::ofstream(path_ / name) << content;
}

} // namespace junctor::test
