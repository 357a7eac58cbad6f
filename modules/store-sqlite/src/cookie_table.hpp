// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Logins of cookies, kept in a database of SQLite.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <junctor/auth/cookie_file.hpp>

#include "database.hpp"
#include "file_lock.hpp"

namespace junctor::store {

/// A database with one row for each login. What is written outlives the end of the process, and its last moments
/// excepted a loss of power.
class cookie_table final : public cookie_journal {
public:
    /// Touches nothing yet.
    cookie_table(std::string path, cookie_purge purge) : path_{std::move(path)}, purge_{purge} {}

    [[nodiscard]] std::vector<cookie_record> open() override;
    void put(const cookie_record& record) override;
    void erase(const std::string& digest) override;

private:
    void open_database();
    [[nodiscard]] std::vector<cookie_record> read_all();

    const std::string path_;
    const cookie_purge purge_;
    std::optional<file_lock> lock_;
    std::optional<database> database_;
    std::optional<statement> put_;
    std::optional<statement> erase_;
};

} // namespace junctor::store
