// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The address of a socket, of whatever family.

#include <array>
#include <cstdint>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace junctor {

/// Storage for one address, to be filled by the system.
class socket_address {
public:
    [[nodiscard]] sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t* size() noexcept { return &size_; }

    /// The port of an IP address; 0 for others.
    [[nodiscard]] std::uint16_t port() const noexcept
    {
        switch (storage_.ss_family) {
        case AF_INET: return ntohs(as<sockaddr_in>().sin_port);
        case AF_INET6: return ntohs(as<sockaddr_in6>().sin6_port);
        default: return 0;
        }
    }

    /// "tcp4:127.0.0.1:5312" or "tcp6:[::1]:5312"; empty for others.
    [[nodiscard]] std::string text() const
    {
        std::array<char, INET6_ADDRSTRLEN> host{};
        switch (storage_.ss_family) {
        case AF_INET:
            ::inet_ntop(AF_INET, &as<sockaddr_in>().sin_addr, host.data(), host.size());
            return std::string("tcp4:") + host.data() + ":" + std::to_string(port());
        case AF_INET6:
            ::inet_ntop(AF_INET6, &as<sockaddr_in6>().sin6_addr, host.data(), host.size());
            return std::string("tcp6:[") + host.data() + "]:" + std::to_string(port());
        default: return {};
        }
    }

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
