// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Cookies by which browsers are known again, and who has authenticated on them.

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <junctor/session/identity.hpp>

namespace junctor {

/// Who has joined on a cookie, and where.
struct cookie_login {
    std::string realm;
    identity who;
};

/// A cookie on which somebody has joined. The cookie itself is known to the browser alone.
struct cookie_record {
    std::string digest; ///< See `cookie_digest`.
    std::chrono::system_clock::time_point expires;
    cookie_login login;
};

/// What is kept of a cookie in place of it: its SHA-256 in hexadecimal digits.
[[nodiscard]] std::string cookie_digest(std::string_view cookie);

/// Where logins are kept over a restart. Used by one thread at a time.
class cookie_journal {
public:
    virtual ~cookie_journal() = default;

    /// Gets ready, once, and gives what has been kept, with the latest login of each cookie. Throws
    /// `std::runtime_error`, with a text for people, if that cannot be done.
    [[nodiscard]] virtual std::vector<cookie_record> open() = 0;

    /// Keeps `record`, in place of what it has of that cookie. Throws `std::exception` if it cannot.
    virtual void put(const cookie_record& record) = 0;

    /// Forgets a cookie. Throws `std::exception` if it cannot.
    virtual void erase(const std::string& digest) = 0;
};

/// The cookies of a transport. Their number is bounded: beyond it go those first on which nobody has joined, and of
/// these those that expire first. Cookies without a login are lost when the program ends.
///
/// May be used by any thread. A login is written by the thread that brings it, under the lock, as two of them for the
/// same cookie must be kept in their order; these are single small writes.
class cookie_store {
public:
    using time_point = std::chrono::system_clock::time_point;

    /// Logins last as long as the program if there is no `journal`.
    explicit cookie_store(std::unique_ptr<cookie_journal> journal = nullptr, std::size_t cookies_max = 100'000);

    /// Reads what has been kept; before the first use. No effect if that was done before. Throws `std::runtime_error`.
    void open(time_point now);

    /// Whether the cookie was given out and has not expired.
    [[nodiscard]] bool knows(const std::string& digest, time_point now) const;

    /// Notes a cookie that is given out.
    void add(std::string digest, time_point expires, time_point now);

    /// Who has joined on the cookie last; nothing if nobody has, or it has expired.
    [[nodiscard]] std::optional<cookie_login> login_of(const std::string& digest, time_point now) const;

    /// Notes who has joined on the cookie. No effect if it is not known. Throws `std::exception` if the journal fails:
    /// it counts all the same, as long as the program runs.
    void log_in(const std::string& digest, cookie_login login, time_point now);

    /// Forgets the cookie. Throws `std::exception` if the journal fails: it is forgotten all the same, as long as the
    /// program runs.
    void log_out(const std::string& digest);

private:
    struct entry {
        time_point expires;
        std::optional<cookie_login> login;
    };
    using by_expiry = std::set<std::pair<time_point, std::string>>;

    [[nodiscard]] const entry* find(const std::string& digest, time_point now) const;
    void insert(std::string digest, entry added);
    void erase(const std::string& digest);
    void make_room(time_point now);
    static void drop_expired(by_expiry& from, time_point now, std::vector<std::string>& dropped);

    const std::size_t cookies_max_;
    mutable std::mutex mutex_; ///< For what follows.
    std::unique_ptr<cookie_journal> journal_;
    bool opened_{false};
    std::unordered_map<std::string, entry> cookies_;
    by_expiry without_login_;
    by_expiry with_login_;
};

/// The cookie of a connection.
struct tracked_cookie {
    std::string digest;
    std::shared_ptr<cookie_store> store; ///< Never null.

    /// A name for it that others may see: nobody can make the cookie of it.
    [[nodiscard]] std::string_view id() const noexcept { return std::string_view(digest).substr(0, 16); }
};

} // namespace junctor
