// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Any text as a node configuration. It is either usable or has an error, and every problem can be shown to people.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <junctor/auth/anonymous.hpp>
#include <junctor/config/load_config.hpp>

using namespace junctor;

namespace {

const module_registry& modules()
{
    static const module_registry filled = [] {
        module_registry registry;
        auth::register_anonymous(registry);
        return registry;
    }();
    return filled;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    config_context context;
    context.source_name = "config.json";
    context.base_directory = "/nonexistent"; // no file that a text names can be found
    context.environment = [](const std::string& name) {
        return name == "SET" ? std::optional<std::string>("8081") : std::nullopt;
    };
    context.modules = &modules();

    const auto loaded = load_node_config({reinterpret_cast<const char*>(data), size}, context);
    const bool has_error =
        std::any_of(loaded.problems.begin(), loaded.problems.end(),
                    [](const config_problem& problem) { return problem.severity == problem_severity::error; });
    if (loaded.usable() == has_error)
        std::abort();
    for (const auto& problem : loaded.problems) {
        if (to_string(problem).empty() || problem.text.empty())
            std::abort();
    }
    return 0;
}
