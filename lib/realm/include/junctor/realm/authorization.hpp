// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Requests that somebody outside of the realm decides about, and what was decided.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <junctor/base/uri.hpp>
#include <junctor/base/value.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/realm/permissions.hpp>
#include <junctor/realm/uri_hash.hpp>
#include <junctor/session/permission.hpp>

namespace junctor {

/// Bounds on the decisions that are remembered for one session.
struct decision_limits {
    /// Each takes some hundred bytes. When there are more, the oldest is forgotten.
    std::size_t decisions_max{10'000};

    /// How long a decision may be used; zero for as long as the session.
    std::chrono::milliseconds lifetime{0};
};

/// The decisions about one session that may be used again. Part of the realm's monitor.
class decision_cache {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `limits` must outlive it; `seed` protects against URIs that are made to collide.
    decision_cache(const decision_limits& limits, std::uint64_t seed);

    /// What was decided about `what` on `uri`, if it may be used at the time `now`. Null if not; otherwise valid until
    /// the cache changes.
    [[nodiscard]] const authorization_decision* find(action what, match_policy match, std::string_view uri,
                                                     time_point now);

    void insert(action what, match_policy match, std::string_view uri, const authorization_decision& decided,
                time_point now);
    void clear() noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return decisions_.size(); }

private:
    struct decision {
        std::string key;
        authorization_decision decided;
        time_point made;
    };
    using decisions = boost::container::list<decision>;

    [[nodiscard]] std::string_view key_of(action what, match_policy match, std::string_view uri);
    void erase(decisions::iterator at);

    const decision_limits& limits_;
    decisions decisions_; ///< The oldest first.
    boost::unordered_flat_map<std::string_view, decisions::iterator, uri_hash> index_;
    std::string scratch_; ///< The key that is looked for.
};

/// What a realm keeps of a session whose requests an authorizer decides about. Part of the realm's monitor.
class authorized_member {
public:
    using time_point = decision_cache::time_point;

    authorized_member(const decision_limits& limits, std::uint64_t seed);

    /// What holds for the message that comes next.
    [[nodiscard]] const permission_table& permissions() const noexcept { return permissions_; }

    /// What was decided about the message that comes next, in full. The permission has of it that something must be
    /// told about the session, as `disclose`, and not what.
    [[nodiscard]] const authorization_decision& decided() const noexcept { return decided_; }

    /// What was decided about publishing the testament that the message that comes next adds; denied if it adds none.
    [[nodiscard]] const authorization_decision& decided_about_testament() const noexcept { return testament_; }

    /// Lets what was decided about a testament hold for its publication; `number` as below.
    void decide_again(const authorization_decision& decided, std::uint64_t number) { decide(decided, number); }

    /// Whether it is known what holds for `m`, which then comes next; `number` is another one for each decision in the
    /// realm. If it is not, there is a `question`. URIs that are not valid under `uris` are not asked about: they are
    /// refused anyway.
    [[nodiscard]] bool prepare(const message& m, uri_check uris, std::uint64_t number, time_point now);

    /// What must be answered before the session can go on; null if there is nothing.
    [[nodiscard]] const authorization_question* question() const noexcept { return question_ ? &*question_ : nullptr; }

    /// Answers the question. The decision holds for the message that was asked about, and if it may be remembered for
    /// later ones. No effect if there is no question. There may be another one then: who adds a testament must be
    /// allowed to call that procedure, and to publish the testament.
    void answer(const authorization_answer& given, time_point now);

    /// Forgets what was decided. A decision that is being made holds for the message that it is about, and is not
    /// remembered: whoever makes it may have looked at what was true before.
    void forget_decisions() noexcept;

private:
    struct request;

    static std::optional<request> request_in(const message& m);
    const authorization_decision* decision_on(const request& asked, const message& m, uri_check uris, time_point now);
    void decide(const authorization_decision& decided, std::uint64_t number);

    /// What was asked about the message that comes next and may not be remembered for longer.
    struct answered_question {
        action what{};
        std::string uri;
        authorization_decision decided;
    };

    permission_table permissions_;
    authorization_decision decided_;
    authorization_decision testament_;
    decision_cache cache_;
    std::optional<authorization_question> question_;
    bool asked_before_forgetting_{false}; ///< Of the question.
    std::vector<answered_question> answers_;
};

} // namespace junctor
