// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "elements.hpp"

namespace junctor::simulation {

const value& option(const list& m, std::size_t at, const char* key)
{
    static const value none;
    const auto* const found = m[at].get_if<dict>()->find(key);
    return found != nullptr ? *found : none;
}

bool flag(const list& m, std::size_t at, const char* key, bool standard)
{
    const auto* const given = option(m, at, key).get_if<bool>();
    return given != nullptr ? *given : standard;
}

std::string text(const list& m, std::size_t at, const char* key, const char* standard)
{
    const auto* const given = option(m, at, key).get_if<std::string>();
    return given != nullptr ? *given : standard;
}

std::int64_t number(const list& m, std::size_t at, const char* key, std::int64_t standard)
{
    const auto* const given = option(m, at, key).get_if<std::int64_t>();
    return given != nullptr ? *given : standard;
}

std::string text(const value& v)
{
    return *v.get_if<std::string>();
}

std::uint64_t number(const value& v)
{
    return static_cast<std::uint64_t>(*v.get_if<std::int64_t>());
}

dict custom(const value& options)
{
    dict kept;
    for (const auto& [key, content] : *options.get_if<dict>()) {
        if (key.starts_with("_") || key.starts_with("x_"))
            kept.set(key, content);
    }
    return kept;
}

void append_from(list& out, const list& m, std::size_t at)
{
    for (; at < m.size(); ++at)
        out.push_back(m[at]);
}

} // namespace junctor::simulation
