// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a realm has to do with its event store: gives it what is published, asks it, and waits for what it reports.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/base/uri.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/event_filter.hpp>
#include <junctor/realm/id_map.hpp>
#include <junctor/session/event_store.hpp>
#include <junctor/session/session.hpp>

namespace junctor {

struct realm_member;

/// Trouble with an event store, for the log.
struct store_trouble {
    std::size_t events_lost{0}; ///< That should have been kept and are not.
    std::string cause;          ///< Of the last one, or why events could not be read.

    [[nodiscard]] bool any() const noexcept { return events_lost != 0 || !cause.empty(); }
};

/// A lookup that the store has answered after a while.
struct completed_lookup {
    session_id asking;
    request_id call;
    subscription_id asked;
    history_answer answer;
};

/// The event histories of a realm. Part of the realm's monitor. Spec: advanced profile, "Event History".
class event_histories {
public:
    using members_by_id = id_map<session_id, std::unique_ptr<realm_member>>;

    /// Histories by `rules`, in a store that somebody opens by the same rules, or in memory if it is null. Throws
    /// `std::invalid_argument` if two of the patterns are the same.
    event_histories(const std::vector<history_rule>& rules, std::shared_ptr<event_store> store);

    [[nodiscard]] bool empty() const noexcept { return rules_.empty(); }
    [[nodiscard]] const std::vector<history_rule>& rules() const noexcept { return rules_; }

    /// Gives the store what `publisher` published by `m` at the time `now`, and what `sent` is in general, for those
    /// whom `filter` admits, or for everybody if that is null. If it is pending, the publisher is told by `settle` what
    /// became of it. An event that is to be kept nowhere, or that MessagePack cannot express, is `keeping::kept`.
    [[nodiscard]] keeping record(const session& publisher, const publish& m, const event& sent,
                                 const event_filter* filter, history_record::time now);

    /// Asks about the history of the rule `history`, whose subscription is `as`, for `asking` and its request `call`.
    /// If there is no answer, `settle` will give it.
    [[nodiscard]] std::optional<history_answer> find(std::size_t history, subscription_id as, history_query asked,
                                                     const session& asking, request_id call, history_record::time now);

    /// Tells those of `members` who published something what became of it, and returns the lookups that have been
    /// answered, and in `trouble` what has gone wrong since the last time.
    [[nodiscard]] std::vector<completed_lookup> settle(const members_by_id& members, store_trouble& trouble);

private:
    /// A publisher that waits for PUBLISHED.
    struct waiting_publisher {
        std::uint64_t record;
        session_id publisher;
        request_id request;
        publication_id publication;
    };

    struct lookup {
        session_id asking;
        request_id call;
        subscription_id asked;
    };

    void choose_histories(std::string_view topic);
    void leave_out_small_histories(std::size_t bytes);
    [[nodiscard]] history_record::time steady(history_record::time now) noexcept;
    void tell(const store_report::outcome& outcome, const members_by_id& members);

    const std::vector<history_rule>& rules_;
    std::shared_ptr<event_store> store_;
    std::vector<std::size_t> chosen_; ///< The histories that the present event belongs to.
    byte_buffer message_;
    byte_buffer receivers_;
    history_record::time last_{};
    std::uint64_t records_{0};
    std::uint64_t settled_{0}; ///< The last record that an outcome was about.
    std::deque<waiting_publisher> waiting_;
    std::uint64_t questions_{0};
    boost::unordered_flat_map<std::uint64_t, lookup> lookups_;
    store_trouble trouble_; ///< Since `settle` was called last.
};

} // namespace junctor
