// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Modules from shared objects.

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <junctor/auth/module_registry.hpp>

namespace junctor {

/// Thrown if a file cannot be loaded as a module. The text names the file and is for people.
class module_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A module that was loaded, and what it has added.
struct loaded_module {
    std::filesystem::path file;
    std::vector<std::string> authmethods;
    std::vector<std::string> authorizers;       ///< Types of authorizers.
    std::vector<std::string> principal_sources; ///< Types of sources of principals.
    std::vector<std::string> event_stores;      ///< Types of event stores.
    std::vector<std::string> components;        ///< Names of classes of components.
};

/// Loads the shared object `file`, which was made a module by the macro `JUNCTOR_MODULE`, and lets it add what it has
/// to `into`. The process runs its code from then on: it is never unloaded, since authenticators may live as long as
/// the process. To be called before there are other threads that use `into`.
///
/// Throws `module_error`, and leaves `into` as it was, if `file`
/// - is not an absolute path, or there is no such file;
/// - can be written by others than its owner, who then could run code here;
/// - is no shared object, or no module;
/// - was compiled for another version of Junctor, or with something else that does not fit (see `module_abi`);
/// - throws when it is to add what it has, or adds a name that is taken.
loaded_module load_module(const std::filesystem::path& file, module_registry& into);

} // namespace junctor
