// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "socket_client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace junctor::test {

namespace {

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

void make_impatient(int descriptor)
{
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int connect_to(const sockaddr* address, socklen_t size)
{
    const int descriptor = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        fail("socket");
    make_impatient(descriptor);
    if (::connect(descriptor, address, size) != 0) {
        ::close(descriptor);
        fail("connect");
    }
    return descriptor;
}

} // namespace

std::string octets(std::initializer_list<unsigned> numbers)
{
    std::string made;
    for (const auto number : numbers)
        made.push_back(static_cast<char>(number));
    return made;
}

std::string wire_frame(unsigned first_octet, std::string_view payload)
{
    const auto size = static_cast<unsigned>(payload.size());
    return octets({first_octet, (size >> 16) & 0xFF, (size >> 8) & 0xFF, size & 0xFF}).append(payload);
}

socket_client socket_client::tcp(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return socket_client(connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

socket_client socket_client::tcp6(std::uint16_t port)
{
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    return socket_client(connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

socket_client socket_client::local(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    auto size = offsetof(sockaddr_un, sun_path) + path.size() + 1;
    if (path.starts_with('@')) {
        address.sun_path[0] = '\0';
        --size;
    }
    return socket_client(connect_to(reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)));
}

socket_client socket_client::to(const std::string& address)
{
    if (address.starts_with("unix:"))
        return local(address.substr(5));
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    return address.starts_with("tcp6:") ? tcp6(port) : tcp(port);
}

socket_client socket_client::accepted(int descriptor)
{
    make_impatient(descriptor);
    return socket_client(descriptor);
}

socket_client::socket_client(socket_client&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

socket_client& socket_client::operator=(socket_client&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

socket_client::~socket_client()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void socket_client::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0)
            fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void socket_client::send_in_pieces(std::string_view bytes, std::size_t piece)
{
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
        send(bytes.substr(0, piece));
}

std::string socket_client::receive(std::size_t count)
{
    std::string bytes;
    while (bytes.size() < count) {
        const auto more = receive_some(count - bytes.size());
        if (more.empty())
            throw std::runtime_error("the connection ended after " + std::to_string(bytes.size()) + " of " +
                                     std::to_string(count) + " bytes");
        bytes += more;
    }
    return bytes;
}

std::string socket_client::receive_some(std::size_t count)
{
    std::string bytes(count, '\0');
    const auto size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (size < 0 && errno != ECONNRESET)
        fail("receive");
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return bytes;
}

std::string socket_client::receive_frame(unsigned first_octet)
{
    const auto header = receive(4);
    if (static_cast<unsigned char>(header[0]) != first_octet)
        throw std::runtime_error("a frame of another type: " + std::to_string(static_cast<unsigned char>(header[0])));
    std::size_t size = 0;
    for (int at = 1; at < 4; ++at)
        size = size << 8 | static_cast<unsigned char>(header[static_cast<std::size_t>(at)]);
    return receive(first_octet >= 8 ? std::size_t{1} << 24 : size);
}

std::string socket_client::receive_until_end()
{
    std::string bytes;
    for (;;) {
        const auto more = receive_some(65'536);
        if (more.empty())
            return bytes;
        bytes += more;
    }
}

void socket_client::shake_hands(unsigned second_octet)
{
    send(octets({0x7F, second_octet, 0, 0}));
    const auto reply = receive(4);
    if (reply[0] != 0x7F || (static_cast<unsigned char>(reply[1]) & 0x0F) != (second_octet & 0x0F))
        throw std::runtime_error("the handshake was refused");
}

void socket_client::limit_receive_buffer(int octets)
{
    if (::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets) != 0)
        fail("setsockopt");
}

void socket_client::shut_down()
{
    if (::shutdown(descriptor_, SHUT_WR) != 0)
        fail("shutdown");
}

std::string socket_client::local_address() const
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("getsockname");
    return "tcp4:127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

} // namespace junctor::test
