// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The environment that a guest is executed with.

#include <string>
#include <vector>

#include <junctor/config/guest_config.hpp>

namespace junctor {

/// NAME=VALUE for each variable that a guest gets, none of them twice. `inherited` are those of this process, as
/// `environ` has them. Unless anything sets PYTHONUNBUFFERED, it is 1, as with Crossbar.io: programs in Python then
/// write each line when it is complete, though not to a terminal.
[[nodiscard]] std::vector<std::string> make_environment(const guest_environment& wanted, const char* const* inherited);

} // namespace junctor
