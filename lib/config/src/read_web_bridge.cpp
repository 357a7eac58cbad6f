// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <junctor/transport/shared_port.hpp>
#include <junctor/web/http_bridge.hpp>
#include <junctor/web/webhook.hpp>

#include "module_item.hpp"
#include "readers.hpp"

namespace junctor {
namespace {

// The ranges of Crossbar.io.
constexpr std::int64_t body_bytes_max = std::int64_t{1} << 20;
constexpr std::int64_t timestamp_delta_max_s = 86'400;

constexpr std::int64_t call_timeout_min_ms = 100;

/// The text at `item`, if there is one, which must not be empty.
std::string read_name(const std::optional<config_item>& item, config_reading& reading)
{
    const auto name = item ? read_text(*item, reading.problems) : std::nullopt;
    if (name && name->empty())
        reading.problems.error(*item, "must not be empty");
    return name.value_or("");
}

/// Where the requests of a service act.
bridge_options read_place(dict_reader& keys, config_reading& reading)
{
    bridge_options options;
    const auto realm = keys.require("realm");
    const auto role = keys.require("role");
    options.realm = read_name(realm, reading);
    options.authrole = read_name(role, reading);
    if (!options.realm.empty())
        reading.names.add_realm(*realm, options.realm);
    if (!options.realm.empty() && !options.authrole.empty())
        reading.names.add_role(*role, options.authrole, options.realm);
    return options;
}

/// The secret `key` of the dict at `item`: a text, a variable of the environment or a file.
secret read_secret_of(const config_item& item, std::string_view key, config_reading& reading)
{
    const auto content = to_value(*item.node);
    return with_options(*content.get_if<dict>(), item, reading, std::nullopt,
                        [&](module_options& options) { return options.secret_text(key); });
}

/// The keys `key`, `secret` and `timestamp_delta_limit`.
void read_signing(dict_reader& keys, bridge_options& options, config_reading& reading)
{
    const auto key = keys.take("key");
    const auto shared = keys.take("secret");
    const auto delta = keys.integer("timestamp_delta_limit", 0, timestamp_delta_max_s).value_or(300);
    if (!key && !shared)
        return;
    if (!key || !shared) {
        reading.problems.error(key ? *key : *shared, fmt::format("needs '{}' as well", key ? "secret" : "key"));
        return;
    }
    const auto name = read_text(*key, reading.problems);
    auto content = read_secret_of(keys.item(), "secret", reading);
    options.signing =
        std::make_shared<signed_requests>(name.value_or(""), std::move(content), std::chrono::seconds(delta));
}

/// The keys that all bridges have. 0 stands for as large a body as there can be.
void read_common(dict_reader& keys, bridge_options& options)
{
    const auto size = keys.integer("post_body_limit", 0, body_bytes_max);
    if (size && *size != 0)
        options.body_bytes_max = static_cast<std::size_t>(*size);
    keys.ignore({"debug"});
}

void read_bridge_options(const config_item& item, bridge_options& options, bridge_request::kind what,
                         config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    read_common(keys, options);
    read_signing(keys, options, reading);
    options.tls_required = keys.boolean("require_tls").value_or(false);
    if (const auto sources = keys.take("require_ip"))
        options.sources = read_sources(*sources, reading);
    if (what == bridge_request::kind::call)
        read_duration(keys, "call_timeout", call_timeout_min_ms, options.call_timeout);
    keys.finish();
}

bridge_options read_bridge(dict_reader& keys, bridge_request::kind what, config_reading& reading)
{
    auto options = read_place(keys, reading);
    if (const auto given = keys.take("options"))
        read_bridge_options(*given, options, what, reading);
    return options;
}

webhook_options read_webhook_options(const config_item& item, bridge_options& options, config_reading& reading)
{
    webhook_options hook;
    dict_reader keys(item, reading.problems);
    read_common(keys, options);
    const auto topic = keys.require("topic");
    const auto uri = topic ? read_text(*topic, reading.problems) : std::nullopt;
    if (const auto flaw = uri ? check_uri(*uri, uri_check::loose) : uri_flaw::none; flaw != uri_flaw::none)
        reading.problems.error(*topic, fmt::format("is no URI: {}", to_string(flaw)));
    hook.topic = uri.value_or("");
    hook.success_response = keys.text("success_response").value_or(hook.success_response);
    hook.error_response = keys.text("error_response").value_or(hook.error_response);
    if (keys.take("github_secret"))
        hook.github_secret = read_secret_of(item, "github_secret", reading);
    keys.finish();
    return hook;
}

} // namespace

void read_publisher_service(dict_reader& keys, web_path& path, config_reading& reading)
{
    path.service = std::make_shared<publisher>(read_bridge(keys, bridge_request::kind::publish, reading));
}

void read_caller_service(dict_reader& keys, web_path& path, config_reading& reading)
{
    path.service = std::make_shared<caller>(read_bridge(keys, bridge_request::kind::call, reading));
}

void read_webhook_service(dict_reader& keys, web_path& path, config_reading& reading)
{
    auto options = read_place(keys, reading);
    const auto given = keys.require("options");
    if (!given)
        return;
    auto hook = read_webhook_options(*given, options, reading);
    path.service = std::make_shared<webhook>(std::move(options), std::move(hook));
}

} // namespace junctor
