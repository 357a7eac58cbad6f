// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "node_config.hpp"

#include <stdexcept>
#include <utility>

#include "support/stage.hpp"

namespace junctor::test {

namespace {

dict pattern_config(const uri_pattern& pattern)
{
    return {{"uri", pattern.uri}, {"match", to_string(pattern.match)}};
}

dict permission_config(const permission_rule& rule)
{
    dict allowed;
    for (const auto what : {action::call, action::register_, action::publish, action::subscribe})
        allowed.set(to_string(what), rule.allowed.has(what));
    auto made = pattern_config(rule.pattern);
    made.set("allow", std::move(allowed));
    made.set("disclose", dict{{"caller", rule.disclose_caller}, {"publisher", rule.disclose_publisher}});
    if (rule.trust_level >= 0)
        made.set("trustlevel", rule.trust_level);
    return made;
}

dict retention_config(const retained_limits& bounds)
{
    return {{"events_max", bounds.events_max},
            {"bytes_max", bounds.bytes_max},
            {"restricted_per_topic_max", bounds.restricted_per_topic_max},
            {"age_max", std::chrono::duration_cast<std::chrono::seconds>(bounds.age_max).count()}};
}

dict options_config(const realm_options& options)
{
    if (options.agent != realm_options().agent)
        throw std::invalid_argument("no configuration says what the agent of the router is called");
    list compatible_with;
    if (options.respected.autobahn_js_forgets_canceled_calls)
        compatible_with.emplace_back("autobahn-js");
    return {{"uri_check", options.uris == uri_check::strict ? "strict" : "loose"},
            {"request_id_check", options.request_ids == request_id_check::strict ? "strict" : "lenient"},
            {"progress_gate", options.progress == progress_gate::strict ? "strict" : "results_announced"},
            {"call_timeout_unit", options.call_timeout_unit == std::chrono::seconds(1) ? "s" : "ms"},
            {"disclosure", options.disclosure == disclosure::forbidden ? "forbidden" : "allowed"},
            {"compatible_with", std::move(compatible_with)},
            {"event_retention", retention_config(options.retained)},
            {"enable_meta_api", options.enable_meta_api}};
}

dict store_config(const realm_options& options)
{
    list kept;
    for (const auto& rule : options.event_history) {
        auto made = pattern_config(rule.topics);
        made.set("limit", rule.events_max).set("bytes_max", rule.bytes_max);
        kept.emplace_back(std::move(made));
    }
    list queues;
    for (const auto& rule : options.call_queues) {
        auto made = pattern_config(rule.procedures);
        made.set("limit", rule.calls_max).set("bytes_max", rule.bytes_max);
        queues.emplace_back(std::move(made));
    }
    return {{"type", "memory"}, {"event-history", std::move(kept)}, {"call-queue", std::move(queues)}};
}

} // namespace

dict realm_config::to_dict() const
{
    list role_configs;
    for (const auto& [role, rules] : roles) {
        list permissions;
        for (const auto& rule : rules)
            permissions.emplace_back(permission_config(rule));
        role_configs.emplace_back(dict{{"name", role}, {"permissions", std::move(permissions)}});
    }
    dict made{{"name", name}, {"roles", std::move(role_configs)}, {"options", options_config(options)}};
    if (!options.event_history.empty() || !options.call_queues.empty())
        made.set("store", store_config(options));
    return made;
}

dict transport_config(const std::string& type, const dict& endpoint,
                      const std::map<std::string, std::string>& principals, const dict& bounds)
{
    dict known;
    for (const auto& [authid, role] : principals)
        known.set(authid, dict{{"ticket", ticket_of_all}, {"role", role}});
    dict made{{"type", type},
              {"endpoint", endpoint},
              {"options", dict{{"max_message_size", limits::rawsocket_message_bytes_max}}},
              {"auth", dict{{"ticket", dict{{"principals", std::move(known)}}}}}};
    if (!bounds.empty())
        made.set("limits", bounds);
    return made;
}

dict node_config(list realms, list transports, int shards)
{
    dict worker{{"type", "router"},
                {"options", dict{{"shards", shards}}},
                {"realms", std::move(realms)},
                {"transports", std::move(transports)}};
    return {{"version", 2}, {"workers", list{std::move(worker)}}};
}

dict scant_limits_config()
{
    const auto scant = scant_limits();
    return {{"registrations_max", scant.registrations_max},
            {"pending_calls_max", scant.pending_calls_max},
            {"testaments_max", scant.testaments_max},
            {"testament_bytes_max", scant.testament_bytes_max}};
}

} // namespace junctor::test
