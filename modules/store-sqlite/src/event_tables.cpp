// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "event_tables.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "file_lock.hpp"

namespace junctor::store {

namespace {

/// Marks a database as ours: "Junc".
constexpr std::int64_t application = 0x4a756e63;

constexpr auto schema = R"(
CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    realm TEXT NOT NULL,
    uri TEXT NOT NULL,
    match TEXT NOT NULL,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    era INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    UNIQUE (realm, uri, match));
CREATE TABLE entry (
    place INTEGER PRIMARY KEY,
    history INTEGER NOT NULL,
    era INTEGER NOT NULL,
    time INTEGER NOT NULL,
    publication INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    passthru INTEGER NOT NULL,
    topic TEXT NOT NULL,
    receivers BLOB NOT NULL,
    message BLOB NOT NULL);
CREATE INDEX entry_by_history ON entry (history);
CREATE INDEX entry_by_time ON entry (history, era, time);
CREATE INDEX entry_by_topic ON entry (history, topic);
CREATE INDEX entry_by_publication ON entry (publication, history);
)";

void make_tables(database& on)
{
    transaction making(on, "BEGIN IMMEDIATE");
    on.run(schema);
    on.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application, format_version).c_str());
    making.commit();
}

/// Makes what is not there yet, and throws if what is there is of somebody else.
void check_tables(database& on, const std::string& path)
{
    if (on.number("SELECT count(*) FROM sqlite_master") == 0)
        return make_tables(on);
    if (on.number("PRAGMA application_id") != application)
        throw std::runtime_error(
            fmt::format("'{}' is the database of another program: name another file for the event store", path));
    const auto version = on.number("PRAGMA user_version");
    if (version > format_version)
        throw std::runtime_error(fmt::format(
            "the event store '{}' was made by a newer version of Junctor (format {}, this one knows {}): use that "
            "version, or name another file",
            path, version, format_version));
    if (version < format_version)
        throw std::runtime_error(
            fmt::format("the event store '{}' has the unknown format {}: name another file", path, version));
}

/// Makes what is committed safe. Few pages are kept in memory: those that are written to are the last ones.
void set_up(database& on)
{
    if (on.text("PRAGMA journal_mode = WAL") != "wal")
        throw database_error(0, "its file system does not let SQLite keep a write-ahead log");
    on.run("PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864");
}

} // namespace

database open_tables(const std::string& path)
{
    make_private_file(path);
    try {
        database opened(path, access::write);
        set_up(opened);
        check_tables(opened, path);
        return opened;
    } catch (const database_error& failure) {
        if (failure.is_damage())
            throw std::runtime_error(fmt::format("the event store '{}' is damaged, or no database of SQLite ({}): "
                                                 "restore it from a backup, or move it away",
                                                 path, failure.what()));
        throw std::runtime_error(fmt::format("the event store '{}' cannot be opened: {}", path, failure.what()));
    }
}

} // namespace junctor::store
