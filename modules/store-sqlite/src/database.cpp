// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "database.hpp"

#include <sqlite3.h>

namespace junctor::store {

namespace {

/// How long to wait for somebody else who looks at the file, such as a backup.
constexpr int patience_ms = 5'000;

[[noreturn]] void fail(sqlite3* handle, int code)
{
    throw database_error(code, handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
}

void check(sqlite3_stmt* statement, int code)
{
    if (code != SQLITE_OK)
        fail(sqlite3_db_handle(statement), code);
}

} // namespace

bool database_error::is_damage() const noexcept
{
    const int primary = code_ & 0xff;
    return primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT;
}

void database::closer::operator()(sqlite3* handle) const noexcept
{
    sqlite3_close_v2(handle);
}

database::database(const std::string& path, access how)
{
    const int flags = (how == access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    handle_.reset(opened); // Also of one that failed.
    if (code != SQLITE_OK)
        fail(opened, code);
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, patience_ms);
}

void database::run(const char* sql)
{
    const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        fail(handle(), code);
}

std::int64_t database::number(const char* sql)
{
    statement asked(*this, sql);
    auto rows = asked.with();
    return rows.next() ? rows.number(0) : 0;
}

std::string database::text(const char* sql)
{
    statement asked(*this, sql);
    auto rows = asked.with();
    return rows.next() ? std::string(rows.text(0)) : std::string();
}

std::int64_t database::last_row() const noexcept
{
    return sqlite3_last_insert_rowid(handle());
}

void statement::finalizer::operator()(sqlite3_stmt* prepared) const noexcept
{
    sqlite3_finalize(prepared);
}

statement::statement(database& on, std::string_view sql)
{
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(on.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (code != SQLITE_OK)
        fail(on.handle(), code);
    prepared_.reset(made);
}

statement::run::~run()
{
    if (running_ != nullptr)
        sqlite3_reset(running_);
}

void statement::run::bind(std::int64_t number)
{
    check(running_, sqlite3_bind_int64(running_, ++bound_, number));
}

void statement::run::bind(std::string_view text)
{
    check(running_, sqlite3_bind_text64(running_, ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::run::bind(byte_view bytes)
{
    if (bytes.empty()) // Whose address may be null, which would be NULL.
        check(running_, sqlite3_bind_zeroblob(running_, ++bound_, 0));
    else
        check(running_, sqlite3_bind_blob64(running_, ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC));
}

bool statement::run::next()
{
    const int code = sqlite3_step(running_);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        fail(sqlite3_db_handle(running_), code);
    return code == SQLITE_ROW;
}

std::int64_t statement::run::number(int column) const
{
    return sqlite3_column_int64(running_, column);
}

std::string_view statement::run::text(int column) const
{
    const auto* const text = sqlite3_column_text(running_, column);
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(running_, column))};
}

byte_view statement::run::bytes(int column) const
{
    const auto* const bytes = sqlite3_column_blob(running_, column);
    return {static_cast<const std::byte*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(running_, column))};
}

transaction::transaction(database& on, const char* begin) : on_{on}
{
    on_.run(begin);
}

transaction::~transaction()
{
    // Some failures have ended it already; the next one then says what is wrong, if anything still is.
    if (open_ && sqlite3_get_autocommit(on_.handle()) == 0)
        sqlite3_exec(on_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void transaction::commit()
{
    on_.run("COMMIT");
    open_ = false;
}

} // namespace junctor::store
