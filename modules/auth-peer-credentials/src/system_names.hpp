// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Names of the users and groups of this system.

#include <optional>
#include <string>

#include <sys/types.h>

namespace junctor::auth {

/// The number of the user of that name, or nothing if there is none or the system cannot tell. May wait for the
/// network.
[[nodiscard]] std::optional<uid_t> uid_of(const std::string& user);

/// The same for groups.
[[nodiscard]] std::optional<gid_t> gid_of(const std::string& group);

} // namespace junctor::auth
