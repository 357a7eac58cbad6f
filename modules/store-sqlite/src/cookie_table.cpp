// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "cookie_table.hpp"

#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

namespace junctor::store {

namespace {

constexpr file_user cookies{"cookie store", "transport"};

/// Marks a database as ours: "Junk".
constexpr std::int64_t application = 0x4a756e6b;

} // namespace

std::vector<cookie_record> cookie_table::open()
{
    lock_.emplace(path_, cookies);
    make_private_file(path_, cookies);
    try {
        open_database();
        return read_all();
    } catch (const database_error& failure) {
        throw std::runtime_error(fmt::format("cookie store '{}': {}", path_, failure.what()));
    }
}

void cookie_table::open_database()
{
    database_.emplace(path_, access::write);
    auto& on = *database_;
    if (on.number("SELECT count(*) FROM sqlite_master") != 0 && on.number("PRAGMA application_id") != application)
        throw std::runtime_error(
            fmt::format("'{}' is the database of another program: name another file for the cookie store", path_));
    on.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    on.run(
        "CREATE TABLE IF NOT EXISTS login (digest TEXT PRIMARY KEY, expires INTEGER NOT NULL, record TEXT NOT NULL)");
    on.run(fmt::format("PRAGMA application_id = {}", application).c_str());
    if (purge_ == cookie_purge::on_startup)
        on.run("DELETE FROM login");
    put_.emplace(on, "INSERT OR REPLACE INTO login VALUES (?, ?, ?)");
    erase_.emplace(on, "DELETE FROM login WHERE digest = ?");
}

/// All logins, without those that have expired.
std::vector<cookie_record> cookie_table::read_all()
{
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    statement(*database_, "DELETE FROM login WHERE expires <= ?").execute(std::int64_t{now});
    statement all(*database_, "SELECT record FROM login");
    auto rows = all.with();
    std::vector<cookie_record> records;
    while (rows.next()) {
        if (auto record = read_cookie_record(rows.text(0)))
            records.push_back(std::move(*record));
    }
    return records;
}

void cookie_table::put(const cookie_record& record)
{
    const auto text = write_cookie_record(record);
    const std::int64_t expires = std::chrono::system_clock::to_time_t(record.expires);
    put_->execute(std::string_view(record.digest), expires, std::string_view(text));
}

void cookie_table::erase(const std::string& digest)
{
    erase_->execute(std::string_view(digest));
}

} // namespace junctor::store
