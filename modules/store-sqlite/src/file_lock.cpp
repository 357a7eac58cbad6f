// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "file_lock.hpp"

#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace junctor::store {

namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

std::runtime_error not_usable(std::string_view path, const file_user& user, int cause)
{
    return std::runtime_error(
        fmt::format("the {} '{}' cannot be opened: {}", user.kind, path, std::generic_category().message(cause)));
}

int open_private(const std::string& path, const file_user& user)
{
    const int opened = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
    if (opened < 0)
        throw not_usable(path, user, errno);
    return opened;
}

} // namespace

file_lock::file_lock(const std::string& path, const file_user& user) : descriptor_{open_private(path + ".lock", user)}
{
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0)
        return;
    const int cause = errno;
    close(descriptor_);
    if (cause != EWOULDBLOCK)
        throw not_usable(path, user, cause);
    throw std::runtime_error(
        fmt::format("the {} '{}' is in use by another process, or by another {}: give each {} a file of its own",
                    user.kind, path, user.each, user.each));
}

file_lock::~file_lock()
{
    close(descriptor_);
}

void make_private_file(const std::string& path, const file_user& user)
{
    close(open_private(path, user)); // Nobody has locked anything in it yet.
}

} // namespace junctor::store
