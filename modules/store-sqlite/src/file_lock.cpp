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

std::runtime_error not_usable(std::string_view path, int cause)
{
    return std::runtime_error(
        fmt::format("the event store '{}' cannot be opened: {}", path, std::generic_category().message(cause)));
}

int open_private(const std::string& path)
{
    const int opened = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
    if (opened < 0)
        throw not_usable(path, errno);
    return opened;
}

} // namespace

file_lock::file_lock(const std::string& path) : descriptor_{open_private(path + ".lock")}
{
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0)
        return;
    const int cause = errno;
    close(descriptor_);
    if (cause != EWOULDBLOCK)
        throw not_usable(path, cause);
    throw std::runtime_error(fmt::format("the event store '{}' is in use by another process, or by another realm: give "
                                         "each realm a file of its own",
                                         path));
}

file_lock::~file_lock()
{
    close(descriptor_);
}

void make_private_file(const std::string& path)
{
    close(open_private(path)); // Nobody has locked anything in it yet.
}

} // namespace junctor::store
