// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Rules for URIs and URI patterns, and the match policies.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace junctor {

/// How a subscription, registration or permission compares its pattern with a URI.
/// Spec: advanced profile, "Pattern-Based Subscriptions" and "Pattern-Based Registrations".
enum class match_policy : std::uint8_t { exact, prefix, wildcard };

/// "exact", "prefix" or "wildcard".
[[nodiscard]] std::string_view to_string(match_policy policy) noexcept;

/// A URI pattern with the policy by which it matches.
struct uri_pattern {
    std::string uri;
    match_policy match{match_policy::exact};
};

/// The URI itself.
[[nodiscard]] uri_pattern exact(std::string_view uri);

/// All URIs that begin with `uri`, compared by characters: "com.shop." covers a name space, "" everything.
[[nodiscard]] uri_pattern prefix(std::string_view uri);

/// All URIs of as many components; an empty component matches any: "com.shop..price".
[[nodiscard]] uri_pattern wildcard(std::string_view uri);

/// The policy of that name, or nothing.
[[nodiscard]] std::optional<match_policy> parse_match_policy(std::string_view name) noexcept;

/// How URIs of a realm are checked. Spec: basic profile, "URIs".
enum class uri_check : std::uint8_t {
    loose,  ///< No white space, no `#`, no empty component.
    strict, ///< Only lower-case letters, digits and `_` within a component.
};

/// What is wrong with a URI; `none` if nothing.
enum class uri_flaw : std::uint8_t { none, empty, too_long, too_many_components, empty_component, forbidden_character };

/// A text for people, such as "empty component".
[[nodiscard]] std::string_view to_string(uri_flaw flaw) noexcept;

/// Checks `uri` as a pattern under `policy`: an exact one may have no empty component, a prefix may end in the middle
/// of a component or be empty, a wildcard may have empty components. Length and component count are bounded by
/// `limits.hpp`.
[[nodiscard]] uri_flaw check_uri(std::string_view uri, uri_check check,
                                 match_policy policy = match_policy::exact) noexcept;

/// The name space that is reserved for the protocol itself.
inline constexpr std::string_view reserved_name_space = "wamp.";

/// Whether `uri` stands under `reserved_name_space`.
[[nodiscard]] inline bool is_reserved(std::string_view uri) noexcept
{
    return uri.starts_with(reserved_name_space);
}

/// Whether `pattern` matches `uri` under `policy`. A prefix compares characters, not components; an empty component of
/// a wildcard matches any single component.
[[nodiscard]] bool matches(std::string_view pattern, match_policy policy, std::string_view uri) noexcept;

} // namespace junctor
