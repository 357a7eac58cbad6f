// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A module for another version. It must not be asked to add anything.

#include <cstdlib>

namespace junctor {
class module_registry;
}

extern "C" [[gnu::visibility("default")]] const char* junctor_module_abi_v1()
{
    return "Junctor 99.1.0 (contract 7)";
}

extern "C" [[gnu::visibility("default")]] void junctor_module_register_v1(junctor::module_registry&)
{
    std::abort();
}
