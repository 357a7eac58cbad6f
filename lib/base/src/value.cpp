// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/value.hpp>

#include <algorithm>
#include <array>

namespace junctor {

dict::dict(std::initializer_list<entry> entries) : entries_{entries} {}

const value* dict::find(std::string_view key) const noexcept
{
    const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.first == key; });
    return at == entries_.end() ? nullptr : &at->second;
}

value* dict::find(std::string_view key) noexcept
{
    return const_cast<value*>(std::as_const(*this).find(key));
}

value& dict::operator[](std::string_view key)
{
    if (auto* const found = find(key))
        return *found;
    return entries_.emplace_back(std::string(key), value()).second;
}

dict& dict::set(std::string_view key, value content)
{
    (*this)[key] = std::move(content);
    return *this;
}

void dict::append(std::string key, value content)
{
    entries_.emplace_back(std::move(key), std::move(content));
}

bool operator==(const dict& a, const dict& b)
{
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& entry) {
               const auto* const other = b.find(entry.first);
               return other != nullptr && *other == entry.second;
           });
}

std::string_view value::kind() const noexcept
{
    static constexpr std::array<std::string_view, std::variant_size_v<decltype(content_)>> names{
        "null", "boolean", "integer", "integer", "real", "string", "binary", "list", "dict"};
    return names[content_.index()];
}

} // namespace junctor
