// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "json_client.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int connect_unix(std::string_view path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        fail("connect");
    return socket;
}

int connect_tcp(std::string_view host_and_port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(std::string(host_and_port.substr(host_and_port.rfind(':') + 1)))));
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        fail("connect");
    return socket;
}

} // namespace

json_client::json_client(std::string_view url)
{
    constexpr std::string_view unix_prefix = "rs://unix:";
    socket_ = url.starts_with(unix_prefix) ? connect_unix(url.substr(unix_prefix.size())) : connect_tcp(url);
    const timeval ten_seconds{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &ten_seconds, sizeof(ten_seconds));

    constexpr std::array<char, 4> handshake{0x7F, static_cast<char>(0xF1), 0, 0};
    std::array<char, 4> answer{};
    if (::send(socket_, handshake.data(), handshake.size(), MSG_NOSIGNAL) != 4 || !read(answer.data(), answer.size()) ||
        answer[0] != 0x7F || (answer[1] & 0x0F) != 1)
        throw std::runtime_error("the RawSocket handshake failed");
}

json_client::~json_client()
{
    ::close(socket_);
}

void json_client::send(std::string_view json)
{
    std::string frame;
    for (const int shift : {24, 16, 8, 0})
        frame += static_cast<char>((json.size() >> shift) & 0xFF);
    frame += json;
    if (::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size()))
        fail("send");
}

std::string json_client::receive()
{
    std::array<char, 4> header{};
    if (!read(header.data(), header.size()))
        return "closed";
    std::size_t length = 0;
    for (const char octet : header)
        length = length << 8 | static_cast<unsigned char>(octet);
    std::string json(length, '\0');
    return read(json.data(), length) ? json : "closed";
}

std::string json_client::hello(std::string_view realm, std::string_view details)
{
    std::string json = "[1,\"";
    json += realm;
    json += R"(",{"roles":{"caller":{},"callee":{},"publisher":{},"subscriber":{}})";
    if (!details.empty())
        (json += ',') += details;
    return ask(json + "}]");
}

bool json_client::read(char* target, std::size_t count)
{
    while (count != 0) {
        const auto got = ::recv(socket_, target, count, 0);
        if (got == 0 || (got < 0 && errno == ECONNRESET))
            return false;
        if (got < 0)
            fail("recv");
        target += got;
        count -= static_cast<std::size_t>(got);
    }
    return true;
}
