// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "listening_socket.hpp"

#include "socket_address.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace junctor {

namespace {

/// A name in a directory under which a socket is prepared before it gets its own: "/." and up to eight digits.
constexpr std::size_t temporary_name_bytes_max = 10;

[[noreturn]] void fail(const std::string& where, const std::string& what)
{
    throw endpoint_error(where + ": " + what);
}

[[noreturn]] void fail_with(const std::string& where, const std::string& what, int error)
{
    const std::error_code cause(error, std::generic_category());
    throw endpoint_error(where + ": " + what + ": " + cause.message(), cause);
}

file_descriptor make_socket(const std::string& where, int family)
{
    file_descriptor made(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made)
        fail_with(where, "cannot make a socket", errno);
    return made;
}

void set_option(const std::string& where, const file_descriptor& socket, int level, int name, const char* text)
{
    const int on = 1;
    if (::setsockopt(socket.get(), level, name, &on, sizeof on) != 0)
        fail_with(where, std::string("cannot set ") + text, errno);
}

using address_list = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

address_list resolve(const tcp_endpoint& where)
{
    addrinfo hints{};
    hints.ai_family = where.version == ip_version::v4 ? AF_INET : AF_INET6;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const auto* const host = where.interface.empty() ? nullptr : where.interface.c_str();
    const int error = ::getaddrinfo(host, std::to_string(where.port).c_str(), &hints, &found);
    if (error != 0)
        fail(to_string(where), "no such interface for IP version " + std::to_string(static_cast<int>(where.version)) +
                                   ": " + ::gai_strerror(error));
    return {found, &::freeaddrinfo};
}

[[noreturn]] void fail_to_bind(const tcp_endpoint& where, int error)
{
    switch (error) {
    case EADDRINUSE:
        fail_with(to_string(where), "another socket listens on this port; stop it or choose another port", error);
    case EACCES: fail_with(to_string(where), "the port is for privileged processes; choose one above 1023", error);
    case EADDRNOTAVAIL: fail_with(to_string(where), "no interface of this machine has this address", error);
    default: fail_with(to_string(where), "cannot listen", error);
    }
}

void start_listening(const std::string& where, const file_descriptor& socket, int backlog)
{
    if (::listen(socket.get(), backlog) != 0)
        fail_with(where, "cannot listen", errno);
}

} // namespace

socket_file::socket_file(std::string path) : path_{std::move(path)}
{
    struct ::stat found {};
    if (::lstat(path_.c_str(), &found) != 0) {
        path_.clear();
        return;
    }
    device_ = found.st_dev;
    inode_ = found.st_ino;
}

socket_file::socket_file(socket_file&& other) noexcept
    : path_{std::exchange(other.path_, {})}, device_{other.device_}, inode_{other.inode_}
{
}

socket_file& socket_file::operator=(socket_file&& other) noexcept
{
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    return *this;
}

socket_file::~socket_file()
{
    remove();
}

int socket_file::rename(const std::string& path) noexcept
{
    if (::rename(path_.c_str(), path.c_str()) != 0)
        return errno;
    path_ = path;
    return 0;
}

void socket_file::remove() noexcept
{
    struct ::stat found {};
    if (path_.empty() || ::lstat(path_.c_str(), &found) != 0)
        return;
    // Somebody else may have put a file of the same name in its place.
    if (found.st_dev == device_ && found.st_ino == inode_)
        ::unlink(path_.c_str());
    path_.clear();
}

listening_socket listen_on(const tcp_endpoint& where)
{
    const auto name = to_string(where);
    const auto found = resolve(where);
    auto socket = make_socket(name, found->ai_family);
    set_option(name, socket, SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR");
    if (where.shared)
        set_option(name, socket, SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT");
    if (found->ai_family == AF_INET6)
        set_option(name, socket, IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY");
    if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket.get(), where.backlog) != 0)
        fail_to_bind(where, errno);

    socket_address bound;
    if (::getsockname(socket.get(), bound.data(), bound.size_to_fill()) != 0)
        fail_with(name, "has no address", errno);
    return {std::move(socket), found->ai_family, bound.text(), bound.port(), socket_file()};
}

namespace {

int bind_to(const file_descriptor& socket, const socket_address& name)
{
    return ::bind(socket.get(), name.data(), name.size()) == 0 ? 0 : errno;
}

enum class occupant { nobody, stale_socket, listening_socket, other_file, unknown };

/// What stands at the path where a socket is to be.
occupant find_occupant(const std::string& path, const socket_address& name)
{
    struct ::stat found {};
    if (::lstat(path.c_str(), &found) != 0)
        return errno == ENOENT ? occupant::nobody : occupant::unknown;
    if (!S_ISSOCK(found.st_mode))
        return occupant::other_file;
    const file_descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(probe.get(), name.data(), name.size()) == 0 || errno == EAGAIN)
        return occupant::listening_socket; // EAGAIN: its backlog is full.
    if (errno == ENOENT)
        return occupant::nobody;
    return errno == ECONNREFUSED ? occupant::stale_socket : occupant::unknown;
}

void require_free(const unix_endpoint& where, const socket_address& name)
{
    const auto label = to_string(where);
    switch (find_occupant(where.path, name)) {
    case occupant::nobody:
    case occupant::stale_socket: return;
    case occupant::listening_socket:
        fail(label, "another process listens on it; stop that process or choose another path");
    case occupant::other_file:
        fail(label, "a file that is not a socket has this name; remove it or choose another path");
    case occupant::unknown: fail_with(label, "cannot tell whether it is in use", errno);
    }
}

/// Looks `name` up in the table of users or groups; nothing if it is not there.
template <class Entry, class Lookup>
std::optional<Entry> look_up(const std::string& name, Lookup lookup)
{
    std::vector<char> texts(1024);
    Entry entry{};
    Entry* found = nullptr;
    while (lookup(name.c_str(), &entry, texts.data(), texts.size(), &found) == ERANGE)
        texts.resize(texts.size() * 2);
    if (found == nullptr)
        return std::nullopt;
    return entry;
}

void set_owner(const unix_endpoint& where, const std::string& path)
{
    auto user = static_cast<uid_t>(-1); // Which chown leaves as it is.
    auto group = static_cast<gid_t>(-1);
    if (!where.user.empty()) {
        const auto entry = look_up<passwd>(where.user, &::getpwnam_r);
        if (!entry)
            fail(to_string(where), "there is no user \"" + where.user + "\"");
        user = entry->pw_uid;
    }
    if (!where.group.empty()) {
        const auto entry = look_up<::group>(where.group, &::getgrnam_r);
        if (!entry)
            fail(to_string(where), "there is no group \"" + where.group + "\"");
        group = entry->gr_gid;
    }
    if (::chown(path.c_str(), user, group) != 0)
        fail_with(to_string(where), "cannot change its owner", errno);
}

/// Binds to a name that nobody knows in the directory of `where`.
socket_file bind_beside(const unix_endpoint& where, const file_descriptor& socket, std::string& path)
{
    static std::atomic<unsigned> counter{0};
    const auto directory = where.path.substr(0, where.path.rfind('/') + 1);
    const auto first = static_cast<unsigned>(::getpid()) * 64u;
    for (unsigned attempt = 0; attempt < 64; ++attempt) {
        path = directory + "." + std::to_string((first + counter++) % 100'000'000u);
        const auto name = socket_address::of_unix(path);
        if (!name)
            fail(to_string(where), "the path of its directory is too long: at most " +
                                       std::to_string(socket_address::unix_path_bytes_max - temporary_name_bytes_max) +
                                       " bytes");
        const int error = bind_to(socket, *name);
        if (error == 0)
            return socket_file(path);
        if (error != EADDRINUSE)
            fail_with(to_string(where), "cannot make a socket in this directory", error);
    }
    fail(to_string(where), "cannot find a free name for a temporary file in this directory");
}

} // namespace

listening_socket listen_on(const unix_endpoint& where)
{
    const auto label = to_string(where);
    if (where.path.empty() || where.path == "@")
        fail("unix", "the path is empty");
    const auto name = socket_address::of_unix(where.path);
    if (!name)
        fail(label, "the path is too long: at most " + std::to_string(socket_address::unix_path_bytes_max) + " bytes");

    auto socket = make_socket(label, AF_UNIX);
    if (where.path.starts_with('@')) {
        const int error = bind_to(socket, *name);
        if (error == EADDRINUSE)
            fail_with(label, "another process listens on it; stop that process or choose another name", error);
        if (error != 0)
            fail_with(label, "cannot listen", error);
        start_listening(label, socket, where.backlog);
        return {std::move(socket), AF_UNIX, label, 0, socket_file()};
    }

    require_free(where, *name);
    std::string temporary;
    auto file = bind_beside(where, socket, temporary);
    if (where.mode && ::chmod(temporary.c_str(), *where.mode) != 0)
        fail_with(label, "cannot change its mode", errno);
    if (!where.user.empty() || !where.group.empty())
        set_owner(where, temporary);
    start_listening(label, socket, where.backlog);
    // Only now can clients find it, with everything in place; a stale file goes in the same step.
    if (const int error = file.rename(where.path); error != 0)
        fail_with(label, "cannot put the socket in place", error);
    return {std::move(socket), AF_UNIX, label, 0, std::move(file)};
}

} // namespace junctor
