// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "challenge_extra.hpp"

#include <fmt/format.h>

namespace junctor::client {

namespace {

/// Null as well where clients and routers may write null for what they do not use.
const value* given(const dict& extra, std::string_view key)
{
    const auto* const found = extra.find(key);
    return found != nullptr && !found->is_null() ? found : nullptr;
}

login_failed missing(std::string_view key)
{
    return login_failed(fmt::format("the CHALLENGE of the router has no {}", key));
}

template <class T>
const T& typed(const value& content, std::string_view key)
{
    const auto* const wanted = content.get_if<T>();
    if (wanted == nullptr)
        throw login_failed(fmt::format("in the CHALLENGE of the router, {} is of a wrong type", key));
    return *wanted;
}

} // namespace

login_failed not_claimed(std::string_view authmethod)
{
    return login_failed(fmt::format("the router challenges by the authmethod '{}', which was not claimed", authmethod));
}

void expect_method(const received_challenge& challenge, std::string_view authmethod)
{
    if (challenge.method != authmethod)
        throw not_claimed(challenge.method);
}

const std::string& need_text(const dict& extra, std::string_view key)
{
    const auto* const found = given(extra, key);
    if (found == nullptr)
        throw missing(key);
    return typed<std::string>(*found, key);
}

std::string text_or_none(const dict& extra, std::string_view key)
{
    const auto* const found = given(extra, key);
    return found != nullptr ? typed<std::string>(*found, key) : std::string();
}

std::int64_t integer_in(const dict& extra, std::string_view key, std::optional<std::int64_t> otherwise)
{
    const auto* const found = given(extra, key);
    if (found != nullptr)
        return typed<std::int64_t>(*found, key);
    if (!otherwise)
        throw missing(key);
    return *otherwise;
}

} // namespace junctor::client
