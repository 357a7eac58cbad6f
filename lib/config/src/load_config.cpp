// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/config/load_config.hpp>

#include <algorithm>
#include <cassert>

#include "readers.hpp"

namespace junctor {

bool config_result::usable() const noexcept
{
    return std::none_of(problems.begin(), problems.end(),
                        [](const config_problem& p) { return p.severity == problem_severity::error; });
}

config_result load_node_config(std::string_view text, const config_context& context)
{
    assert(context.environment && context.modules != nullptr);
    problem_list problems(context.source_name);
    config_result result;
    const auto parsed = parse_json(text);
    if (const auto* const flaw = std::get_if<json_flaw>(&parsed)) {
        problems.add(problem_severity::error, flaw->where, "", flaw->text, flaw->hint);
    } else {
        const auto& document = std::get<json_node>(parsed);
        result.fixed = fixed_settings(document);
        config_reading reading{context, problems};
        result.config = read_node({&document, ""}, reading);
    }
    result.problems = problems.take_sorted();
    return result;
}

} // namespace junctor
