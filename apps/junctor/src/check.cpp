// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>

#include <fmt/format.h>

#include "commands.hpp"
#include "config_source.hpp"

namespace junctor {

exit_code check(const command_line& line)
{
    config_source source(line, built_in_modules());
    const auto result = source.load().result;
    print_problems(result);
    const auto errors =
        std::count_if(result.problems.begin(), result.problems.end(),
                      [](const config_problem& problem) { return problem.severity == problem_severity::error; });
    const auto warnings = static_cast<std::ptrdiff_t>(result.problems.size()) - errors;
    fmt::print("{}: {} error{}, {} warning{}\n", source.name(), errors, errors == 1 ? "" : "s", warnings,
               warnings == 1 ? "" : "s");
    return result.usable() ? exit_ok : exit_bad_config;
}

} // namespace junctor
