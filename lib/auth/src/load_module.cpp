// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/load_module.hpp>

#include <string_view>
#include <system_error>
#include <utility>

#include <dlfcn.h>

#include <fmt/format.h>

#include <junctor/auth/module_abi.hpp>

namespace junctor {

namespace {

namespace fs = std::filesystem;

using abi_function = const char*();
using register_function = void(module_registry& registry);

constexpr auto abi_symbol = "junctor_module_abi_v1";
constexpr auto register_symbol = "junctor_module_register_v1";

/// Its functions, which stay valid as long as the process.
struct module_functions {
    abi_function* abi;
    register_function* add;
};

void check_file(const fs::path& file)
{
    constexpr auto writable_by_others = fs::perms::group_write | fs::perms::others_write;
    if (!file.is_absolute())
        throw module_error(fmt::format("the path '{}' of a module is not absolute", file.string()));
    std::error_code error;
    const auto status = fs::status(file, error);
    if (status.type() == fs::file_type::none)
        throw module_error(fmt::format("the file '{}' cannot be looked at: {}", file.string(), error.message()));
    if (status.type() != fs::file_type::regular)
        throw module_error(fmt::format("there is no file '{}'", file.string()));
    if ((status.permissions() & writable_by_others) != fs::perms::none)
        throw module_error(fmt::format("the file '{}' can be written by others than its owner, who could run any code "
                                       "in the router: take that right from them (chmod go-w)",
                                       file.string()));
}

void* find_symbol(const fs::path& file, void* object, const char* name)
{
    auto* const found = dlsym(object, name);
    if (found == nullptr)
        throw module_error(fmt::format("'{}' is not a module of Junctor: it has no function {}", file.string(), name));
    return found;
}

module_functions open(const fs::path& file)
{
    // What it shares with the program by name must not be taken by others that are loaded later, and all that it lacks
    // must be found missing now.
    auto* const object = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (object == nullptr)
        throw module_error(fmt::format("'{}' cannot be loaded: {}", file.string(), dlerror()));
    return {reinterpret_cast<abi_function*>(find_symbol(file, object, abi_symbol)),
            reinterpret_cast<register_function*>(find_symbol(file, object, register_symbol))};
}

module_error not_added(const fs::path& file, std::string_view cause)
{
    return module_error(fmt::format("the module '{}' cannot be added: {}", file.string(), cause));
}

} // namespace

loaded_module load_module(const std::filesystem::path& file, module_registry& into)
{
    check_file(file);
    const auto functions = open(file);
    if (const std::string_view built_for = functions.abi(); built_for != module_abi)
        throw module_error(
            fmt::format("the module '{}' is built for {}, this is {}", file.string(), built_for, module_abi));
    try {
        module_registry own;
        functions.add(own);
        loaded_module loaded{
            file, own.authmethods(), own.authorizers(), own.principal_sources(), own.event_stores(), own.components()};
        into.add(std::move(own));
        return loaded;
    } catch (const std::exception& error) {
        throw not_added(file, error.what());
    } catch (...) { // Anybody's code may throw anything.
        throw not_added(file, "it threw what is no std::exception");
    }
}

} // namespace junctor
