// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A realm: the sessions joined to one routing domain, and everything that WAMP says about the messages between them.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/errc.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/base/uri.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/authorization.hpp>
#include <junctor/realm/call_queue.hpp>
#include <junctor/realm/event_histories.hpp>
#include <junctor/realm/permissions.hpp>
#include <junctor/realm/realm_clock.hpp>
#include <junctor/realm/session_listing.hpp>
#include <junctor/session/event_store.hpp>
#include <junctor/session/session.hpp>

namespace junctor {

/// When a callee is told that progressive results are welcome. Spec: "Progressive Call Results".
enum class progress_gate : std::uint8_t {
    results_announced, ///< If it announced progressive_call_results: callees in use announce no call_canceling with it.
    strict,            ///< Only if it announced call_canceling, too, as the spec wants it.
};

/// Whether sessions may make themselves known to others. Spec: "Caller Identification", "Publisher Identification".
enum class disclosure : std::uint8_t {
    allowed,   ///< If they ask for it, if the callee asks for it, or if the permission of their role says so.
    forbidden, ///< Never; who asks for it is refused.
};

/// Clients in use that the spec's own answer makes drop their connection.
struct client_peculiarities {
    /// Autobahn for JavaScript forgets a call that it cancels, unless the mode is "kill", and takes the ERROR that the
    /// spec wants for a breach. If this is set, it gets none. It is recognised by the features that it announces, as it
    /// does not tell its name. Spec: "Call Canceling".
    bool autobahn_js_forgets_canceled_calls{false};
};

/// What can be chosen for a realm.
struct realm_options {
    uri_check uris{uri_check::loose};

    /// For whoever makes the sessions: it is the session that counts.
    request_id_check request_ids{request_id_check::lenient};
    progress_gate progress{progress_gate::results_announced};
    junctor::disclosure disclosure{junctor::disclosure::allowed};

    client_peculiarities respected{};

    /// What the number in a CALL's option `timeout` counts, for the timeouts that the router keeps. The spec says
    /// milliseconds, but Autobahn for Python takes its callers' numbers for seconds, as Crossbar.io does.
    std::chrono::milliseconds call_timeout_unit{1};

    /// Bounds on the events that are kept for those who subscribe later.
    retained_limits retained{};

    /// The topics whose events are kept to be asked for later, by `wamp.subscription.get_events`. No two of the
    /// patterns may be the same.
    std::vector<history_rule> event_history{};

    /// Where these events are kept; in memory if it is null. A store is for one realm, which opens it.
    std::shared_ptr<event_store> store{};

    /// The procedures whose calls wait if all callees are busy, which those can be that set `concurrency`.
    std::vector<call_queue_rule> call_queues{};

    /// Whether sessions may ask about sessions, registrations and subscriptions, end sessions, leave testaments, and
    /// hear of all that. Each procedure and each topic needs a permission as any other does. Spec: "Meta API".
    bool enable_meta_api{true};

    /// What WELCOME says about the router's software.
    std::string agent{"Junctor"};
};

/// One realm: a broker and a dealer for the sessions joined to it.
///
/// A monitor: one thread at a time may be in it, and it does its work before it returns. It knows no socket, clock or
/// random device: messages and the time go in, and what comes out goes to the outlets of its sessions, which never call
/// back. Nothing that a peer does makes it throw; `std::bad_alloc` may come out of any call.
///
///     realm shop("com.example.shop", {}, seed);
///     shop.role("guest").allow(action::subscribe, prefix("com.example.shop.news."));
///     session guest(shop.new_session_id(), who, features, outlet, shop.options().request_ids);
///     shop.join(guest);
///     while (guest.open()) { … shop.receive(guest, message, now); … }
///     shop.leave(guest);
class realm {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Throws `std::invalid_argument` if `name` is no valid URI, or if two event histories are of the same pattern.
    /// `seed` decides about every identifier and every choice that is drawn at random, and protects the tables against
    /// keys that are made to collide: take it from a random device wherever peers are not trusted.
    realm(std::string name, realm_options options, std::uint64_t seed);

    /// Takes out the sessions that are still in it, which must live until then.
    ~realm();
    realm(const realm&) = delete;
    realm& operator=(const realm&) = delete;

    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] const realm_options& options() const noexcept;

    /// The permissions of the role `name`, which is created if it does not exist. Valid as long as the realm.
    permission_table& role(std::string_view name);

    /// Whether sessions may join with the role `name`.
    [[nodiscard]] bool has_role(std::string_view name) const;

    /// Lets an authorizer decide about sessions with the role `name`, which is created if it does not exist, in place
    /// of its permissions: see `question`. Bounds on what is remembered are in `limits`. Sessions that are joined
    /// already obey it from their next message on; what another one decided about them, or is being asked, is void.
    void authorize(std::string_view name, const decision_limits& limits);

    /// Lets the permissions of the role `name` decide again, also about sessions that are joined already. No effect if
    /// they do.
    void end_authorization(std::string_view name);

    /// Takes the role `name` away: sessions that are joined with it may do nothing from their next message on, and
    /// `has_role` is false until it is created again. No effect if there is no such role.
    void remove_role(std::string_view name);

    /// A session identifier drawn at random, which no session of this realm bears.
    [[nodiscard]] session_id new_session_id();

    /// It is `now`, which is `day` for people. To be told once before anybody joins, and again before anybody joins or
    /// leaves: what is told with a time of day goes by it.
    void calibrate(time_point now, realm_clock::time_of_day day) noexcept;

    /// Lets `s`, which is in no realm, in and sends it WELCOME. It must stay where it is until it leaves. A session
    /// whose role the realm does not know may do nothing at all. If WELCOME is larger than the peer accepts, the
    /// session is sent ABORT. Everybody may hear of it; not so of an unlisted session.
    void join(session& s, session_listing listing = session_listing::listed);

    /// Takes `s` out, with all it had: its subscriptions and registrations end, its calls are interrupted, and who
    /// called it is answered, and its testaments are published. A session that is still open closes as
    /// `close_reason::connection_lost`. Nothing is sent to `s` any more. No effect if it is not joined. Spec: basic
    /// profile, "Caller Leaving", "Callee Leaving".
    void leave(session& s);

    /// Takes a message that `from` sent, at the time `now`. What breaks the protocol closes the session with ABORT;
    /// whoever reads for it looks at `session::open()` afterwards. A session that is closed already is not listened to.
    void receive(session& from, const message& m, time_point now) { receive(from, {&m, 1}, now); }

    /// Takes the messages of `batch` one after the other, until one of them closes the session, or something must be
    /// decided before the next one can be taken; returns how many.
    std::size_t receive(session& from, std::span<const message> batch, time_point now);

    /// What must be decided before the next message of `from` can be taken. Null if there is nothing; otherwise valid
    /// until the realm is left. Whoever reads for the session asks, answers, and goes on with the same message.
    [[nodiscard]] const authorization_question* question(const session& from) const noexcept;

    /// Answers the question of `from`, if there is one.
    void answer(session& from, const authorization_answer& given, time_point now);

    /// Forgets everything that was decided about the sessions of this realm: it is asked about anew.
    void forget_decisions() noexcept;

    /// Takes what `from` sent and what was no message: a request with a wrong option is answered with ERROR if the peer
    /// waits for an answer, anything else closes the session with ABORT.
    void reject(session& from, const decode_failure& failure);

    /// Sends what `receive` has held back: events wait so that those of one batch that go the same way are handed over
    /// as one run. To be called at the end of every batch; nothing overtakes what waits.
    void settle();

    /// When `expire` has something to do next; nothing if no call has a timeout.
    [[nodiscard]] std::optional<time_point> next_deadline() const noexcept;

    /// Answers the calls whose time is over at `now`. Spec: "Call Timeouts".
    void expire(time_point now);

    /// Says GOODBYE to every session and closes it with `reason`; each still has to leave.
    void close(close_reason reason);

    /// Ends a subscription of `of` though it did not ask for it; false if it has none of that identifier, or is not
    /// joined. No EVENT of it follows. The session is told, with `reason` unless that is empty, if it announced
    /// subscription_revocation. Autobahn for Python (22.7) does announce it, but fails at the message and ends the
    /// session. Spec: "Subscription Revocation".
    bool revoke_subscription(session& of, subscription_id revoked, std::string_view reason = {});

    /// The topics that the pattern matches and that have retained events at the time `now`, in the order of their URIs.
    /// Spec: "Event Retention".
    [[nodiscard]] std::vector<std::string> retained_topics(std::string_view pattern, match_policy match,
                                                           time_point now);

    /// Forgets the retained events of all topics that the pattern matches; returns how many.
    std::size_t forget_retained(std::string_view pattern, match_policy match);

    /// Tells publishers what has become of their events, and answers questions about histories, as far as the event
    /// store has reported anything since the last time. To be called when it says so. Returns what has gone wrong.
    store_trouble hear_from_store();

    /// Events that are retained, with those whose time is over and that nobody has looked for since.
    [[nodiscard]] std::size_t retained_event_count() const noexcept;

    [[nodiscard]] std::size_t session_count() const noexcept;
    [[nodiscard]] std::size_t subscription_count() const noexcept; ///< Patterns, not subscribers.
    [[nodiscard]] std::size_t registration_count() const noexcept; ///< Patterns, not callees.
    [[nodiscard]] std::size_t pending_call_count() const noexcept; ///< Calls without a final answer.

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

} // namespace junctor
