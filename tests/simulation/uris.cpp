// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "uris.hpp"

#include <algorithm>

namespace junctor::simulation {

std::vector<std::string> components(const std::string& uri)
{
    std::vector<std::string> parts(1);
    for (const char c : uri) {
        if (c == '.')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

bool valid(const std::string& uri, const std::string& match)
{
    if (uri.find(' ') != std::string::npos)
        return false;
    if (match == "prefix" && uri.empty())
        return true;
    if (uri.empty())
        return false;
    auto parts = components(uri);
    if (match == "wildcard")
        return true;
    if (match == "prefix")
        parts.pop_back();
    return std::find(parts.begin(), parts.end(), "") == parts.end();
}

bool matches(const std::string& match, const std::string& pattern, const std::string& uri)
{
    if (match == "exact")
        return pattern == uri;
    if (match == "prefix")
        return uri.substr(0, pattern.size()) == pattern;
    const auto wanted = components(pattern);
    const auto given = components(uri);
    if (wanted.size() != given.size())
        return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!wanted[i].empty() && wanted[i] != given[i])
            return false;
    }
    return true;
}

} // namespace junctor::simulation
