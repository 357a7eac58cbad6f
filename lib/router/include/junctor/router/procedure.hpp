// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Procedures that a program offers in its own router: handlers with typed parameters, and the errors they answer with.

#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include <junctor/base/convert.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// Thrown by a handler to answer a call with ERROR.
class application_error : public std::runtime_error {
public:
    /// `uri` becomes the error's URI, `args` and `kwargs` its payload; without arguments the URI alone is sent.
    explicit application_error(std::string uri, list args = {}, dict kwargs = {})
        : std::runtime_error(uri),
          uri_{std::move(uri)},
          args_(std::move(args)), // braces would make a list that holds the list
          kwargs_{std::move(kwargs)}
    {
    }

    [[nodiscard]] const std::string& uri() const noexcept { return uri_; }
    [[nodiscard]] const list& args() const noexcept { return args_; }
    [[nodiscard]] const dict& kwargs() const noexcept { return kwargs_; }

private:
    std::string uri_;
    list args_;
    dict kwargs_;
};

/// Positional and keyword arguments, of a call or of its result.
struct arguments {
    list args;
    dict kwargs;
};

/// A handler in its general form: arguments in, result out. It runs on the thread of the router and must not block. An
/// `application_error` is answered as it says, any other exception with wamp.error.internal_error.
using procedure_handler = std::function<arguments(const arguments&)>;

namespace detail {

template <class Function>
struct signature : signature<decltype(&Function::operator())> {
};

template <class Result, class... Parameters>
struct signature<Result (*)(Parameters...)> {
    using result = Result;
    using parameters = std::tuple<std::decay_t<Parameters>...>;
};

template <class Result, class Owner, class... Parameters>
struct signature<Result (Owner::*)(Parameters...)> : signature<Result (*)(Parameters...)> {
};

template <class Result, class Owner, class... Parameters>
struct signature<Result (Owner::*)(Parameters...) const> : signature<Result (*)(Parameters...)> {
};

template <class T>
T positional_argument(const list& args, std::size_t index)
{
    auto converted = value_to<T>(args[index]);
    if (!converted)
        throw application_error(std::string(uri_of(errc::invalid_argument)),
                                {fmt::format("argument {} cannot be a {}", index + 1, args[index].kind())});
    return std::move(*converted);
}

template <class Parameters, std::size_t... Index>
Parameters positional_arguments(const list& args, std::index_sequence<Index...>)
{
    if (args.size() != sizeof...(Index))
        throw application_error(std::string(uri_of(errc::invalid_argument)),
                                {fmt::format("{} arguments expected, {} given", sizeof...(Index), args.size())});
    return Parameters{positional_argument<std::tuple_element_t<Index, Parameters>>(args, Index)...};
}

} // namespace detail

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
            auto typed = detail::positional_arguments<parameters>(
                call.args, std::make_index_sequence<std::tuple_size_v<parameters>>());
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
