// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "guest_environment.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace junctor {
namespace {

bool is_inherited(const guest_environment& wanted, std::string_view name)
{
    return !wanted.inherited ||
           std::find(wanted.inherited->begin(), wanted.inherited->end(), name) != wanted.inherited->end();
}

} // namespace

std::vector<std::string> make_environment(const guest_environment& wanted, const char* const* inherited)
{
    std::map<std::string, std::string, std::less<>> all;
    for (; *inherited != nullptr; ++inherited) {
        const std::string_view text(*inherited);
        const auto name = text.substr(0, text.find('='));
        if (name.size() < text.size() && is_inherited(wanted, name))
            all.emplace(name, text.substr(name.size() + 1));
    }
    for (const auto& [name, content] : wanted.variables)
        all.insert_or_assign(name, content);
    all.emplace("PYTHONUNBUFFERED", "1");

    std::vector<std::string> texts;
    texts.reserve(all.size());
    for (const auto& [name, content] : all)
        texts.emplace_back(name).append("=").append(content);
    return texts;
}

} // namespace junctor
