// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The exception that is an ERROR: thrown by handlers to answer with one, and to callers who are answered with one.

#include <stdexcept>
#include <string>
#include <utility>

#include <junctor/base/errc.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// Thrown by a handler, it answers the call with ERROR. Thrown to whoever made a request, it is the ERROR that answered
/// it. `what()` is the URI, with the first argument behind it if that is a text.
class application_error : public std::runtime_error {
public:
    /// `uri` becomes the error's URI, `args` and `kwargs` its payload; without arguments the URI alone is sent.
    explicit application_error(std::string uri, list args = {}, dict kwargs = {})
        : std::runtime_error(described(uri, args)),
          uri_{std::move(uri)},
          args_(std::move(args)), // braces would make a list that holds the list
          kwargs_{std::move(kwargs)}
    {
    }

    /// One of the errors that WAMP predefines, with its URI and `text`, or its own text if that is empty.
    explicit application_error(errc code, std::string text = {})
        : application_error(std::string(uri_of(code)), {text.empty() ? std::string(text_of(code)) : std::move(text)})
    {
    }

    [[nodiscard]] const std::string& uri() const noexcept { return uri_; }
    [[nodiscard]] const list& args() const noexcept { return args_; }
    [[nodiscard]] const dict& kwargs() const noexcept { return kwargs_; }

private:
    [[nodiscard]] static std::string described(const std::string& uri, const list& args)
    {
        const auto* const text = args.empty() ? nullptr : args.front().get_if<std::string>();
        return text != nullptr ? uri + ": " + *text : uri;
    }

    std::string uri_;
    list args_;
    dict kwargs_;
};

} // namespace junctor
