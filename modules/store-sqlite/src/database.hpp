// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Connections to SQLite databases, and their statements.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace junctor::store {

/// Something that SQLite could not do, with its own text. The database is as it was.
class database_error : public std::runtime_error {
public:
    database_error(int code, const std::string& text) : std::runtime_error(text), code_{code} {}

    /// Whether the file is no database, or a damaged one.
    [[nodiscard]] bool is_damage() const noexcept;

private:
    int code_;
};

/// What a connection may do.
enum class access : std::uint8_t { write, read };

/// A connection to the database in one file. Used by one thread at a time.
class database {
public:
    /// Opens the file, which must exist. Throws `database_error`.
    database(const std::string& path, access how);

    /// Runs statements that give nothing.
    void run(const char* sql);

    /// The first column of the first row that `sql` gives: a number, or a text.
    [[nodiscard]] std::int64_t number(const char* sql);
    [[nodiscard]] std::string text(const char* sql);

    /// The number of the row that was inserted last.
    [[nodiscard]] std::int64_t last_row() const noexcept;

    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

private:
    struct closer {
        void operator()(sqlite3* handle) const noexcept;
    };

    std::unique_ptr<sqlite3, closer> handle_;
};

/// One statement, prepared once and run any number of times. The database must outlive it.
///
///     auto rows = find.with(history, place);
///     while (rows.next())
///         use(rows.number(0));
class statement {
public:
    statement(database& on, std::string_view sql);

    /// One run. The statement can be run again when it has gone. What is bound must live until then.
    class run {
    public:
        explicit run(sqlite3_stmt* running) noexcept : running_{running} {}
        run(run&& other) noexcept : running_{other.running_}, bound_{other.bound_} { other.running_ = nullptr; }
        run& operator=(run&&) = delete;
        ~run();

        void bind(std::int64_t number);
        void bind(std::string_view text);
        void bind(byte_view bytes);

        /// Whether there is another row. Throws `database_error`.
        bool next();

        /// Columns of the row, counted from 0; views are valid until the next one.
        [[nodiscard]] std::int64_t number(int column) const;
        [[nodiscard]] std::string_view text(int column) const;
        [[nodiscard]] byte_view bytes(int column) const;

    private:
        sqlite3_stmt* running_;
        int bound_{0};
    };

    /// Begins a run with these arguments.
    template <class... Arguments>
    [[nodiscard]] run with(const Arguments&... arguments)
    {
        run begun(prepared_.get());
        (begun.bind(arguments), ...);
        return begun;
    }

    /// Runs it with these arguments, for its effect.
    template <class... Arguments>
    void execute(const Arguments&... arguments)
    {
        with(arguments...).next();
    }

private:
    struct finalizer {
        void operator()(sqlite3_stmt* prepared) const noexcept;
    };

    std::unique_ptr<sqlite3_stmt, finalizer> prepared_;
};

/// Begins a transaction, and takes back what was done in it unless it is committed.
class transaction {
public:
    /// `begin` is "BEGIN IMMEDIATE" to write, "BEGIN" to read.
    transaction(database& on, const char* begin);
    ~transaction();
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    void commit();

private:
    database& on_;
    bool open_{true};
};

} // namespace junctor::store
