// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The address of a socket, of whatever family.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

namespace junctor {

/// One address: storage for the system to fill, or filled already.
class socket_address {
public:
    socket_address() noexcept = default;

    /// A copy of `size` bytes, at most those of `sockaddr_storage`.
    socket_address(const sockaddr* address, std::size_t size) noexcept;

    /// The longest path that `of_unix` takes.
    static constexpr std::size_t unix_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

    /// Of a Unix domain socket, "@name" in the abstract name space. Nothing if `path` is too long.
    [[nodiscard]] static std::optional<socket_address> of_unix(const std::string& path) noexcept;

    [[nodiscard]] sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] const sockaddr* data() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }

    /// For calls that read the size, and for those that write it.
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    [[nodiscard]] socklen_t* size_to_fill() noexcept { return &size_; }

    /// AF_INET, AF_INET6 or AF_UNIX.
    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }

    /// The port of an IP address; 0 for others.
    [[nodiscard]] std::uint16_t port() const noexcept;

    /// "tcp4:127.0.0.1:5312" or "tcp6:[::1]:5312"; empty for others.
    [[nodiscard]] std::string text() const;

private:
    template <class Address>
    [[nodiscard]] const Address& as() const noexcept
    {
        return reinterpret_cast<const Address&>(storage_);
    }

    sockaddr_storage storage_{};
    socklen_t size_{sizeof storage_};
};

} // namespace junctor
