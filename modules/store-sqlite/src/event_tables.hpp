// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The tables that events are kept in, and every statement about them.

#include <array>
#include <string>
#include <string_view>

#include "database.hpp"

namespace junctor::store {

/// The form of the tables. It is that of `PRAGMA user_version` in the file.
inline constexpr int format_version = 1;

/// Opens the file to write in it, makes the tables if there are none, and sets what holds for this connection: a
/// transaction that is committed outlives a loss of power. Throws `std::runtime_error`, with a text for people that
/// names the file, if it is not usable.
[[nodiscard]] database open_tables(const std::string& path);

/// What is asked of the tables. The order of events is that of their places. Within an era, which begins where the
/// clock of the day was set back, time does not go back, so that conditions of time become conditions of place.
/// Every statement names the index by which it finds what it wants, and fails if that is not possible: SQLite knows
/// nothing about the data that would let it choose.
namespace sql {

inline constexpr std::string_view find_history =
    "SELECT id, events, bytes, era, latest FROM history WHERE realm = ?1 AND uri = ?2 AND match = ?3";
inline constexpr std::string_view add_history =
    "INSERT INTO history (realm, uri, match, events, bytes, era, latest) VALUES (?1, ?2, ?3, 0, 0, 0, 0)";
inline constexpr std::string_view set_history =
    "UPDATE history SET events = ?2, bytes = ?3, era = ?4, latest = ?5 WHERE id = ?1";

inline constexpr std::string_view add_entry =
    "INSERT INTO entry (history, era, time, publication, octets, passthru, topic, receivers, message)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
inline constexpr std::string_view oldest_entries =
    "SELECT place, octets, time FROM entry INDEXED BY entry_by_history WHERE history = ?1 ORDER BY place LIMIT ?2";
inline constexpr std::string_view drop_entries =
    "DELETE FROM entry INDEXED BY entry_by_history WHERE history = ?1 AND place <= ?2";

inline constexpr std::string_view place_of_publication =
    "SELECT place FROM entry INDEXED BY entry_by_publication WHERE publication = ?2 AND history = ?1";
inline constexpr std::string_view first_era =
    "SELECT era FROM entry INDEXED BY entry_by_time WHERE history = ?1 AND era >= ?2 ORDER BY era LIMIT 1";
inline constexpr std::string_view last_era =
    "SELECT era FROM entry INDEXED BY entry_by_time WHERE history = ?1 AND era <= ?2 ORDER BY era DESC LIMIT 1";
inline constexpr std::string_view first_place =
    "SELECT place FROM entry INDEXED BY entry_by_time WHERE history = ?1 AND era = ?2 AND time >= ?3"
    " ORDER BY time, place LIMIT 1";
inline constexpr std::string_view last_place =
    "SELECT place FROM entry INDEXED BY entry_by_time WHERE history = ?1 AND era = ?2 AND time <= ?3"
    " ORDER BY time DESC, place DESC LIMIT 1";

inline constexpr std::string_view entries_up =
    "SELECT publication, time, topic, passthru, receivers, message FROM entry INDEXED BY entry_by_history"
    " WHERE history = ?1 AND place BETWEEN ?2 AND ?3 ORDER BY place";
inline constexpr std::string_view entries_down =
    "SELECT publication, time, topic, passthru, receivers, message FROM entry INDEXED BY entry_by_history"
    " WHERE history = ?1 AND place BETWEEN ?2 AND ?3 ORDER BY place DESC";
inline constexpr std::string_view entries_of_topic_up =
    "SELECT publication, time, topic, passthru, receivers, message FROM entry INDEXED BY entry_by_topic"
    " WHERE history = ?1 AND place BETWEEN ?2 AND ?3 AND topic = ?4 ORDER BY place";
inline constexpr std::string_view entries_of_topic_down =
    "SELECT publication, time, topic, passthru, receivers, message FROM entry INDEXED BY entry_by_topic"
    " WHERE history = ?1 AND place BETWEEN ?2 AND ?3 AND topic = ?4 ORDER BY place DESC";

/// All that look for something, for whoever wants to know how SQLite carries them out.
inline constexpr std::array lookups{oldest_entries, drop_entries,        place_of_publication, first_era,
                                    last_era,       first_place,         last_place,           entries_up,
                                    entries_down,   entries_of_topic_up, entries_of_topic_down};

} // namespace sql
} // namespace junctor::store
