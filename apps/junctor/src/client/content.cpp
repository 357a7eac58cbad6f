// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "content.hpp"

#include <iostream>
#include <iterator>
#include <utility>

#include <junctor/codec/codec.hpp>
#include <junctor/codec/utf8.hpp>

#include "outcome.hpp"

namespace junctor::cli {
namespace {

/// The value of an option that holds JSON, or names standard input, which does.
value read_json(const char* name, const std::string& text)
{
    const auto json = text == "-" ? std::string(std::istreambuf_iterator<char>(std::cin), {}) : text;
    auto content = read_value({serializer::json, as_bytes(json)});
    if (!content)
        throw bad_usage(std::string(name) + ": " + content.error().message());
    return std::move(*content);
}

template <class T>
T read_whole(const char* name, const std::string& text, const char* wanted)
{
    auto content = read_json(name, text);
    auto* const whole = content.get_if<T>();
    if (whole == nullptr)
        throw bad_usage(std::string(name) + " must be a " + wanted + " in JSON, not a " + std::string(content.kind()));
    return std::move(*whole);
}

} // namespace

value meant_by(const std::string& text)
{
    auto json = read_value({serializer::json, as_bytes(text)});
    return json ? std::move(*json) : value(text);
}

value read_argument(const std::string& text, bool as_string)
{
    if (!is_utf8(text))
        throw bad_usage("an argument is not UTF-8");
    return as_string ? value(text) : meant_by(text);
}

arguments read_content(const content_options& what)
{
    if (what.args_json == "-" && what.kwargs_json == "-")
        throw bad_usage("standard input cannot be both --args-json and --kwargs-json");
    arguments content;
    if (!what.args_json.empty())
        content.args = read_whole<list>("--args-json", what.args_json, "list");
    if (!what.kwargs_json.empty())
        content.kwargs = read_whole<dict>("--kwargs-json", what.kwargs_json, "dict");
    for (const auto& each : what.args)
        content.args.push_back(read_argument(each, what.as_strings));
    for (const auto& each : what.kwargs) {
        const auto equals = each.find('=');
        if (equals == std::string::npos || equals == 0)
            throw bad_usage("--kw must be name=value");
        const auto name = read_argument(each.substr(0, equals), true);
        content.kwargs.set(*name.get_if<std::string>(), read_argument(each.substr(equals + 1), what.as_strings));
    }
    return content;
}

} // namespace junctor::cli
