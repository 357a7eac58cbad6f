// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Handlers of calls and events: from functions with typed parameters to one general form.

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/arguments.hpp>
#include <junctor/client/incoming.hpp>

namespace junctor::client {

/// Answers a call at once, or by a coroutine. It runs on the thread of the session. An `application_error` is answered
/// as it says, any other exception with wamp.error.internal_error and a line in the log.
using call_handler =
    std::variant<std::function<arguments(incoming_call)>, std::function<awaitable<arguments>(incoming_call)>>;

/// Takes an event, likewise. What it throws goes to the log.
using event_handler =
    std::variant<std::function<void(const incoming_event&)>, std::function<awaitable<void>(incoming_event)>>;

namespace detail {

template <class T>
struct awaited {
    using type = T;
    static constexpr bool waits = false;
};
template <class T>
struct awaited<awaitable<T>> {
    using type = T;
    static constexpr bool waits = true;
};

/// The parameters of a handler: first, if it wants it, what is known of the call or event, then the arguments.
template <class Known, class Parameters>
struct parameters_of {
    using args = Parameters;

    static args make(const Known&, const arguments& content) { return positional_arguments<args>(content.args); }
};
template <class Known>
struct parameters_of<Known, std::tuple<arguments>> {
    static std::tuple<arguments> make(const Known&, const arguments& content) { return {content}; }
};
template <class Known, class... Rest>
struct parameters_of<Known, std::tuple<Known, Rest...>> {
    static std::tuple<Known, Rest...> make(const Known& known, const arguments& content)
    {
        return std::tuple_cat(std::tuple<Known>(known),
                              parameters_of<Known, std::tuple<Rest...>>::make(known, content));
    }
};
template <class Known>
struct parameters_of<Known, std::tuple<Known>> {
    static std::tuple<Known> make(const Known& known, const arguments&) { return {known}; }
};

template <class Known, class Handler>
auto parameters_for(const Known& known, const arguments& content)
{
    return parameters_of<Known, typename junctor::detail::signature<Handler>::parameters>::make(known, content);
}

inline arguments answer_of(arguments result)
{
    return result;
}

template <class... Elements>
arguments answer_of(std::tuple<Elements...> result)
{
    return std::apply([](auto&... each) { return make_arguments(std::move(each)...); }, result);
}

template <class T>
arguments answer_of(T result)
{
    return make_arguments(std::move(result));
}

/// Lets `handler`, a coroutine, answer `call`. Both are kept until it has.
template <class Handler>
awaitable<arguments> answer_by(std::shared_ptr<Handler> handler, incoming_call call)
{
    using result = typename awaited<typename junctor::detail::signature<Handler>::result>::type;
    auto parameters = parameters_for<incoming_call, Handler>(call, call.content());
    auto running = std::apply(*handler, std::move(parameters));
    if constexpr (std::is_void_v<result>) {
        co_await std::move(running);
        co_return arguments();
    } else {
        auto given = co_await std::move(running);
        co_return answer_of(std::move(given));
    }
}

/// Lets `handler`, a coroutine, take `event`. Both are kept until it has.
template <class Handler>
awaitable<void> take_by(std::shared_ptr<Handler> handler, incoming_event event)
{
    auto parameters = parameters_for<incoming_event, Handler>(event, event.content);
    auto running = std::apply(*handler, std::move(parameters));
    co_await std::move(running);
}

} // namespace detail

/// Wraps a function that answers calls: `[](int a, int b) { return a + b; }`, or a coroutine with such parameters,
/// which it had better take by value. Its first parameter may be `incoming_call`; a single parameter `arguments` stands
/// for all arguments, and a result `arguments` for all of a result, a tuple for several positional ones. A call whose
/// arguments do not fit is answered with wamp.error.invalid_argument.
template <class Handler>
[[nodiscard]] call_handler make_call_handler(Handler handler)
{
    using result = typename junctor::detail::signature<Handler>::result;
    if constexpr (detail::awaited<result>::waits) {
        return std::function<awaitable<arguments>(incoming_call)>(
            [kept = std::make_shared<Handler>(std::move(handler))](incoming_call call) {
                return detail::answer_by<Handler>(kept, std::move(call));
            });
    } else {
        return std::function<arguments(incoming_call)>(
            [handler = std::move(handler)](const incoming_call& call) mutable {
                auto parameters = detail::parameters_for<incoming_call, Handler>(call, call.content());
                if constexpr (std::is_void_v<result>) {
                    std::apply(handler, std::move(parameters));
                    return arguments();
                } else {
                    return detail::answer_of(std::apply(handler, std::move(parameters)));
                }
            });
    }
}

/// Wraps a function that takes events, likewise; its first parameter may be `incoming_event`. An event whose arguments
/// do not fit is passed over, with a line in the log.
template <class Handler>
[[nodiscard]] event_handler make_event_handler(Handler handler)
{
    using result = typename junctor::detail::signature<Handler>::result;
    if constexpr (detail::awaited<result>::waits) {
        return std::function<awaitable<void>(incoming_event)>(
            [kept = std::make_shared<Handler>(std::move(handler))](incoming_event event) {
                return detail::take_by<Handler>(kept, std::move(event));
            });
    } else {
        return std::function<void(const incoming_event&)>(
            [handler = std::move(handler)](const incoming_event& event) mutable {
                std::apply(handler, detail::parameters_for<incoming_event, Handler>(event, event.content));
            });
    }
}

} // namespace junctor::client
