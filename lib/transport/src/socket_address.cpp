// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "socket_address.hpp"

#include <array>
#include <cassert>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace junctor {

socket_address::socket_address(const sockaddr* address, std::size_t size) noexcept : size_{static_cast<socklen_t>(size)}
{
    assert(size <= sizeof storage_);
    std::memcpy(&storage_, address, size);
}

std::optional<socket_address> socket_address::of_unix(const std::string& path) noexcept
{
    if (path.size() > unix_path_bytes_max)
        return std::nullopt;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    auto size = offsetof(sockaddr_un, sun_path) + path.size();
    if (path.starts_with('@'))
        address.sun_path[0] = '\0'; // The abstract name space; the name is not terminated.
    else
        ++size;
    return socket_address(reinterpret_cast<const sockaddr*>(&address), size);
}

std::uint16_t socket_address::port() const noexcept
{
    switch (family()) {
    case AF_INET: return ntohs(as<sockaddr_in>().sin_port);
    case AF_INET6: return ntohs(as<sockaddr_in6>().sin6_port);
    default: return 0;
    }
}

std::string socket_address::text() const
{
    std::array<char, INET6_ADDRSTRLEN> host{};
    switch (family()) {
    case AF_INET:
        ::inet_ntop(AF_INET, &as<sockaddr_in>().sin_addr, host.data(), host.size());
        return std::string("tcp4:") + host.data() + ":" + std::to_string(port());
    case AF_INET6:
        ::inet_ntop(AF_INET6, &as<sockaddr_in6>().sin6_addr, host.data(), host.size());
        return std::string("tcp6:[") + host.data() + "]:" + std::to_string(port());
    default: return {};
    }
}

} // namespace junctor
