// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A module that throws when it is to add what it has, after it has added a part of it.

#include <stdexcept>

#include <junctor/module.hpp>

namespace {

void register_and_throw(junctor::module_registry& registry)
{
    registry.add_authenticator("half", [](junctor::module_options&) { return nullptr; });
    throw std::runtime_error("no licence was found");
}

} // namespace

JUNCTOR_MODULE(register_and_throw)
