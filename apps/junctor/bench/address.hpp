// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where connections lead to, and where a server listens.

#include <string>
#include <string_view>

#include <sys/socket.h>

namespace junctor::bench {

/// What a URL says: `rs://host:port`, `rss://host:port` for TLS, or `rs://unix:/path`; for WebSocket
/// `ws://host:port/path`, `wss://host:port/path`, or `ws://unix:/path`.
struct address {
    bool tls{false};
    bool websocket{false};
    std::string host;                   ///< Without brackets; empty for a Unix domain socket.
    std::string authority{"localhost"}; ///< Host and port as the URL has them. For WebSocket alone.
    std::string path{"/"};              ///< That a WebSocket is asked for, with its query.
    sockaddr_storage where{};
    socklen_t size{0};
    std::string url;
};

/// The address that `url` means. Host names are looked up. Throws `failure`, or `bad_options` if it means none.
[[nodiscard]] address resolve(std::string_view url);

/// A file descriptor that is closed at the end.
class file_descriptor {
public:
    explicit file_descriptor(int number = -1) noexcept : number_{number} {}
    file_descriptor(file_descriptor&& other) noexcept;
    file_descriptor& operator=(file_descriptor&& other) noexcept;
    file_descriptor(const file_descriptor&) = delete;
    file_descriptor& operator=(const file_descriptor&) = delete;
    ~file_descriptor();

    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

/// A socket that is connected to `target` and does not block. Throws `failure`.
[[nodiscard]] file_descriptor connect_to(const address& target);

/// A socket that listens on `local` and does not block; the file of a Unix domain socket is replaced.
/// Throws `failure`.
[[nodiscard]] file_descriptor listen_on(const address& local);

/// Makes `socket` not block and, for TCP, send without delay. Throws `failure`.
void make_prompt(int socket);

/// The URL of what `socket` listens on, with the port that the system chose.
[[nodiscard]] std::string url_of(int socket);

/// Raises the number of files that the process may open as far as it is allowed to.
void raise_open_files_limit() noexcept;

} // namespace junctor::bench
