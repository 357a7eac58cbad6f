// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the parts of the dealer agree on.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include <junctor/base/limits.hpp>
#include <junctor/realm/dealer.hpp>
#include <junctor/realm/realm.hpp>

namespace junctor {

/// A longer timeout than a year is taken for a year: the clock must not overflow, and nobody will see the difference.
inline constexpr std::chrono::milliseconds call_timeout_max = std::chrono::hours(24 * 365);

inline std::chrono::milliseconds bounded_timeout(std::uint64_t count, std::chrono::milliseconds unit)
{
    const auto most = static_cast<std::uint64_t>(call_timeout_max / unit);
    return static_cast<std::int64_t>(std::min(count, most)) * unit;
}

inline constexpr std::string_view request_in_use = "CALL: the request is in use for a call that waits for its answer";

inline constexpr std::string_view kept_calls_too_large =
    "the calls of the session that wait for an answer are too large";

inline bool is_callee_with(const realm_member& member, feature f)
{
    return member.joined.features().has(session_role::callee, f);
}

/// Callees in use drop their connection over an INTERRUPT that they do not know.
inline bool takes_interrupt(const realm_member& member)
{
    return is_callee_with(member, feature::call_canceling);
}

inline bool takes_progress(const realm_member& member, progress_gate gate)
{
    return is_callee_with(member, feature::progressive_call_results) &&
           (gate == progress_gate::results_announced || takes_interrupt(member));
}

/// Without call canceling a callee does not support calls whose arguments come in parts.
inline bool takes_arguments_in_parts(const realm_member& member)
{
    return is_callee_with(member, feature::progressive_call_invocations) && takes_interrupt(member);
}

/// Whether the callee has as many calls as it takes at a time.
inline bool is_busy(const callee& candidate)
{
    return candidate.slots != nullptr && !candidate.slots->any_free();
}

inline bool all_busy(const registration& among)
{
    return std::all_of(among.callees.begin(), among.callees.end(), is_busy);
}

inline bool any_busy(const registration& among)
{
    return std::any_of(among.callees.begin(), among.callees.end(), is_busy);
}

/// Whether the callee ends a call that takes too long itself.
inline bool keeps_time(const callee& target)
{
    return target.forward_timeout && is_callee_with(*target.member, feature::call_timeout);
}

/// Whether whoever works on a call takes INTERRUPT, and somebody does.
inline bool can_be_killed(const pending_call& pending)
{
    if (pending.branches == nullptr)
        return pending.callee != nullptr && takes_interrupt(*pending.callee);
    const auto& open = pending.branches->open;
    return std::all_of(open.begin(), open.end(), [](const auto& each) { return takes_interrupt(*each.callee); });
}

/// What stands for a callee where resource keys are spread over the callees of a registration.
inline std::uint64_t shard_digest(const callee& of)
{
    return of.member->joined.id().number();
}

/// Whether the caller asks for nothing of which more than the payload must be told or remembered.
inline bool is_plain(const call_options& options)
{
    return options.timeout == 0 && !options.progress && !options.disclose_me;
}

/// What was decided in full about `m`, which `caller` is permitted to call.
inline authorization_decision decision_on(const realm_member& caller, const call& m)
{
    return caller.authorized != nullptr ? caller.authorized->decided()
                                        : caller.permissions->decide_in_full(action::call, m.procedure);
}

/// Whether a session announces what Autobahn for JavaScript does, and nothing else, as caller and as callee.
inline bool looks_like_autobahn_js(const session& s)
{
    constexpr auto of_caller =
        std::to_array({feature::caller_identification, feature::call_canceling, feature::progressive_call_results});
    constexpr auto of_callee = std::to_array({feature::caller_identification, feature::pattern_based_registration,
                                              feature::shared_registration, feature::progressive_call_results,
                                              feature::registration_revocation});
    return s.features().has_exactly(session_role::caller, of_caller) &&
           s.features().has_exactly(session_role::callee, of_callee);
}

/// Whether there is room to keep `m` until it is answered.
inline bool fits(const realm_member& caller, const call& m, kept_call::arguments which)
{
    return caller.kept_bytes + kept_call::size_of(m, which) <= limits::kept_call_bytes_max;
}

/// The error that tells a caller why a message did not reach its receiver.
inline errc error_of(delivery outcome)
{
    switch (outcome) {
    case delivery::too_large: return errc::payload_size_exceeded;
    case delivery::not_expressible: return errc::not_expressible;
    case delivery::refused: return errc::unavailable;
    case delivery::queued: break;
    }
    return errc{};
}

} // namespace junctor
