// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Roles of a WAMP session and the advanced-profile features that either side announces.

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace junctor {

/// What a session can be. A client announces publisher, subscriber, caller and callee; a router broker and dealer.
enum class session_role : std::uint8_t { publisher, subscriber, caller, callee, broker, dealer };

inline constexpr std::size_t session_role_count = 6;

/// "publisher", "subscriber", …
[[nodiscard]] std::string_view to_string(session_role role) noexcept;
[[nodiscard]] std::optional<session_role> parse_session_role(std::string_view name) noexcept;

/// A feature that is announced per role. Spec: advanced profile, "Feature Announcement".
enum class feature : std::uint8_t {
    progressive_call_results,
    progressive_call_invocations,
    call_timeout,
    call_canceling,
    caller_identification,
    call_trustlevels,
    call_reroute,
    pattern_based_registration,
    shared_registration,
    sharded_registration,
    registration_revocation,
    registration_meta_api,
    session_meta_api,
    procedure_reflection,
    topic_reflection,
    subscriber_blackwhite_listing,
    publisher_exclusion,
    publisher_identification,
    publication_trustlevels,
    pattern_based_subscription,
    sharded_subscription,
    subscription_revocation,
    subscription_meta_api,
    event_history,
    event_retention,
    testament_meta_api,
    payload_passthru_mode,
};

inline constexpr std::size_t feature_count = 27;

/// The key of `f` in a `features` dict.
[[nodiscard]] std::string_view to_string(feature f) noexcept;

/// The feature of that key; old and misspelled keys that clients in use send are understood too.
[[nodiscard]] std::optional<feature> parse_feature(std::string_view name) noexcept;

/// The roles of a session with the features of each.
class role_features {
public:
    void add(session_role role) noexcept { roles_.set(index(role)); }
    void add(session_role role, feature f) noexcept
    {
        add(role);
        features_.set(index(role) * feature_count + index(f));
    }

    [[nodiscard]] bool has(session_role role) const noexcept { return roles_[index(role)]; }
    [[nodiscard]] bool has(session_role role, feature f) const noexcept
    {
        return features_[index(role) * feature_count + index(f)];
    }
    /// Whether `role` has all of these features and no others.
    [[nodiscard]] bool has_exactly(session_role role, std::span<const feature> features) const noexcept;

    [[nodiscard]] bool empty() const noexcept { return roles_.none(); }

private:
    template <class Enum>
    static constexpr std::size_t index(Enum e) noexcept
    {
        return static_cast<std::size_t>(e);
    }

    std::bitset<session_role_count> roles_;
    std::bitset<session_role_count * feature_count> features_;
};

} // namespace junctor
