// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/errc.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace junctor {

namespace {

struct error_row {
    errc code;
    std::string_view uri;
    std::string_view text;
};

constexpr std::string_view violation = "wamp.error.protocol_violation";

constexpr auto errors = std::to_array<error_row>({
    {errc::invalid_uri, "wamp.error.invalid_uri", "the URI is not valid"},
    {errc::invalid_argument, "wamp.error.invalid_argument", "an argument or option has a wrong type or value"},
    {errc::no_such_procedure, "wamp.error.no_such_procedure", "no callee is registered for the procedure"},
    {errc::procedure_already_exists, "wamp.error.procedure_already_exists", "the procedure is registered already"},
    {errc::procedure_exists_with_different_invocation_policy,
     "wamp.error.procedure_exists_with_different_invocation_policy",
     "the procedure is registered with another invocation policy"},
    {errc::no_such_registration, "wamp.error.no_such_registration", "the session has no such registration"},
    {errc::no_such_subscription, "wamp.error.no_such_subscription", "the session has no such subscription"},
    {errc::no_such_session, "wamp.error.no_such_session", "no such session is joined"},
    {errc::not_authorized, "wamp.error.not_authorized", "the role has no permission for this"},
    {errc::authorization_failed, "wamp.error.authorization_failed", "the authorizer could not decide"},
    {errc::canceled, "wamp.error.canceled", "the call was canceled"},
    {errc::timeout, "wamp.error.timeout", "the call timed out"},
    {errc::unavailable, "wamp.error.unavailable", "the callee cannot take the call"},
    {errc::no_available_callee, "wamp.error.no_available_callee", "no callee can take the call"},
    {errc::max_concurrency_reached, "crossbar.error.max_concurrency_reached",
     "all callees have as many calls as they take at a time"},
    {errc::option_not_allowed, "wamp.error.option_not_allowed", "the option is not allowed"},
    {errc::option_disallowed_disclose_me, "wamp.error.option_disallowed.disclose_me",
     "the realm does not let sessions disclose themselves"},
    {errc::feature_not_supported, "wamp.error.feature_not_supported", "the other side does not support the feature"},
    {errc::payload_size_exceeded, "wamp.error.payload_size_exceeded",
     "the message is larger than the receiver accepts"},
    {errc::too_many_requests, "wamp.error.too_many_requests", "the session has reached a limit of the router"},
    {errc::internal_error, "wamp.error.internal_error", "the router failed"},
    {errc::no_such_realm, "wamp.error.no_such_realm", "the realm does not exist"},
    {errc::no_such_role, "wamp.error.no_such_role", "the realm has no such role"},
    {errc::no_such_principal, "wamp.error.no_such_principal", "the principal does not exist"},
    {errc::no_matching_auth_method, "wamp.error.no_matching_auth_method", "none of the authmethods is offered here"},
    {errc::authentication_denied, "wamp.error.authentication_denied", "the credentials were not accepted"},
    {errc::authentication_failed, "wamp.error.authentication_failed", "the authentication could not be carried out"},
    {errc::protocol_violation, violation, "the message is not allowed here"},
    {errc::truncated, violation, "the message ends too early"},
    {errc::malformed, violation, "the message is not well-formed"},
    {errc::invalid_utf8, violation, "a string is not valid UTF-8"},
    {errc::nested_too_deep, violation, "lists and dicts are nested too deeply"},
    {errc::trailing_bytes, violation, "bytes follow the end of the message"},
    {errc::unexpected_type, violation, "an element has the wrong type"},
    {errc::number_out_of_range, violation, "a number is out of range"},
    {errc::message_not_a_list, violation, "a message must be a list that starts with its type"},
    {errc::unknown_message_type, violation, "the message type is not known"},
    {errc::too_few_elements, violation, "the message has too few elements"},
    {errc::too_many_elements, violation, "the message has too many elements"},
    {errc::invalid_id, violation, "an identifier must be an integer in 1..2^53"},
    {errc::not_expressible, "wamp.error.invalid_argument",
     "the payload holds a value that the receiver's serializer cannot express"},
});

struct close_row {
    close_reason reason;
    std::string_view name;
    std::string_view uri;
};

constexpr auto closes = std::to_array<close_row>({
    {close_reason::none, "none", "wamp.close.normal"},
    {close_reason::goodbye, "goodbye", goodbye_and_out_uri},
    {close_reason::aborted_by_peer, "aborted_by_peer", goodbye_and_out_uri},
    {close_reason::connection_lost, "connection_lost", "wamp.close.normal"},
    {close_reason::protocol_violation, "protocol_violation", violation},
    {close_reason::handshake_failed, "handshake_failed", violation},
    {close_reason::join_timeout, "join_timeout", "wamp.error.timeout"},
    {close_reason::authentication_failed, "authentication_failed", "wamp.error.authentication_denied"},
    {close_reason::slow_consumer, "slow_consumer", "wamp.error.unavailable"},
    {close_reason::killed, "killed", "wamp.close.killed"},
    {close_reason::realm_closed, "realm_closed", "wamp.close.close_realm"},
    {close_reason::system_shutdown, "system_shutdown", "wamp.close.system_shutdown"},
    {close_reason::internal_error, "internal_error", "wamp.error.internal_error"},
});

const error_row* find(errc code) noexcept
{
    const auto* const row = std::find_if(errors.begin(), errors.end(), [&](const auto& r) { return r.code == code; });
    return row == errors.end() ? nullptr : row;
}

const close_row& find(close_reason reason) noexcept
{
    return *std::find_if(closes.begin(), closes.end(), [&](const auto& row) { return row.reason == reason; });
}

class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "wamp"; }
    std::string message(int value) const override { return std::string(text_of(static_cast<errc>(value))); }
};

} // namespace

std::string_view uri_of(errc code) noexcept
{
    const auto* const row = find(code);
    return row != nullptr ? row->uri : "wamp.error.internal_error";
}

std::string_view uri_in(error_uri_profile profile, std::string_view uri) noexcept
{
    if (profile == error_uri_profile::crossbar && uri == uri_of(errc::authentication_denied))
        return uri_of(errc::not_authorized);
    if (profile == error_uri_profile::crossbar && uri == uri_of(errc::no_matching_auth_method))
        return "wamp.error.no_auth_method";
    return uri;
}

std::string_view text_of(errc code) noexcept
{
    const auto* const row = find(code);
    return row != nullptr ? row->text : "unknown error";
}

errc errc_of(std::string_view uri) noexcept
{
    const auto* const row = std::find_if(errors.begin(), errors.end(), [&](const auto& r) { return r.uri == uri; });
    return row != errors.end() ? row->code : errc{};
}

const boost::system::error_category& wamp_category() noexcept
{
    static const category instance;
    return instance;
}

std::string_view to_string(close_reason reason) noexcept
{
    return find(reason).name;
}

std::string_view uri_of(close_reason reason) noexcept
{
    return find(reason).uri;
}

} // namespace junctor
