// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The arguments of calls, results and events as C++ values, and handlers with typed parameters.

#include <cstddef>
#include <iterator>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <junctor/base/application_error.hpp>
#include <junctor/base/convert.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// Positional and keyword arguments: of a call, of its result, or of an event.
struct arguments {
    list args;
    dict kwargs;
};

/// A keyword argument; see `kw`.
class keyword_argument {
public:
    keyword_argument(std::string name, value content) : name_{std::move(name)}, content_{std::move(content)} {}

    /// Adds it to `to`, in place of another one of that name.
    void add_to(dict& to) && { to.set(name_, std::move(content_)); }

private:
    std::string name_;
    value content_;
};

/// The keyword argument `name`, among the arguments of a call or an event: `call<int>(uri, 2, 3, kw("verbose", true))`.
template <class T>
[[nodiscard]] keyword_argument kw(std::string name, T&& content)
{
    return {std::move(name), value_from(std::forward<T>(content))};
}

namespace detail {

inline void add_arguments(arguments& to, arguments content)
{
    to.args.insert(to.args.end(), std::make_move_iterator(content.args.begin()),
                   std::make_move_iterator(content.args.end()));
    for (const auto& [name, each] : content.kwargs)
        to.kwargs.set(name, each);
}

template <class T>
void add_argument(arguments& to, T&& content)
{
    if constexpr (std::is_same_v<std::decay_t<T>, keyword_argument>)
        std::move(content).add_to(to.kwargs);
    else if constexpr (std::is_same_v<std::decay_t<T>, arguments>)
        add_arguments(to, std::forward<T>(content));
    else
        to.args.push_back(value_from(std::forward<T>(content)));
}

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

[[noreturn]] void throw_wrong_kind(const list& args, std::size_t index);
[[noreturn]] void throw_wrong_number(std::size_t expected, std::size_t given);

template <class T>
T positional_argument(const list& args, std::size_t index)
{
    auto converted = value_to<T>(args[index]);
    if (!converted)
        throw_wrong_kind(args, index);
    return std::move(*converted);
}

template <class Parameters, std::size_t... Index>
Parameters positional_arguments(const list& args, std::index_sequence<Index...>)
{
    if (args.size() != sizeof...(Index))
        throw_wrong_number(sizeof...(Index), args.size());
    return Parameters{positional_argument<std::tuple_element_t<Index, Parameters>>(args, Index)...};
}

template <class T>
inline constexpr bool is_tuple = false;
template <class... Elements>
inline constexpr bool is_tuple<std::tuple<Elements...>> = true;

} // namespace detail

/// The arguments that `content` makes: those made by `kw` are keyword arguments, an `arguments` stands for all
/// that is in it, all others are positional ones.
template <class... Contents>
[[nodiscard]] arguments make_arguments(Contents&&... content)
{
    arguments made;
    (detail::add_argument(made, std::forward<Contents>(content)), ...);
    return made;
}

/// Positional arguments as the elements of the tuple `Parameters`. Throws `application_error` with
/// `errc::invalid_argument` if their number is another one, or if one of them does not convert (see `conversion`).
template <class Parameters>
[[nodiscard]] Parameters positional_arguments(const list& args)
{
    return detail::positional_arguments<Parameters>(args, std::make_index_sequence<std::tuple_size_v<Parameters>>());
}

/// A result as a `T`: `arguments` for all of it, `void` for nothing, a tuple for as many positional arguments, anything
/// else for the first one, or null if there is none. Throws `application_error` with `errc::invalid_argument` if it
/// does not convert.
template <class T>
[[nodiscard]] T result_as(arguments result)
{
    if constexpr (std::is_same_v<T, arguments>) {
        return result;
    } else if constexpr (detail::is_tuple<T>) {
        return positional_arguments<T>(result.args);
    } else if constexpr (!std::is_void_v<T>) {
        if (result.args.empty())
            result.args.emplace_back();
        return detail::positional_argument<T>(result.args, 0);
    }
}

} // namespace junctor
