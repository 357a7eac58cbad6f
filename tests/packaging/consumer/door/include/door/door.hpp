// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "door" of somebody who uses the installed package: built in here, and a shared object for others.

#include <junctor/auth/module_registry.hpp>

namespace door {

/// Adds "door", which lets nobody in.
void add_door(junctor::module_registry& registry);

} // namespace door
