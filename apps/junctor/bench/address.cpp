// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "address.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {

failure system_failure(const std::string& what, int error_number)
{
    return failure(fmt::format("{}: {}", what, std::generic_category().message(error_number)));
}

namespace {

constexpr int backlog = 4096;

void resolve_unix(address& to, std::string_view path)
{
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof name.sun_path)
        throw bad_options(fmt::format("{}: the path is empty or too long", to.url));
    std::memcpy(name.sun_path, path.data(), path.size());
    to.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
    if (path.front() == '@') { // A name that is no file begins with NUL and has no end but its size.
        name.sun_path[0] = '\0';
        --to.size;
    }
    std::memcpy(&to.where, &name, sizeof name);
}

void resolve_tcp(address& to, std::string_view host_and_port)
{
    const auto colon = host_and_port.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == host_and_port.size() || colon == 0)
        throw bad_options(fmt::format("{}: host and port are wanted", to.url));
    auto host = host_and_port.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    to.host = host;
    const std::string port(host_and_port.substr(colon + 1));

    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(to.host.c_str(), port.c_str(), &hints, &found); error != 0)
        throw failure(fmt::format("{}: {}", to.url, gai_strerror(error)));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    std::memcpy(&to.where, found->ai_addr, found->ai_addrlen);
    to.size = found->ai_addrlen;
}

struct scheme {
    std::string_view prefix;
    bool websocket;
    bool tls;
};

constexpr std::array<scheme, 4> schemes{
    {{"rs://", false, false}, {"rss://", false, true}, {"ws://", true, false}, {"wss://", true, true}}};

/// Notes what a WebSocket URL says besides `host:port`, and returns that.
std::string_view cut_path(address& to, std::string_view rest)
{
    const auto host_and_port = rest.substr(0, rest.find('/'));
    if (host_and_port.size() != rest.size())
        to.path = rest.substr(host_and_port.size());
    to.authority = host_and_port;
    return host_and_port;
}

/// A socket for `target`, which still blocks.
file_descriptor open_socket(const address& target)
{
    file_descriptor made(socket(target.where.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (made.get() < 0)
        throw system_failure(target.url, errno);
    return made;
}

const sockaddr* generic(const address& target) noexcept
{
    return reinterpret_cast<const sockaddr*>(&target.where);
}

} // namespace

address resolve(std::string_view url)
{
    constexpr std::string_view unix_prefix = "unix:";
    const auto* const found = std::find_if(schemes.begin(), schemes.end(),
                                           [&](const scheme& known) { return url.starts_with(known.prefix); });
    if (found == schemes.end())
        throw bad_options(fmt::format("{}: no such kind of address; rs://, rss://, ws:// and wss:// are known", url));
    address to;
    to.url = url;
    to.tls = found->tls;
    to.websocket = found->websocket;
    auto rest = url.substr(found->prefix.size());
    if (rest.starts_with(unix_prefix)) {
        resolve_unix(to, rest.substr(unix_prefix.size()));
        return to;
    }
    if (to.websocket)
        rest = cut_path(to, rest);
    resolve_tcp(to, rest);
    return to;
}

file_descriptor::file_descriptor(file_descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}

file_descriptor& file_descriptor::operator=(file_descriptor&& other) noexcept
{
    std::swap(number_, other.number_);
    return *this;
}

file_descriptor::~file_descriptor()
{
    if (number_ >= 0)
        close(number_);
}

file_descriptor connect_to(const address& target)
{
    auto made = open_socket(target);
    const timeval bound{.tv_sec = patience.count(), .tv_usec = 0};
    setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound); // It is what bounds connect().
    if (connect(made.get(), generic(target), target.size) != 0)
        throw system_failure("cannot connect to " + target.url, errno);
    make_prompt(made.get());
    return made;
}

file_descriptor listen_on(const address& local)
{
    auto made = open_socket(local);
    const int yes = 1;
    setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (local.where.ss_family == AF_UNIX)
        unlink(reinterpret_cast<const sockaddr_un*>(&local.where)->sun_path);
    if (bind(made.get(), generic(local), local.size) != 0 || listen(made.get(), backlog) != 0)
        throw system_failure("cannot listen on " + local.url, errno);
    make_prompt(made.get());
    return made;
}

void make_prompt(int socket)
{
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); // Fails for Unix domain sockets, which need none.
    if (fcntl(socket, F_SETFL, O_NONBLOCK) != 0)
        throw system_failure("cannot make a socket not block", errno);
}

std::string url_of(int socket)
{
    sockaddr_storage where{};
    socklen_t size = sizeof where;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&where), &size) != 0)
        throw system_failure("getsockname", errno);
    if (where.ss_family == AF_UNIX)
        return fmt::format("rs://unix:{}", reinterpret_cast<const sockaddr_un*>(&where)->sun_path);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (where.ss_family == AF_INET6) {
        const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&where);
        inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
        return fmt::format("rs://[{}]:{}", text.data(), ntohs(v6->sin6_port));
    }
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&where);
    inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    return fmt::format("rs://{}:{}", text.data(), ntohs(v4->sin_port));
}

void raise_open_files_limit() noexcept
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace junctor::bench
