// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Looking for events in the tables.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <junctor/session/event_store.hpp>

#include "database.hpp"

namespace junctor::store {

/// Has a connection that reads, beside that which writes. Used by one thread at a time.
class event_reader {
public:
    /// Opens the file, which has its tables. `histories` are the numbers that the histories have there.
    event_reader(const std::string& path, std::vector<std::int64_t> histories);

    /// Answers `asked` about one of the histories with all that was committed before. Throws `database_error`.
    [[nodiscard]] history_answer find(std::size_t history, const history_query& asked);

private:
    /// Places from the first to the last; none if the first is greater.
    struct range {
        std::int64_t first;
        std::int64_t last;
    };

    [[nodiscard]] std::optional<range> named_range(std::int64_t history, const history_query& asked);
    [[nodiscard]] std::optional<std::int64_t> one(statement& wanted, auto... arguments);
    void gather_by_time(std::int64_t history, const range& within, const history_query& asked, history_answering& into);
    void gather(std::int64_t history, const range& from, const history_query& asked, history_answering& into);
    void gather(statement::run rows, history_answering& into) const;

    database on_;
    std::vector<std::int64_t> histories_;
    statement place_of_publication_;
    statement first_era_;
    statement last_era_;
    statement first_place_;
    statement last_place_;
    statement entries_up_;
    statement entries_down_;
    statement entries_of_topic_up_;
    statement entries_of_topic_down_;
    std::chrono::steady_clock::time_point deadline_;
};

} // namespace junctor::store
