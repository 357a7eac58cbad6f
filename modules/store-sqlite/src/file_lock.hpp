// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The right to be the only one to use a file.

#include <string>
#include <string_view>

namespace junctor::store {

/// What a file is to whoever uses it, for messages.
struct file_user {
    std::string_view kind{"event store"};
    std::string_view each{"realm"}; ///< What has a file of its own.
};

/// Holds the lock of a file as long as it lives; the system takes it back when the process ends. The lock is that of a
/// file beside it, whose name ends in ".lock" and which stays there: SQLite has locks of its own on the database, which
/// the process would lose by closing that file.
class file_lock {
public:
    /// Throws `std::runtime_error`, with a text for people, if somebody else holds it, or if it cannot be had.
    explicit file_lock(const std::string& path, const file_user& user = {});
    ~file_lock();
    file_lock(const file_lock&) = delete;
    file_lock& operator=(const file_lock&) = delete;

private:
    int descriptor_;
};

/// Makes an empty file that its owner alone can read and write, unless there is a file already. Throws
/// `std::runtime_error`, with a text for people, if it cannot be made.
void make_private_file(const std::string& path, const file_user& user = {});

} // namespace junctor::store
