// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Logins of cookies, kept in a file.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/auth/cookie_store.hpp>

namespace junctor {

/// What becomes of logins from before.
enum class cookie_purge : bool { no, on_startup };

/// A file of lines, each a JSON object, which is only ever appended to, and written anew when it is opened. Its owner
/// alone can read it. A line that was not written to its end, as the program was killed, counts for nothing.
class cookie_file final : public cookie_journal {
public:
    /// Touches nothing yet.
    explicit cookie_file(std::string path, cookie_purge purge = cookie_purge::no)
        : path_{std::move(path)}, purge_{purge}
    {
    }
    ~cookie_file() override;

    /// Throws `std::runtime_error` also if somebody else uses the file.
    [[nodiscard]] std::vector<cookie_record> open() override;
    void put(const cookie_record& record) override;
    void erase(const std::string& digest) override;

private:
    void append(std::string line);
    void replace(const std::vector<cookie_record>& records);

    const std::string path_;
    const cookie_purge purge_;
    int descriptor_{-1};
    bool torn_{false}; ///< The last line has no end.
};

/// A login as a text of JSON, and back: for journals. Nothing if `text` is none.
[[nodiscard]] std::string write_cookie_record(const cookie_record& record);
[[nodiscard]] std::optional<cookie_record> read_cookie_record(std::string_view text);

} // namespace junctor
