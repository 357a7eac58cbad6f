// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The files of a directory.

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <junctor/transport/web_service.hpp>
#include <junctor/web/content_types.hpp>
#include <junctor/web/served_directory.hpp>

namespace junctor {

/// How files are served.
struct static_file_options {
    /// What stands for a directory that has a file of that name.
    std::string default_file{"index.html"};

    /// Whether a directory without such a file is answered by a list of what it has; otherwise by 404.
    bool directory_listing{false};

    /// How long whoever keeps a copy need not ask whether it is up to date. Zero: it must ask each time. Nothing: it
    /// may think what it likes.
    std::optional<std::chrono::seconds> cache_timeout{std::chrono::hours{12}};

    content_types types;
};

/// Serves GET and HEAD for the files of a directory as they are, with the conditions and the ranges of RFC 9110;
/// see `served_directory` for what is among them. Reads a file's head while the shard waits, its content is sent by
/// whoever sends the answer.
class static_files final : public web_service {
public:
    /// `directory` is a path.
    static_files(std::string directory, static_file_options options)
        : directory_{std::move(directory)}, options_{std::move(options)}
    {
    }

    awaitable<http_response> answer(const http_request& request, shard_services& here) override;
    [[nodiscard]] bool serves_below() const noexcept override { return true; }

private:
    [[nodiscard]] http_response find(const http_request& request) const;
    [[nodiscard]] http_response enter(const http_request& request, std::string_view relative,
                                      const opened_entry& directory) const;
    [[nodiscard]] http_response serve(const http_request& request, std::string_view name, opened_entry file) const;

    served_directory directory_;
    static_file_options options_;
};

} // namespace junctor
