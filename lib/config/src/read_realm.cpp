// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include "module_item.hpp"
#include "readers.hpp"
#include "spelling.hpp"

namespace junctor {
namespace {

/// Crossbar.io keeps this role for its own sessions.
constexpr std::string_view reserved_role = "trusted";

constexpr std::array<named<uri_check>, 2> uri_checks{{{"loose", uri_check::loose}, {"strict", uri_check::strict}}};
constexpr std::array<named<request_id_check>, 2> request_id_checks{
    {{"lenient", request_id_check::lenient}, {"strict", request_id_check::strict}}};
constexpr std::array<named<progress_gate>, 2> progress_gates{
    {{"results_announced", progress_gate::results_announced}, {"strict", progress_gate::strict}}};
constexpr std::array<named<disclosure>, 2> disclosures{
    {{"allowed", disclosure::allowed}, {"forbidden", disclosure::forbidden}}};

constexpr std::array<named<std::chrono::milliseconds>, 2> timeout_units{
    {{"ms", std::chrono::milliseconds(1)}, {"s", std::chrono::seconds(1)}}};

/// Reads the names of clients whose peculiarities are respected.
client_peculiarities read_respected(dict_reader& keys, config_reading& reading)
{
    client_peculiarities respected;
    constexpr std::array<named<bool client_peculiarities::*>, 1> known{
        {{"autobahn-js", &client_peculiarities::autobahn_js_forgets_canceled_calls}}};
    for (const auto& item : keys.list("compatible_with")) {
        if (const auto peculiarity = read_choice(item, "client", known, reading.problems))
            respected.*(*peculiarity) = true;
    }
    return respected;
}

/// A key that switches on what this version does not have.
void read_unsupported_switch(dict_reader& keys, std::string_view key, std::string_view what, config_reading& reading)
{
    const auto item = keys.take(key);
    if (item && read_boolean(*item, reading.problems).value_or(false))
        reading.problems.warning(*item, fmt::format("has no effect: {} is not supported yet by this version", what));
}

constexpr std::int64_t retained_count_max = 1'000'000'000;
constexpr std::int64_t retained_bytes_min = std::int64_t{64} << 10;
constexpr std::int64_t retained_bytes_max = std::int64_t{1} << 40;
constexpr std::int64_t retained_age_max_s = 315'360'000; // Ten years.

retained_limits read_event_retention(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    retained_limits limits;
    if (const auto count = keys.integer("events_max", 0, retained_count_max))
        limits.events_max = static_cast<std::size_t>(*count);
    if (const auto bytes = keys.integer("bytes_max", retained_bytes_min, retained_bytes_max))
        limits.bytes_max = static_cast<std::size_t>(*bytes);
    if (const auto count = keys.integer("restricted_per_topic_max", 0, retained_count_max))
        limits.restricted_per_topic_max = static_cast<std::size_t>(*count);
    if (const auto age = keys.integer("age_max", 0, retained_age_max_s))
        limits.age_max = std::chrono::seconds(*age);
    keys.finish();
    return limits;
}

realm_options read_realm_options(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    realm_options options;
    options.uris = keys.choice("uri_check", "check", uri_checks).value_or(options.uris);
    options.request_ids = keys.choice("request_id_check", "check", request_id_checks).value_or(options.request_ids);
    options.progress = keys.choice("progress_gate", "gate", progress_gates).value_or(options.progress);
    options.call_timeout_unit =
        keys.choice("call_timeout_unit", "unit", timeout_units).value_or(options.call_timeout_unit);
    options.respected = read_respected(keys, reading);
    options.disclosure = keys.choice("disclosure", "rule", disclosures).value_or(options.disclosure);
    if (const auto retention = keys.take("event_retention"))
        options.retained = read_event_retention(*retention, reading);
    options.enable_meta_api = keys.boolean("enable_meta_api").value_or(options.enable_meta_api);
    read_unsupported_switch(keys, "bridge_meta_api", "the bridge of the meta API", reading);
    keys.ignore({"event_dispatching_chunk_size"});
    keys.finish();
    return options;
}

void read_permissions(dict_reader& keys, role_config& role, uri_check uris, config_reading& reading)
{
    unique_names patterns("permission for the pattern");
    for (const auto& item : keys.list("permissions")) {
        auto rule = read_permission(item, uris, reading);
        if (!rule)
            continue;
        patterns.add(fmt::format("{} {}", to_string(rule->pattern.match), rule->pattern.uri), item, reading.problems);
        role.permissions.push_back(std::move(*rule));
    }
}

constexpr std::string_view default_authorizer = "dynamic";
constexpr std::int64_t decisions_max = 1'000'000;
constexpr std::int64_t decision_lifetime_max_ms = 86'400'000;

/// Makes the authorizer that `item` describes: the URI of a procedure, or a dict whose key `type` names another kind.
/// Bounds on what is remembered of its decisions are common to all kinds.
void read_authorizer(const config_item& item, role_config& role, config_reading& reading)
{
    auto content = to_value(*item.node);
    if (content.get_if<std::string>() != nullptr)
        content = dict{{"procedure", std::move(content)}};
    const auto* const given = content.get_if<dict>();
    if (given == nullptr)
        return report_type(item, "the URI of a procedure or a dict", reading.problems);
    report_repeated_keys(item, reading.problems);

    const authorizer_factory make = [&](module_options& options) -> std::unique_ptr<authorizer> {
        const auto type = options.text("type", default_authorizer);
        const auto count =
            options.integer("decisions_max", 0, decisions_max, static_cast<std::int64_t>(role.decisions.decisions_max));
        role.decisions.decisions_max = static_cast<std::size_t>(count);
        role.decisions.lifetime =
            std::chrono::milliseconds(options.integer("decision_lifetime", 0, decision_lifetime_max_ms, 0));
        if (const auto* const known = reading.context.modules->find_authorizer(type))
            return (*known)(options);
        const auto names = reading.context.modules->authorizers();
        options.error("type", fmt::format("unknown type of authorizer '{}'", type),
                      spelling_hint(type, std::vector<std::string_view>(names.begin(), names.end())));
        static_cast<void>(options.all());
        return nullptr;
    };
    role.authorizer = make_from(make, *given, item, reading);
}

role_config read_role(const config_item& item, uri_check uris, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    (void)read_id(keys, "", reading.problems);
    role_config role;
    if (const auto name = keys.require("name")) {
        role.name = read_text(*name, reading.problems).value_or("");
        if (role.name == reserved_role)
            reading.problems.error(*name, fmt::format("the role '{}' is reserved", reserved_role));
        else if (role.name.empty() && kind_of(*name->node) == "string")
            reading.problems.error(*name, "must not be empty");
    }
    read_permissions(keys, role, uris, reading);
    role.allow_by_default = keys.boolean("allow-by-default").value_or(false);
    if (const auto sources = keys.take("sources"))
        role.sources = read_sources(*sources, reading);
    if (const auto authorizer = keys.take("authorizer")) {
        if (!keys.lacks("permissions"))
            reading.problems.error(*authorizer, "a role has either permissions or an authorizer");
        read_authorizer(*authorizer, role, reading);
    }
    keys.finish();
    return role;
}

void read_roles(dict_reader& keys, realm_config& realm, config_reading& reading)
{
    unique_names names("role named");
    for (const auto& item : keys.list("roles")) {
        auto role = read_role(item, realm.options.uris, reading);
        if (role.name.empty())
            continue;
        names.add(role.name, item, reading.problems);
        realm.roles.push_back(std::move(role));
    }
    if (keys.lacks("roles"))
        reading.problems.warning(keys.item(), "has no roles: nobody can join");
}

} // namespace

realm_config read_realm(const config_item& item, std::size_t number, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    realm_config realm;
    realm.id = read_id(keys, fmt::format("realm{:03}", number), reading.problems);
    if (const auto options = keys.take("options"))
        realm.options = read_realm_options(*options, reading);
    if (const auto name = keys.require("name")) {
        realm.name = read_text(*name, reading.problems).value_or("");
        const auto flaw = check_uri(realm.name, uri_check::loose);
        if (flaw != uri_flaw::none && kind_of(*name->node) == "string")
            reading.problems.error(*name, std::string(to_string(flaw)));
    }
    read_roles(keys, realm, reading);
    keys.ignore({"stats"});
    if (const auto store = keys.take("store"))
        read_store(*store, realm.options, reading);
    keys.refuse("rlinks", "links between routers are");
    keys.refuse("inventory", "inventories of payload types are");
    keys.finish();
    return realm;
}

} // namespace junctor
