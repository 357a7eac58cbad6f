// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Writing events into the tables, and dropping those that are beyond the bounds.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/session/event_store.hpp>

#include "database.hpp"

namespace junctor::store {

/// A record that waits to be written, with all that it has views of in the store.
struct waiting_record {
    waiting_record(const history_record& given, std::span<const std::size_t> kept_in, std::uint64_t counted);

    [[nodiscard]] history_record record() const noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(waiting_record) + record().bytes(); }

    std::uint64_t number;
    publication_id publication;
    history_record::time when;
    bool passthru;
    std::string topic;
    std::string receivers;
    std::string message;
    std::vector<std::size_t> histories;
};

/// Has the connection that writes. Used by one thread at a time.
class event_writer {
public:
    using time = history_record::time;

    /// Opens the file, and finds or makes the histories of `rules` in `realm`. Throws `std::runtime_error`, with a text
    /// for people, if the file is not usable.
    event_writer(const std::string& path, std::string_view realm, std::vector<history_rule> rules);

    /// The numbers that the histories have in the tables, in the order of the rules.
    [[nodiscard]] std::vector<std::int64_t> ids() const;

    /// Writes all of `records`, and drops what is beyond the bounds at the time `now`, as far as that takes no more
    /// than the writing. Nothing at all has happened if it throws `database_error`; otherwise it outlives a loss of
    /// power.
    void write(std::span<const waiting_record> records, time now);

    /// Drops some of what is beyond the bounds at the time `now`; whether there may be more. Throws `database_error`.
    bool prune(time now);

private:
    struct history {
        history_rule bounds;
        std::int64_t id;
        std::int64_t events;
        std::int64_t bytes;
        std::int64_t era;
        std::int64_t latest;
        bool changed{false};
    };

    [[nodiscard]] history find_or_make(std::string_view realm, history_rule rule);
    void add(const waiting_record& added, history& to);
    bool drop_oldest(history& from, std::size_t count, time now);
    bool change(std::span<const waiting_record> added, std::size_t dropped_max, time now);

    std::string path_;
    database on_;
    statement find_history_;
    statement add_history_;
    statement set_history_;
    statement add_entry_;
    statement oldest_entries_;
    statement drop_entries_;
    std::vector<history> histories_;
};

} // namespace junctor::store
