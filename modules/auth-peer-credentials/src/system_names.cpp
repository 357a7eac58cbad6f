// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "system_names.hpp"

#include <cerrno>
#include <cstddef>
#include <vector>

#include <grp.h>
#include <pwd.h>

namespace junctor::auth {

namespace {

/// Groups list their members: there may be thousands.
constexpr std::size_t entry_bytes_max = std::size_t{4} << 20;

/// Calls `get` (getpwnam_r or getgrnam_r) with as much room as it wants, and gives `member` of what it finds.
template <class Entry, class Get, class Id>
std::optional<Id> look_up(Get get, Id Entry::*member, const std::string& name)
{
    Entry entry{};
    Entry* found = nullptr;
    int failure = ERANGE;
    for (std::size_t size = 4096; failure == ERANGE && size <= entry_bytes_max; size *= 4) {
        std::vector<char> room(size);
        failure = get(name.c_str(), &entry, room.data(), room.size(), &found);
    }
    return found != nullptr ? std::optional<Id>(entry.*member) : std::nullopt;
}

} // namespace

std::optional<uid_t> uid_of(const std::string& user)
{
    return look_up(&::getpwnam_r, &passwd::pw_uid, user);
}

std::optional<gid_t> gid_of(const std::string& group)
{
    return look_up(&::getgrnam_r, &group::gr_gid, group);
}

} // namespace junctor::auth
