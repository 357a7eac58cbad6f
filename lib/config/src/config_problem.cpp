// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/config/config_problem.hpp>

#include <fmt/format.h>

namespace junctor {

std::string_view to_string(problem_severity severity) noexcept
{
    return severity == problem_severity::error ? "error" : "warning";
}

std::string to_string(const config_problem& problem)
{
    auto line = fmt::format("{}:{}:{}: {}: ", problem.source, problem.where.line, problem.where.column,
                            to_string(problem.severity));
    if (!problem.path.empty())
        line += problem.path + ": ";
    line += problem.text;
    if (!problem.hint.empty())
        line += fmt::format(" (hint: {})", problem.hint);
    return line;
}

} // namespace junctor
