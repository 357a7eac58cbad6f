// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The events of a realm that are kept in memory to be asked for later.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/ids.hpp>
#include <junctor/realm/id_map.hpp>
#include <junctor/session/event_store.hpp>

namespace junctor {

/// The events of one rule, in the order in which they were added. They have places, counted from 0; the first that is
/// left has the place `first_`. Part of the realm's monitor.
class memory_history {
public:
    explicit memory_history(const history_rule& bounds);

    /// Keeps a copy of `record`, in place of those that are beyond the bounds then. Throws `std::bad_alloc` with
    /// everything as it was.
    void add(const history_record& record);

    [[nodiscard]] history_answer find(const history_query& asked) const;

private:
    struct entry {
        explicit entry(const history_record& record);

        [[nodiscard]] history_record record() const noexcept;

        publication_id publication;
        history_record::time when;
        std::string topic;
        bool passthru;
        std::string receivers;
        std::string message;
    };

    /// A part of the entries, by their places.
    struct range {
        std::uint64_t begin;
        std::uint64_t end;
    };

    [[nodiscard]] std::uint64_t end() const noexcept { return first_ + entries_.size(); }
    [[nodiscard]] const entry& at(std::uint64_t place) const noexcept { return entries_[place - first_]; }
    [[nodiscard]] bool is_full(history_record::time now) const noexcept;
    void drop_oldest();
    [[nodiscard]] std::optional<range> named_range(const history_query& asked) const;
    [[nodiscard]] range part_of_era(std::size_t era, const range& within, const history_query& asked) const;
    void gather(const range& from, const history_query& asked, history_answering& into) const;

    std::size_t events_max_;
    std::size_t bytes_max_;
    std::chrono::seconds age_max_;
    std::deque<entry> entries_; // the oldest first
    std::uint64_t first_{0};
    std::size_t bytes_{0};
    id_map<publication_id, std::uint64_t> places_;

    /// Where eras begin: within one, time does not go back. The clock of the day is set back once in a while.
    std::deque<std::uint64_t> eras_{0};
};

/// Keeps events as long as the realm lives, and answers at once. Part of the realm's monitor.
class memory_event_store final : public event_store {
public:
    void open(std::string_view realm, std::vector<history_rule> rules, std::function<void()> changed) override;
    [[nodiscard]] keeping add(const history_record& record, std::span<const std::size_t> histories,
                              std::uint64_t number) override;
    [[nodiscard]] std::optional<history_answer> find(std::size_t history, history_query asked,
                                                     std::uint64_t number) override;
    [[nodiscard]] store_report report() override { return {}; }
    void close() noexcept override {}

private:
    std::vector<memory_history> histories_;
};

} // namespace junctor
