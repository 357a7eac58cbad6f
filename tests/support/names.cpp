// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "support/names.hpp"

#include <algorithm>
#include <utility>

#include <junctor/codec/codec.hpp>

namespace junctor::test {

namespace {

constexpr std::string_view anything = "$_";

bool is_name(const value& v)
{
    const auto* const text = v.get_if<std::string>();
    return text != nullptr && text->starts_with('$');
}

} // namespace

bool names::matches(const value& expected, const value& actual)
{
    std::vector<std::string> introduced;
    const bool same = match(expected, actual, introduced);
    if (!same) {
        for (const auto& name : introduced)
            meanings_.erase(name);
    }
    return same;
}

bool names::match(const value& expected, const value& actual, std::vector<std::string>& introduced)
{
    if (is_name(expected)) {
        const auto& name = *expected.get_if<std::string>();
        if (name == anything)
            return true;
        const auto [at, is_new] = meanings_.try_emplace(name, actual);
        if (is_new)
            introduced.push_back(name);
        return at->second == actual;
    }
    if (const auto* const wanted = expected.get_if<list>(), * const given = actual.get_if<list>();
        wanted != nullptr && given != nullptr) {
        return std::equal(wanted->begin(), wanted->end(), given->begin(), given->end(),
                          [&](const value& a, const value& b) { return match(a, b, introduced); });
    }
    if (const auto* const wanted = expected.get_if<dict>(), * const given = actual.get_if<dict>();
        wanted != nullptr && given != nullptr) {
        return wanted->size() == given->size() && std::all_of(wanted->begin(), wanted->end(), [&](const auto& entry) {
                   const auto* const found = given->find(entry.first);
                   return found != nullptr && match(entry.second, *found, introduced);
               });
    }
    return expected == actual;
}

void names::substitute(value& v) const
{
    if (is_name(v)) {
        v = meanings_.at(*v.get_if<std::string>());
    } else if (auto* const elements = v.get_if<list>()) {
        for (auto& element : *elements)
            substitute(element);
    } else if (const auto* const entries = v.get_if<dict>()) {
        dict replaced;
        for (auto [key, content] : *entries) {
            substitute(content);
            replaced.set(key, std::move(content));
        }
        v = std::move(replaced);
    }
}

const value* names::find(std::string_view name) const
{
    const auto at = meanings_.find(name);
    return at != meanings_.end() ? &at->second : nullptr;
}

std::string to_json(const value& v)
{
    byte_buffer text;
    write_value(v, serializer::json, text);
    return std::string(as_text(text.view()));
}

} // namespace junctor::test
