// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Conversion between `value` and C++ types, for handlers with typed parameters and results.

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/base/value.hpp>

namespace junctor {

/// The customization point: specialise it for a type of your own with
///
///     static std::optional<T> from(const value&);  // nothing if the value has another shape
///     static value to(const T&);
///
/// and handlers may take and return that type.
template <class T>
struct conversion;

template <>
struct conversion<value> {
    static std::optional<value> from(const value& v) { return v; }
    static value to(value v) { return v; }
};

template <>
struct conversion<bool> {
    static std::optional<bool> from(const value& v)
    {
        const auto* const flag = v.get_if<bool>();
        return flag != nullptr ? std::optional(*flag) : std::nullopt;
    }
    static value to(bool flag) { return flag; }
};

/// Integers convert if they are in range; a real number converts if it is integral, since some clients know no other.
template <std::integral T>
    requires(!std::same_as<T, bool>)
struct conversion<T> {
    static std::optional<T> from(const value& v)
    {
        if (const auto* const number = v.get_if<std::int64_t>(); number != nullptr && std::in_range<T>(*number))
            return static_cast<T>(*number);
        if (const auto* const number = v.get_if<std::uint64_t>(); number != nullptr && std::in_range<T>(*number))
            return static_cast<T>(*number);
        if (const auto* const real = v.get_if<double>(); real != nullptr && *real >= -0x1p53 && *real <= 0x1p53) {
            const auto whole = static_cast<std::int64_t>(*real);
            if (static_cast<double>(whole) == *real && std::in_range<T>(whole))
                return static_cast<T>(whole);
        }
        return std::nullopt;
    }
    static value to(T number) { return number; }
};

template <std::floating_point T>
struct conversion<T> {
    static std::optional<T> from(const value& v)
    {
        if (const auto* const real = v.get_if<double>())
            return static_cast<T>(*real);
        if (const auto* const number = v.get_if<std::int64_t>())
            return static_cast<T>(*number);
        if (const auto* const number = v.get_if<std::uint64_t>())
            return static_cast<T>(*number);
        return std::nullopt;
    }
    static value to(T number) { return static_cast<double>(number); }
};

template <>
struct conversion<std::string> {
    static std::optional<std::string> from(const value& v)
    {
        const auto* const text = v.get_if<std::string>();
        return text != nullptr ? std::optional(*text) : std::nullopt;
    }
    static value to(std::string text) { return value(std::move(text)); }
};

template <>
struct conversion<std::string_view> {
    static value to(std::string_view text) { return value(text); }
};

template <>
struct conversion<const char*> {
    static value to(const char* text) { return value(text); }
};

template <>
struct conversion<binary> {
    static std::optional<binary> from(const value& v)
    {
        const auto* const bytes = v.get_if<binary>();
        return bytes != nullptr ? std::optional(*bytes) : std::nullopt;
    }
    static value to(binary bytes) { return value(std::move(bytes)); }
};

template <>
struct conversion<dict> {
    static std::optional<dict> from(const value& v)
    {
        const auto* const entries = v.get_if<dict>();
        return entries != nullptr ? std::optional(*entries) : std::nullopt;
    }
    static value to(dict entries) { return value(std::move(entries)); }
};

/// Null stands for an empty optional.
template <class T>
struct conversion<std::optional<T>> {
    static std::optional<std::optional<T>> from(const value& v)
    {
        if (v.is_null())
            return std::optional<T>();
        auto inner = conversion<T>::from(v);
        return inner ? std::optional<std::optional<T>>(std::move(inner)) : std::nullopt;
    }
    static value to(const std::optional<T>& content) { return content ? conversion<T>::to(*content) : value(); }
};

template <class T>
struct conversion<std::vector<T>> {
    static std::optional<std::vector<T>> from(const value& v)
    {
        const auto* const elements = v.get_if<list>();
        if (elements == nullptr)
            return std::nullopt;
        std::vector<T> converted;
        converted.reserve(elements->size());
        for (const auto& element : *elements) {
            auto item = conversion<T>::from(element);
            if (!item)
                return std::nullopt;
            converted.push_back(std::move(*item));
        }
        return converted;
    }
    static value to(const std::vector<T>& items)
    {
        list elements;
        elements.reserve(items.size());
        for (const auto& item : items)
            elements.push_back(conversion<T>::to(item));
        return value(std::move(elements));
    }
};

template <class T>
struct conversion<std::map<std::string, T>> {
    static std::optional<std::map<std::string, T>> from(const value& v)
    {
        const auto* const entries = v.get_if<dict>();
        if (entries == nullptr)
            return std::nullopt;
        std::map<std::string, T> converted;
        for (const auto& [key, element] : *entries) {
            auto item = conversion<T>::from(element);
            if (!item)
                return std::nullopt;
            converted.insert_or_assign(key, std::move(*item));
        }
        return converted;
    }
    static value to(const std::map<std::string, T>& items)
    {
        dict entries;
        for (const auto& [key, item] : items)
            entries.set(key, conversion<T>::to(item));
        return value(std::move(entries));
    }
};

/// `v` as a `T`, or nothing if it has another shape.
template <class T>
[[nodiscard]] std::optional<T> value_to(const value& v)
{
    return conversion<T>::from(v);
}

/// `content` as a value.
template <class T>
[[nodiscard]] value value_from(T&& content)
{
    return conversion<std::decay_t<T>>::to(std::forward<T>(content));
}

} // namespace junctor
