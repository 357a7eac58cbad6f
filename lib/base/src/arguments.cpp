// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/arguments.hpp>

namespace junctor::detail {

void throw_wrong_kind(const list& args, std::size_t index)
{
    throw application_error(errc::invalid_argument, "argument " + std::to_string(index + 1) + " cannot be a " +
                                                        std::string(args[index].kind()));
}

void throw_wrong_number(std::size_t expected, std::size_t given)
{
    throw application_error(errc::invalid_argument,
                            std::to_string(expected) + " arguments expected, " + std::to_string(given) + " given");
}

} // namespace junctor::detail
