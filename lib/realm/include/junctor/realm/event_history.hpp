// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The events of a subscription that are kept to be asked for later.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/base/value.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/event_filter.hpp>
#include <junctor/realm/permissions.hpp>
#include <junctor/session/session.hpp>

namespace junctor {

/// A topic or a pattern of topics whose events are kept, and bounds on them. When there are more, the oldest go.
struct history_rule {
    uri_pattern topics;
    std::size_t events_max{100};

    /// The memory that they take, roughly. An event that is larger is not kept.
    std::size_t bytes_max{std::size_t{16} << 20};
};

/// Which events are asked for. All conditions must hold. Spec: "Event History", `wamp.subscription.get_events`.
struct history_query {
    using time = std::chrono::system_clock::time_point;

    bool reverse{false}; ///< The latest first.
    std::size_t limit{static_cast<std::size_t>(-1)};
    std::optional<time> from_time;
    std::optional<time> after_time;
    std::optional<time> before_time;
    std::optional<time> until_time;
    std::optional<std::string> topic;
    std::optional<publication_id> from_publication;
    std::optional<publication_id> after_publication;
    std::optional<publication_id> before_publication;
    std::optional<publication_id> until_publication;
};

/// Keeps the events of one subscription in memory, in the order in which they were published. Part of the realm's
/// monitor. Spec: advanced profile, "Event History".
class event_history {
public:
    using time = history_query::time;

    explicit event_history(const history_rule& bounds) : events_max_{bounds.events_max}, bytes_max_{bounds.bytes_max} {}
    event_history(const event_history&) = delete;
    event_history& operator=(const event_history&) = delete;

    /// Keeps a copy of `sent`, published to `topic` at the time `when`, of which milliseconds are kept, for those whom
    /// `filter` admits, or for everybody if it is null. Payloads that MessagePack cannot express are not kept. Throws
    /// `std::bad_alloc` with everything as it was.
    void add(const event& sent, std::string_view topic, std::unique_ptr<const event_filter> filter, time when);

    /// What of that is asked for and `asking` may have, each a dict as the spec describes it; nothing if a publication
    /// that is named is not there (any more).
    [[nodiscard]] std::optional<list> find(const history_query& asked, const session& asking) const;

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    struct entry {
        publication_id publication;
        time when;
        std::string topic;
        std::unique_ptr<const event_filter> filter;
        bool passthru{false};
        byte_buffer message; ///< EVENT in MessagePack.

        [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(entry) + topic.size() + message.size(); }
    };

    /// A part of the entries, by their places.
    struct range {
        std::size_t begin{0};
        std::size_t end{0};
    };

    [[nodiscard]] std::optional<range> range_of(const history_query& asked) const;
    [[nodiscard]] std::optional<std::size_t> place_of(publication_id publication) const;
    [[nodiscard]] static bool meets(const entry& one, const history_query& asked, const session& asking);
    [[nodiscard]] static value told(const entry& one);

    std::size_t events_max_;
    std::size_t bytes_max_;
    std::deque<entry> entries_; // the oldest first
    std::size_t bytes_{0};
};

} // namespace junctor
