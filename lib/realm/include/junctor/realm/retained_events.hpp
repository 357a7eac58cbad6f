// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The events that a realm keeps for those who subscribe later.

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/ids.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/base/uri.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/event_filter.hpp>
#include <junctor/session/session.hpp>

namespace junctor {

/// Keeps events by their topics, as long as there is somebody who would get them: of those published to one topic, a
/// session gets the most recent one that it would have received if it had subscribed before. An event for everybody
/// takes the place of all that are older, others are kept beside it.
///
/// When a limit is reached, the oldest events go first. An event that takes more than an eighth of the memory is not
/// kept, and neither is what it would have replaced. Part of the realm's monitor. Spec: "Event Retention".
class retained_events {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit retained_events(const retained_limits& limits) : limits_{limits} {}
    retained_events(const retained_events&) = delete;
    retained_events& operator=(const retained_events&) = delete;

    /// Keeps a copy of `sent`, which `publisher` published by `m` at the time `now`, for those whom `filter` admits, or
    /// everybody if it is null. Throws `std::bad_alloc` with everything as it was.
    void retain(const session& publisher, const publish& m, const event& sent,
                std::unique_ptr<const event_filter> filter, time_point now);

    /// Sends what `subscriber` may have of the topics that the pattern matches, one event for each of them in the order
    /// of their URIs, as events of the subscription `as`. One that is too large for it, or cannot be expressed in its
    /// serializer, is left out; if its queue is full, the rest is.
    void deliver(session& subscriber, subscription_id as, std::string_view pattern, match_policy match, time_point now);

    /// The topics that the pattern matches and that have events at the time `now`, in the order of their URIs.
    [[nodiscard]] std::vector<std::string> topics(std::string_view pattern, match_policy match, time_point now);

    /// Forgets the events of the topics that the pattern matches; returns how many.
    std::size_t forget(std::string_view pattern, match_policy match);

    /// Events that are kept, with those whose time is over and that nobody has looked for since.
    [[nodiscard]] std::size_t count() const noexcept { return by_age_.size(); }

    /// The memory that they take, roughly.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    struct entry;
    using entries = std::list<entry>;
    using topic_index = std::multimap<std::string_view, entries::iterator, std::less<>>; // the oldest of a topic first

    /// One event. All that it has views of is in its own memory.
    struct entry {
        entry(const event& sent, std::string_view to, std::unique_ptr<const event_filter> receivers);

        /// Whether there are others than its publisher who may not have it.
        [[nodiscard]] bool restricted() const noexcept;
        [[nodiscard]] bool may_reach(const session& subscriber) const;

        event content;
        std::string_view topic;
        std::unique_ptr<const event_filter> filter; ///< Null if there are no lists.
        session_id excluded;                        ///< Its publisher, unless that gets the event, too.
        time_point published{};
        std::unique_ptr<std::byte[]> memory;
        std::size_t bytes{0};
        topic_index::iterator position;
    };

    void forget_superseded(const entry& newest, const session& publisher);
    void keep_within_limits(const entry& newest);
    void forget_outdated(time_point now);
    void forget(const entry& old);
    template <class Use>
    void for_each_topic(std::string_view pattern, match_policy match, Use use);

    retained_limits limits_;
    entries by_age_; // the oldest first
    topic_index by_topic_;
    std::size_t bytes_{0};
};

} // namespace junctor
