// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Procedures that a program offers in its own router: handlers with typed parameters.

#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include <junctor/base/application_error.hpp>
#include <junctor/base/arguments.hpp>
#include <junctor/base/convert.hpp>

namespace junctor {

/// A handler in its general form: arguments in, result out. It runs on the thread of the router and must not block. An
/// `application_error` is answered as it says, any other exception with wamp.error.internal_error.
using procedure_handler = std::function<arguments(const arguments&)>;

/// Wraps a handler with typed parameters: `[](int a, int b) { return a + b; }`. A call with another number of
/// arguments, or with one that does not convert (see `conversion`), is answered with wamp.error.invalid_argument. A
/// handler that takes `const arguments&` and returns `arguments` is used as it is; one that returns `void` answers
/// without arguments.
template <class Handler>
[[nodiscard]] procedure_handler make_procedure(Handler handler)
{
    using traits = detail::signature<Handler>;
    using parameters = typename traits::parameters;

    if constexpr (std::is_convertible_v<Handler, procedure_handler> &&
                  std::is_same_v<parameters, std::tuple<arguments>>) {
        return handler;
    } else {
        return [handler = std::move(handler)](const arguments& call) mutable {
            auto typed = positional_arguments<parameters>(call.args);
            arguments answer;
            if constexpr (std::is_void_v<typename traits::result>)
                std::apply(handler, std::move(typed));
            else
                answer.args.push_back(value_from(std::apply(handler, std::move(typed))));
            return answer;
        };
    }
}

} // namespace junctor
