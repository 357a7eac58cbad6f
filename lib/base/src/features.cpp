// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/features.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace junctor {

namespace {

constexpr std::array<std::string_view, session_role_count> role_names{"publisher", "subscriber", "caller",
                                                                      "callee",    "broker",     "dealer"};

constexpr std::array<std::string_view, feature_count> feature_names{
    "progressive_call_results",
    "progressive_call_invocations",
    "call_timeout",
    "call_canceling",
    "caller_identification",
    "call_trustlevels",
    "call_reroute",
    "pattern_based_registration",
    "shared_registration",
    "sharded_registration",
    "registration_revocation",
    "registration_meta_api",
    "session_meta_api",
    "procedure_reflection",
    "topic_reflection",
    "subscriber_blackwhite_listing",
    "publisher_exclusion",
    "publisher_identification",
    "publication_trustlevels",
    "pattern_based_subscription",
    "sharded_subscription",
    "subscription_revocation",
    "subscription_meta_api",
    "event_history",
    "event_retention",
    "testament_meta_api",
    "payload_passthru_mode",
};

/// Keys that clients in use send for a feature which the spec spells otherwise.
constexpr auto other_spellings = std::to_array<std::pair<std::string_view, feature>>({
    {"call_cancelling", feature::call_canceling},
    {"progressive_calls", feature::progressive_call_invocations},
    {"shareded_subscriptions", feature::sharded_subscription},
    {"payload_transparency", feature::payload_passthru_mode},
});

template <class Names>
std::optional<std::size_t> position(const Names& names, std::string_view name) noexcept
{
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end())
        return std::nullopt;
    return static_cast<std::size_t>(at - names.begin());
}

} // namespace

std::string_view to_string(session_role role) noexcept
{
    return role_names[static_cast<std::size_t>(role)];
}

std::optional<session_role> parse_session_role(std::string_view name) noexcept
{
    const auto found = position(role_names, name);
    return found ? std::optional(static_cast<session_role>(*found)) : std::nullopt;
}

std::string_view to_string(feature f) noexcept
{
    return feature_names[static_cast<std::size_t>(f)];
}

std::optional<feature> parse_feature(std::string_view name) noexcept
{
    if (const auto found = position(feature_names, name))
        return static_cast<feature>(*found);
    const auto* const other = std::find_if(other_spellings.begin(), other_spellings.end(),
                                           [&](const auto& spelling) { return spelling.first == name; });
    return other != other_spellings.end() ? std::optional(other->second) : std::nullopt;
}

bool role_features::has_exactly(session_role role, std::span<const feature> features) const noexcept
{
    role_features wanted;
    wanted.add(role);
    for (const auto f : features)
        wanted.add(role, f);
    for (std::size_t number = 0; number != feature_count; ++number) {
        const auto f = static_cast<feature>(number);
        if (has(role, f) != wanted.has(role, f))
            return false;
    }
    return has(role);
}

} // namespace junctor
