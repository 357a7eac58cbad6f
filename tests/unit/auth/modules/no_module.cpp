// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A shared object of somebody else.

extern "C" [[gnu::visibility("default")]] int answer()
{
    return 42;
}
