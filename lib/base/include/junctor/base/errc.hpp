// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The one table of error codes, their WAMP URIs and their texts.

#include <string_view>
#include <type_traits>

#include <boost/system/error_code.hpp>

namespace junctor {

/// What can go wrong in a way that a peer is told, or that ends its session.
enum class errc {
    // Requests that fail while the session lives on.
    invalid_uri = 1,
    invalid_argument,
    no_such_procedure,
    procedure_already_exists,
    procedure_exists_with_different_invocation_policy,
    no_such_registration,
    no_such_subscription,
    no_such_session,
    not_authorized,
    authorization_failed,
    canceled,
    timeout,
    unavailable,
    no_available_callee,
    max_concurrency_reached,
    option_not_allowed,
    option_disallowed_disclose_me,
    feature_not_supported,
    payload_size_exceeded,
    too_many_requests,
    internal_error,

    // Joining that fails.
    no_such_realm,
    no_such_role,
    no_such_principal,
    no_matching_auth_method,
    authentication_denied,
    authentication_failed,

    // Bytes and messages that break the protocol; all of them are wamp.error.protocol_violation on the wire.
    protocol_violation,
    truncated,
    malformed,
    invalid_utf8,
    nested_too_deep,
    trailing_bytes,
    unexpected_type,
    number_out_of_range,
    message_not_a_list,
    unknown_message_type,
    too_few_elements,
    too_many_elements,
    invalid_id,
    not_expressible, ///< A payload has no form in the other serializer.
};

/// The WAMP URI of `code`, such as "wamp.error.no_such_procedure". Spec: "Predefined URIs".
[[nodiscard]] std::string_view uri_of(errc code) noexcept;

/// Whose URIs a refused peer is told. Clients that were written for Crossbar.io may look for its own.
enum class error_uri_profile { spec, crossbar };

/// The URI that `uri`, one of the router's own for joining that fails, has in `profile`: itself if it is the same
/// there. Crossbar.io says wamp.error.not_authorized for wrong credentials, and wamp.error.no_auth_method.
[[nodiscard]] std::string_view uri_in(error_uri_profile profile, std::string_view uri) noexcept;

/// A sentence for people that goes with `code`.
[[nodiscard]] std::string_view text_of(errc code) noexcept;

/// The code whose own URI is `uri`; `errc{}` if the router has none for it.
[[nodiscard]] errc errc_of(std::string_view uri) noexcept;

/// The category in which `errc` values are `boost::system::error_code`s.
[[nodiscard]] const boost::system::error_category& wamp_category() noexcept;

[[nodiscard]] inline boost::system::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), wamp_category()};
}

/// Why a session or connection ended. Each has a name so that logs and metrics can tell one from the other.
enum class close_reason {
    none,                  ///< Still open.
    goodbye,               ///< The peer said GOODBYE and was answered.
    aborted_by_peer,       ///< The peer sent ABORT.
    connection_lost,       ///< The connection ended without GOODBYE.
    protocol_violation,    ///< The peer broke the protocol and was sent ABORT.
    handshake_failed,      ///< The transport handshake did not succeed.
    join_timeout,          ///< No joined session within `join_timeout`.
    authentication_failed, ///< The peer was denied and sent ABORT.
    slow_consumer,         ///< More than `outbound_bytes_max` queued, or no progress within `write_stall_timeout`.
    killed,                ///< Ended by somebody entitled to, such as the meta API.
    realm_closed,          ///< The realm was closed.
    system_shutdown,       ///< The router shuts down.
    internal_error,        ///< A defect or lack of memory in the router.
};

/// The name of `reason`, such as "slow_consumer".
[[nodiscard]] std::string_view to_string(close_reason reason) noexcept;

/// The URI for GOODBYE or ABORT that goes with `reason`, such as "wamp.close.system_shutdown".
[[nodiscard]] std::string_view uri_of(close_reason reason) noexcept;

/// The URI that answers a GOODBYE. Spec: "Session Closing".
inline constexpr std::string_view goodbye_and_out_uri = "wamp.close.goodbye_and_out";

/// Why a client leaves that wants to be forgotten: see authmethod cookie.
inline constexpr std::string_view logout_uri = "wamp.close.logout";

} // namespace junctor

template <>
struct boost::system::is_error_code_enum<junctor::errc> : std::true_type {
};
