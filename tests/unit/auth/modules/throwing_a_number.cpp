// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A module that throws what is no exception of the standard library.

#include <junctor/module.hpp>

namespace {

void register_and_throw(junctor::module_registry&)
{
    throw 42;
}

} // namespace

JUNCTOR_MODULE(register_and_throw)
