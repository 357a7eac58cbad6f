// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/welcome.hpp>

#include <array>
#include <utility>

#include <junctor/realm/realm.hpp>

namespace junctor {

namespace {

constexpr auto announced = std::to_array<std::pair<session_role, feature>>({
    {session_role::broker, feature::publisher_identification},
    {session_role::broker, feature::publisher_exclusion},
    {session_role::broker, feature::subscriber_blackwhite_listing},
    {session_role::broker, feature::pattern_based_subscription},
    {session_role::broker, feature::sharded_subscription},
    {session_role::broker, feature::subscription_revocation},
    {session_role::broker, feature::event_retention},
    {session_role::broker, feature::event_history},
    {session_role::broker, feature::payload_passthru_mode},
    {session_role::broker, feature::publication_trustlevels},
    {session_role::broker, feature::session_meta_api},
    {session_role::broker, feature::subscription_meta_api},
    {session_role::dealer, feature::caller_identification},
    {session_role::dealer, feature::call_canceling},
    {session_role::dealer, feature::call_reroute},
    {session_role::dealer, feature::call_timeout},
    {session_role::dealer, feature::pattern_based_registration},
    {session_role::dealer, feature::payload_passthru_mode},
    {session_role::dealer, feature::progressive_call_invocations},
    {session_role::dealer, feature::progressive_call_results},
    {session_role::dealer, feature::registration_revocation},
    {session_role::dealer, feature::shared_registration},
    {session_role::dealer, feature::sharded_registration},
    {session_role::dealer, feature::call_trustlevels},
    {session_role::dealer, feature::session_meta_api},
    {session_role::dealer, feature::registration_meta_api},
    {session_role::dealer, feature::testament_meta_api},
});

/// Whether a realm with these options has the feature `f` of the router.
bool has(const realm_options& options, feature f)
{
    switch (f) {
    case feature::session_meta_api:
    case feature::registration_meta_api:
    case feature::subscription_meta_api:
    case feature::testament_meta_api: return options.enable_meta_api;
    case feature::event_history: return options.enable_meta_api && !options.event_history.empty();
    default: return true;
    }
}

/// Nothing but booleans, and only true ones: clients refuse to join over anything else.
dict features_of(session_role role, const realm_options& options)
{
    dict features;
    for (const auto& [who, what] : announced) {
        if (who == role && has(options, what))
            features.set(to_string(what), true);
    }
    return dict{{"features", value(std::move(features))}};
}

} // namespace

role_features router_features()
{
    role_features all;
    for (const auto& [who, what] : announced)
        all.add(who, what);
    return all;
}

dict welcome_details(std::string_view realm, const identity& who, const realm_options& options)
{
    dict details;
    details.set("realm", realm);
    details.set("authid", who.authid);
    details.set("authrole", who.authrole);
    details.set("authmethod", who.authmethod);
    details.set("authprovider", who.authprovider);
    details.set("authextra", who.authextra); // even if it is empty: applications look into it
    details.set("agent", options.agent);
    details.set("roles", dict{{"broker", features_of(session_role::broker, options)},
                              {"dealer", features_of(session_role::dealer, options)}});
    return details;
}

} // namespace junctor
