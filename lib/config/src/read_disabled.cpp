// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<named<bool>, 9> switch_words{{{"true", true},
                                                   {"yes", true},
                                                   {"on", true},
                                                   {"1", true},
                                                   {"false", false},
                                                   {"no", false},
                                                   {"off", false},
                                                   {"0", false},
                                                   {"", false}}};

} // namespace

bool read_disabled(const config_item& item, config_reading& reading)
{
    if (kind_of(*item.node) != "string")
        return read_boolean(item, reading.problems).value_or(false);
    const auto& text = std::get<std::string>(item.node->content);
    const auto variable = variable_name(text);
    if (!variable) {
        reading.problems.error(item, "must be true, false or a variable such as \"${NAME}\"");
        return false;
    }
    const auto content = reading.context.environment(*variable);
    if (!content) {
        reading.problems.warning(
            item, fmt::format("the environment variable '{}' is not set: the worker is enabled", *variable));
        return false;
    }
    for (const auto& [word, meaning] : switch_words) {
        if (word == *content)
            return meaning;
    }
    reading.problems.error(item, fmt::format("the environment variable '{}' is neither true nor false", *variable));
    return false;
}

} // namespace junctor
