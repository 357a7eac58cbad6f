// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Sockets that listen, made with the calls of the system.

#include <cstdint>
#include <string>

#include <sys/types.h>

#include <junctor/transport/endpoint.hpp>
#include <junctor/transport/file_descriptor.hpp>

namespace junctor {

/// The file of a Unix domain socket that this process has made, removed with its owner if it is still the same file.
class socket_file {
public:
    socket_file() noexcept = default;
    explicit socket_file(std::string path);
    socket_file(socket_file&& other) noexcept;
    socket_file& operator=(socket_file&& other) noexcept;
    ~socket_file();

    /// Gives the file another name, replacing what is there. Returns 0 or the error number.
    [[nodiscard]] int rename(const std::string& path) noexcept;
    void remove() noexcept;

private:
    std::string path_; ///< Empty: nothing to remove.
    dev_t device_{};
    ino_t inode_{};
};

/// A socket on which connections can be accepted without blocking.
struct listening_socket {
    file_descriptor descriptor;
    int family{};          ///< AF_INET, AF_INET6 or AF_UNIX.
    std::string address;   ///< As `listener::local_address()`.
    std::uint16_t port{0}; ///< 0 for Unix domain sockets.
    socket_file file;
};

/// Binds and listens. Throws `endpoint_error`.
[[nodiscard]] listening_socket listen_on(const tcp_endpoint& where);
[[nodiscard]] listening_socket listen_on(const unix_endpoint& where);

} // namespace junctor
