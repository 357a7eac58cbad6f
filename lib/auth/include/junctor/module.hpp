// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// All that is needed to write a module: the contract, and the macro that makes a module of a shared object.

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/authorizer.hpp>
#include <junctor/auth/component_class.hpp>
#include <junctor/auth/module_abi.hpp>
#include <junctor/auth/module_options.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principal_source.hpp>
#include <junctor/auth/principals.hpp>
#include <junctor/auth/secret.hpp>
#include <junctor/session/event_store.hpp>

/// Makes a module of the shared object whose source has this line, once and outside of all namespaces:
///
///     JUNCTOR_MODULE(register_pin)
///
/// `function` takes a `junctor::module_registry&` and adds to it what the module has. It is called once, before the
/// router runs; what it throws is reported, and then nothing is added. The shared object is never unloaded.
///
/// The names of the two symbols that this defines have a number for the case that they ever must be called otherwise.
#define JUNCTOR_MODULE(function)                                                                                       \
    extern "C" [[gnu::visibility("default")]] const char* junctor_module_abi_v1()                                      \
    {                                                                                                                  \
        return junctor::module_abi;                                                                                    \
    }                                                                                                                  \
    extern "C" [[gnu::visibility("default")]] void junctor_module_register_v1(junctor::module_registry& registry)      \
    {                                                                                                                  \
        function(registry);                                                                                            \
    }
