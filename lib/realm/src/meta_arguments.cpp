// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "meta_arguments.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>

namespace junctor {

namespace {

/// What `input` holds, if it is present and a `Content`.
template <class Content>
Content read(const encoded& input)
{
    if (!input.present())
        return {};
    auto tree = read_value(input);
    auto* const content = tree ? tree->get_if<Content>() : nullptr;
    return content != nullptr ? std::move(*content) : Content();
}

const value* given(const value* v) noexcept
{
    return v != nullptr && !v->is_null() ? v : nullptr;
}

bool is_text(const value& v) noexcept
{
    return v.get_if<std::string>() != nullptr;
}

} // namespace

meta_arguments::meta_arguments(realm_member& caller, const call& m)
    : caller_{caller}, request_{m.request}, args_(read<list>(m.body.args)), kwargs_{read<dict>(m.body.kwargs)}
{
}

std::uint64_t meta_arguments::id(std::size_t at)
{
    const auto* const argument = positional(at);
    const auto* const number = argument != nullptr ? argument->get_if<std::int64_t>() : nullptr;
    const auto found = number != nullptr && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
    if (found == 0 || found > id_max)
        expected(at, "an identifier");
    return found;
}

std::string meta_arguments::text(std::size_t at)
{
    const auto* const argument = positional(at);
    if (argument != nullptr && is_text(*argument))
        return *argument->get_if<std::string>();
    expected(at, "a string");
    return {};
}

const list* meta_arguments::optional_list(std::size_t at)
{
    const auto* const argument = positional(at);
    const auto* const elements = argument != nullptr ? argument->get_if<list>() : nullptr;
    if (argument != nullptr && elements == nullptr)
        expected(at, "a list");
    return elements;
}

const list* meta_arguments::list_of_texts(std::size_t at)
{
    const auto* const elements = optional_list(at);
    if (elements != nullptr && !std::all_of(elements->begin(), elements->end(), is_text))
        expected(at, "a list of strings");
    return elements;
}

const dict* meta_arguments::optional_dict(std::size_t at)
{
    const auto* const argument = positional(at);
    const auto* const entries = argument != nullptr ? argument->get_if<dict>() : nullptr;
    if (argument != nullptr && entries == nullptr)
        expected(at, "a dict");
    return entries;
}

std::optional<std::string> meta_arguments::keyword_text(std::string_view key)
{
    const auto* const argument = keyword(key);
    if (argument == nullptr)
        return std::nullopt;
    if (is_text(*argument))
        return *argument->get_if<std::string>();
    fail(errc::invalid_argument, fmt::format("argument {}: a string is expected", key));
    return std::nullopt;
}

std::optional<std::uint64_t> meta_arguments::keyword_id(std::string_view key)
{
    const auto* const argument = keyword(key);
    if (argument == nullptr)
        return std::nullopt;
    const auto* const number = argument->get_if<std::int64_t>();
    if (number != nullptr && *number > 0 && static_cast<std::uint64_t>(*number) <= id_max)
        return static_cast<std::uint64_t>(*number);
    fail(errc::invalid_argument, fmt::format("argument {}: an integer from 1 to 2^53 is expected", key));
    return std::nullopt;
}

bool meta_arguments::keyword_flag(std::string_view key)
{
    const auto* const argument = keyword(key);
    const auto* const flag = argument != nullptr ? argument->get_if<bool>() : nullptr;
    if (argument != nullptr && flag == nullptr)
        fail(errc::invalid_argument, fmt::format("argument {}: a boolean is expected", key));
    return flag != nullptr && *flag;
}

const dict* meta_arguments::keyword_dict(std::string_view key)
{
    const auto* const argument = keyword(key);
    const auto* const entries = argument != nullptr ? argument->get_if<dict>() : nullptr;
    if (argument != nullptr && entries == nullptr)
        fail(errc::invalid_argument, fmt::format("argument {}: a dict is expected", key));
    return entries;
}

void meta_arguments::fail(errc code, std::string_view text)
{
    if (failed())
        return;
    code_ = code;
    text_ = text;
}

const value* meta_arguments::positional(std::size_t at) const noexcept
{
    return at < args_.size() ? given(&args_[at]) : nullptr;
}

const value* meta_arguments::keyword(std::string_view key) const noexcept
{
    return given(kwargs_.find(key));
}

void meta_arguments::expected(std::size_t at, std::string_view kind)
{
    fail(errc::invalid_argument, fmt::format("argument {}: {} is expected", at + 1, kind));
}

} // namespace junctor
