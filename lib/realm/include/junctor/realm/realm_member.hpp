// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a realm keeps of a session that is joined to it, so that the session can leave at the cost of what it has.

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>

#include <junctor/base/errc.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/realm/authorization.hpp>
#include <junctor/realm/call_slots.hpp>
#include <junctor/realm/pending_calls.hpp>
#include <junctor/realm/permissions.hpp>
#include <junctor/realm/request_table.hpp>
#include <junctor/realm/session_listing.hpp>
#include <junctor/realm/testaments.hpp>
#include <junctor/session/session.hpp>

namespace junctor {

struct subscription;
struct registration;

/// A subscription that a member has, and where among its subscribers the member stands.
struct subscriber_place {
    subscription* subscribed;
    std::size_t position;
};

/// One session in a realm. It stays where it is until the session leaves.
struct realm_member {
    /// One that may do nothing.
    realm_member(session& s, const permission_table& nothing) : joined{s}, permissions{&nothing} {}

    /// Lets the rules of `role` decide about its requests.
    void obey(const permission_table& role) noexcept
    {
        permissions = &role;
        authorized.reset();
    }

    /// Lets an authorizer decide about its requests.
    void obey(std::unique_ptr<authorized_member> decisions) noexcept
    {
        permissions = &decisions->permissions();
        authorized = std::move(decisions);
    }

    session& joined;
    const permission_table* permissions;           ///< Never null.
    std::unique_ptr<authorized_member> authorized; ///< Null if the rules of its role decide.

    // Most sessions have few, and thousands at most: sorted, they take the least memory.
    boost::container::flat_map<subscription_id, subscriber_place> subscriptions;
    boost::container::flat_map<registration_id, registration*> registrations;
    request_table calls;       ///< Made by this session, by its own requests.
    request_table invocations; ///< To this session, by the requests that the router gave them.

    /// What this session called last by its very name: most call the same again. Valid while no registration has ended
    /// since, which `registrations_ended` tells. See `dealer::find_exact`.
    registration* called_last{nullptr};
    std::uint64_t registrations_ended{0};

    /// Invocations of this session that it still has slots for, though their calls have ended: it works on. Its own
    /// registrations' slots only.
    boost::container::flat_map<request_id, std::shared_ptr<call_slots>> unanswered;

    /// Calls of this session, pending or answered, whose arguments come in parts and whose last part has not come yet.
    boost::container::flat_set<request_id> unfinished_calls;

    /// What is kept of the pending calls of this session; see `kept_call`.
    std::size_t kept_bytes{0};

    std::size_t branches{0};                ///< Of the pending calls of this session; see `pending_call::branches`.
    std::size_t pending_lookups{0};         ///< Of event histories.
    std::unique_ptr<testaments> last_words; ///< Null if it has added none.
    session_listing listing{session_listing::listed};
    bool leaves_silently{false}; ///< Nobody is told that it leaves, and its testaments are not published.

    /// Whether the session meta API shows it. One that has been ended, and has still to leave, is gone already.
    [[nodiscard]] bool visible() const noexcept { return listing == session_listing::listed && joined.open(); }

    /// The error for a request of this session that is not allowed.
    [[nodiscard]] errc refusal() const noexcept
    {
        const bool failed = authorized != nullptr && authorized->decided().failed;
        return failed ? errc::authorization_failed : errc::not_authorized;
    }

    /// Answers the request `m` of this session with ERROR; not if it is a PUBLISH that does not ask for an answer.
    template <class Request>
    [[gnu::noinline]] void refuse(const Request& m, errc code, std::string_view text = {})
    {
        if constexpr (Request::type == message_type::publish) {
            if (!m.options.acknowledge)
                return;
        }
        joined.send_error(Request::type, m.request, code, text);
    }
};

/// Whether a message with these attributes may be sent to `to` in its `role`.
[[nodiscard]] inline bool takes_passthru(const session& to, session_role role, const forwarded_attributes& attributes)
{
    return !attributes.passthru || to.features().has(role, feature::payload_passthru_mode);
}

/// Whether payload passthru is in use though the peer did not announce it for `role`, which breaks the protocol. If so,
/// the session is closed with ABORT. Spec: "Payload Passthru Mode".
[[nodiscard]] inline bool breaks_passthru_rule(session& from, session_role role, const forwarded_attributes& attributes)
{
    if (takes_passthru(from, role, attributes))
        return false;
    from.abort(errc::protocol_violation, "payload passthru is in use but was not announced");
    return true;
}

// Inline, as every call takes them.

inline pending_call* pending_calls::find_call(const realm_member& caller, request_id call) noexcept
{
    return caller.calls.find(call);
}

inline pending_call* pending_calls::find_invocation(const realm_member& callee, request_id invocation) noexcept
{
    return callee.invocations.find(invocation);
}

inline pending_call& pending_calls::add(realm_member& caller, request_id call, realm_member& callee,
                                        request_id invocation)
{
    if (free_.empty())
        add_entry();
    auto& pending = *free_.back();
    caller.calls.insert(call, pending, seed_);
    try {
        callee.invocations.insert(invocation, pending, seed_);
    } catch (...) {
        caller.calls.erase(call);
        throw;
    }
    free_.pop_back();

    pending.caller = &caller;
    pending.call = call;
    pending.callee = &callee;
    pending.invocation = invocation;
    pending.wants_progress = false;
    pending.being_killed = false;
    return pending;
}

inline void pending_calls::remove(pending_call& pending)
{
    if (pending.has_extras)
        return remove_with_extras(pending);
    pending.caller->calls.erase(pending.call);
    pending.callee->invocations.erase(pending.invocation);
    free_.push_back(&pending);
}

} // namespace junctor
