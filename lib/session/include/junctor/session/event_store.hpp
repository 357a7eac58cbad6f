// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where the events go that are kept to be asked for later, and what can be asked: the contract of event stores.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/base/bytes.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/base/uri.hpp>

namespace junctor {

/// The type of store that every router has.
inline constexpr std::string_view memory_store = "memory";

/// A topic or a pattern of topics whose events are kept, and bounds on them. When a bound is reached, the oldest go.
struct history_rule {
    uri_pattern topics;
    std::size_t events_max{100};

    /// What they take together, as `history_record::bytes` counts it. An event that is larger is not kept.
    std::size_t bytes_max{std::size_t{16} << 20};

    std::chrono::seconds age_max{0}; ///< How long they are kept; zero for as long as the other bounds allow.
};

/// One publication, as it is given to a store. All that it has views of lives for the call only.
struct history_record {
    using time = std::chrono::system_clock::time_point;

    /// What a record takes beside its contents, roughly, in memory or in a file with its indexes.
    static constexpr std::size_t overhead_bytes = 128;

    publication_id publication;
    time when;
    std::string_view topic;
    bool passthru{false}; ///< Only those may have it who announced payload_passthru_mode.
    byte_view receivers;  ///< Whom it is for, which is for `history_query::admits` to know; empty for everybody.
    byte_view message;    ///< EVENT in MessagePack, without a subscription.

    [[nodiscard]] std::size_t bytes() const noexcept
    {
        return overhead_bytes + topic.size() + receivers.size() + message.size();
    }
};

/// Which events are asked for. All conditions must hold. Spec: "Event History", `wamp.subscription.get_events`.
struct history_query {
    using time = history_record::time;

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

    /// Whether whoever asks may have an event with this `passthru` and these `receivers`. It depends on nothing else,
    /// so that the store may call it on any thread, one call at a time. Must not be empty.
    std::function<bool(bool passthru, byte_view receivers)> admits;

    /// Messages of more bytes together are more than anybody takes: `errc::payload_size_exceeded`.
    std::size_t bytes_max{static_cast<std::size_t>(-1)};

    /// The first and the last time that the conditions leave.
    [[nodiscard]] time earliest() const noexcept
    {
        const auto from = from_time.value_or(time::min());
        return after_time ? std::max(from, *after_time + time::duration(1)) : from;
    }
    [[nodiscard]] time latest() const noexcept
    {
        const auto until = until_time.value_or(time::max());
        return before_time ? std::min(until, *before_time - time::duration(1)) : until;
    }
};

/// An event that was asked for.
struct kept_event {
    publication_id publication;
    history_record::time when;
    std::string topic;
    std::string message; ///< As in the record.
};

/// What was found, or why nothing was.
struct history_answer {
    /// `errc{}`; `errc::invalid_argument` if a publication that is named is not there (any more);
    /// `errc::payload_size_exceeded` as above; `errc::timeout` if it took too long; `errc::unavailable` if the store
    /// cannot be read.
    errc code{};
    std::vector<kept_event> events; ///< In the order that was asked for.
};

/// Gathers an answer, event by event. The query must outlive it.
class history_answering {
public:
    explicit history_answering(const history_query& asked) : asked_{asked} {}

    [[nodiscard]] bool wants_more() const noexcept
    {
        return answer_.code == errc{} && answer_.events.size() < asked_.limit;
    }

    /// Adds an event, which meets the conditions of time, topic and place, if whoever asks may have it.
    void add(const history_record& found)
    {
        if (!wants_more() || !asked_.admits(found.passthru, found.receivers))
            return;
        bytes_ += found.message.size();
        if (bytes_ > asked_.bytes_max)
            return fail(errc::payload_size_exceeded);
        answer_.events.push_back(
            {found.publication, found.when, std::string(found.topic), std::string(as_text(found.message))});
    }

    /// There is no answer, because of `code`.
    void fail(errc code) { answer_ = {code, {}}; }

    [[nodiscard]] history_answer take() noexcept { return std::move(answer_); }

private:
    const history_query& asked_;
    history_answer answer_;
    std::size_t bytes_{0};
};

/// What becomes of a record that is given to a store.
enum class keeping : std::uint8_t {
    kept,    ///< It is as safe as it will be.
    pending, ///< It will be, if all goes well: `store_report::outcomes` tells.
    refused, ///< The store has as much to do as it may have, and does not take it.
};

/// What a store has done since it was asked last.
struct store_report {
    /// What became of records: of all those whose number is `last` or less and that no outcome before was about.
    struct outcome {
        std::uint64_t last;
        errc code{};       ///< `errc{}` if they are kept for good.
        std::string cause; ///< For the log, if they are not.
    };

    std::vector<outcome> outcomes; ///< In the order of their numbers.

    /// Answers to questions by their numbers, in any order.
    std::vector<std::pair<std::uint64_t, history_answer>> answers;

    std::vector<std::string> failures; ///< Of reading, for the log.
};

/// Keeps the events of one realm. The realm is a monitor that does not wait: what takes time, the store does on a
/// thread of its own and reports later. So all members but `close` are called by whoever has entered the realm, one at
/// a time, and must return at once.
///
/// The history of a rule is known by the name of the realm and the rule's pattern. A durable store has what it kept
/// under these before, whatever the other rules are. An event is in a history at the place at which it was added; the
/// clock of the day may be set back between two of them. Spec: advanced profile, "Event History".
class event_store {
public:
    virtual ~event_store() = default;

    /// Begins to keep events by `rules`, whose patterns differ; a history is named by its place among them. Called
    /// once, before all other members. `changed` is to be called, on any thread but not from within a member, whenever
    /// there is something new to report; it does not block. Throws `std::runtime_error` with a text for people that
    /// names the file, or whatever it is, if that cannot be used.
    virtual void open(std::string_view realm, std::vector<history_rule> rules, std::function<void()> changed) = 0;

    /// Keeps `record` in each of `histories`, all of which have room for it if it is alone. `number` counts the records
    /// that were added: 1, 2, 3, …
    [[nodiscard]] virtual keeping add(const history_record& record, std::span<const std::size_t> histories,
                                      std::uint64_t number) = 0;

    /// Answers `asked` about one history, with all that was added before, at once; or reports the answer later, under
    /// `number`, if it returns nothing.
    [[nodiscard]] virtual std::optional<history_answer> find(std::size_t history, history_query asked,
                                                             std::uint64_t number) = 0;

    /// What there is to report; it is not reported again.
    [[nodiscard]] virtual store_report report() = 0;

    /// Completes what was added, and calls `changed` no more once it has returned; it may block. Records that are added
    /// later are refused, questions answered with `errc::unavailable`. May be called on any thread, more than once, and
    /// without `open`.
    virtual void close() noexcept = 0;
};

} // namespace junctor
