// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A joined session: who it is, what it may send, and the way out to its peer.

#include <cstdint>
#include <string>
#include <string_view>

#include <junctor/base/errc.hpp>
#include <junctor/base/features.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/message/encode.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/session/identity.hpp>
#include <junctor/session/outlet.hpp>

namespace junctor {

/// What a realm keeps of a session that is joined to it. Defined by the realm.
struct realm_member;

/// How request identifiers of clients are checked. Spec: basic profile, "IDs", session scope.
enum class request_id_check : std::uint8_t {
    lenient, ///< Any in 1..2^53: several clients in use keep counting over a rejoin.
    strict,  ///< They must count up from 1 without a gap.
};

/// Checks the request identifiers that one client draws.
class request_sequence {
public:
    explicit request_sequence(request_id_check check) noexcept : check_{check} {}

    /// Whether a new request may bear `request`.
    [[nodiscard]] bool accept(request_id request) noexcept
    {
        if (check_ == request_id_check::strict && request.number() != last_ + 1)
            return false;
        last_ = request.number();
        return request.valid();
    }

    [[nodiscard]] request_id_check check() const noexcept { return check_; }

private:
    request_id_check check_;
    std::uint64_t last_{0};
};

/// Encodes `m` straight into the queue of `out`, whose serializer is `format`.
template <class Message>
delivery send_to(outlet& out, serializer format, const Message& m)
{
    auto* const queue = out.short_way();
    auto* const at_once = queue != nullptr ? queue->open_at_once() : nullptr;
    auto& buffer = at_once != nullptr ? *at_once : out.open_message();
    auto encoded = errc::internal_error;
    try {
        encoded = encode(m, format, buffer);
    } catch (...) {
        out.drop_message(); // What is open must be ended, whatever happens.
        throw;
    }
    if (encoded == errc{})
        return at_once != nullptr && queue->close_if_admitted() ? delivery::queued : out.close_message();
    out.drop_message();
    return delivery::not_expressible;
}

/// Encodes `m` straight into the queue of `out`.
template <class Message>
delivery send_to(outlet& out, const Message& m)
{
    return send_to(out, out.format(), m);
}

/// Sends ABORT with `code`'s URI and `text` (the code's own if empty) to a peer that has not joined.
delivery send_abort(outlet& out, errc code, std::string_view text = {});

/// The same with a URI of one's own.
delivery send_abort(outlet& out, std::string_view uri, std::string_view text);

/// One joined session. It owns nothing of the connection: `out` must outlive it. Used by whoever has entered the realm,
/// so by one thread at a time.
///
/// A session is open until a close reason is set; from then on nothing more is sent to it, and its owner (the coroutine
/// that reads for it, which is woken) takes it out of the realm. Nothing here calls back.
class session {
public:
    session(session_id id, identity who, role_features features, outlet& out,
            request_id_check check = request_id_check::lenient, const membership_limits& limits = {}) noexcept;
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    [[nodiscard]] session_id id() const noexcept { return id_; }
    [[nodiscard]] const identity& who() const noexcept { return who_; }
    [[nodiscard]] const role_features& features() const noexcept { return features_; }
    [[nodiscard]] const membership_limits& limits() const noexcept { return limits_; }
    [[nodiscard]] serializer format() const noexcept { return format_; }

    /// What is known of the transport to the peer; see `outlet::describe`.
    [[nodiscard]] dict transport() const { return out_.describe(); }

    [[nodiscard]] bool open() const noexcept { return reason_ == close_reason::none; }

    /// Why the session ended; `close_reason::none` while it is open.
    [[nodiscard]] close_reason reason() const noexcept { return reason_; }

    /// What the peer or the log is told beyond the reason; empty if nothing.
    [[nodiscard]] const std::string& reason_text() const noexcept { return reason_text_; }

    /// Encodes `m` straight into the outbound queue. `delivery::refused` if the session is not open.
    template <class Message>
    delivery send(const Message& m)
    {
        return open() ? send_to(out_, format_, m) : delivery::refused;
    }

    /// Queues a message that is encoded already in this session's serializer.
    delivery send_encoded(byte_view bytes) { return open() ? out_.send_encoded(bytes) : delivery::refused; }

    /// Queues messages that are shared with other sessions of this session's serializer.
    delivery send_run(const shared_run& run) { return open() ? out_.send_run(run) : delivery::refused; }

    /// Answers a request of the peer with ERROR.
    delivery send_error(message_type request_type, request_id request, errc code, std::string_view text = {});

    /// Sends ABORT with `code`'s URI and `text` (the code's own if empty) and closes with `reason`. Only the first
    /// close of a session counts. Spec: "Session Closing", protocol violations.
    void abort(errc code, std::string_view text = {}, close_reason reason = close_reason::protocol_violation);

    /// Sends GOODBYE with `reason`'s URI and closes; for a reason given by somebody, `uri` replaces the URI.
    void say_goodbye(close_reason reason, std::string_view text = {}, std::string_view uri = {});

    /// Answers the peer's GOODBYE, which had `reason`, and closes.
    void answer_goodbye(std::string_view reason);

    /// Closes without a word to the peer: it has gone, or has been told.
    void close(close_reason reason, std::string_view text = {});

    [[nodiscard]] request_sequence& requests() noexcept { return requests_; }

    /// The identifier for the next INVOCATION to this session: 1, 2, 3, … It is used up by `count_invocation()`, once
    /// the message has been queued, so that the callee sees no gap.
    [[nodiscard]] request_id next_invocation() const noexcept { return request_id(invocations_ + 1); }
    void count_invocation() noexcept { ++invocations_; }

    /// Whether an INVOCATION with this identifier was ever sent to this session.
    [[nodiscard]] bool was_invoked(request_id invocation) const noexcept
    {
        return invocation.valid() && invocation.number() <= invocations_;
    }

    /// What the realm keeps of this session, for the realm's own use; null while it is in none.
    [[nodiscard]] realm_member* membership() const noexcept { return membership_; }
    void set_membership(realm_member* membership) noexcept { membership_ = membership; }

private:
    session_id id_;
    identity who_;
    role_features features_;
    outlet& out_;
    serializer format_;
    membership_limits limits_;
    request_sequence requests_;
    std::uint64_t invocations_{0};
    realm_member* membership_{nullptr};
    close_reason reason_{close_reason::none};
    std::string reason_text_;
};

} // namespace junctor
