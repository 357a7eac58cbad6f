// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A value of any WAMP type, as a tree: for options, details and payloads that the router itself looks into.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace junctor {

class value;

/// An ordered list of values.
using list = std::vector<value>;

/// Binary data, which is not text. JSON carries it as "\u0000" followed by base64.
using binary = std::vector<std::byte>;

/// A dictionary with string keys that keeps the order in which keys came. Look-up is linear: dicts of options are
/// small.
class dict {
public:
    using entry = std::pair<std::string, value>;
    using const_iterator = std::vector<entry>::const_iterator;

    dict() = default;
    dict(std::initializer_list<entry> entries);

    /// The value of `key`, or null if there is none. Valid until the dict changes.
    [[nodiscard]] const value* find(std::string_view key) const noexcept;
    [[nodiscard]] value* find(std::string_view key) noexcept;

    /// The value of `key`, inserted as null if there is none.
    value& operator[](std::string_view key);

    /// Sets `key`, replacing what it had.
    dict& set(std::string_view key, value content);

    /// Adds an entry whose key is known to be new; unlike `set`, the work does not grow with the size of the dict.
    void append(std::string key, value content);

    [[nodiscard]] bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept;
    [[nodiscard]] const_iterator begin() const noexcept;
    [[nodiscard]] const_iterator end() const noexcept;

    /// Two dicts are equal if they hold the same keys with equal values, in whatever order.
    friend bool operator==(const dict& a, const dict& b);

private:
    std::vector<entry> entries_;
};

/// Null, boolean, integer, real number, string, binary, list or dict.
///
/// Integers are normalised: whatever fits is an `int64_t`, only larger ones are `uint64_t`, so equal numbers are equal
/// values. An ordinary value type: copyable, movable, not tied to any thread.
class value {
public:
    value() noexcept = default;
    value(std::nullptr_t) noexcept {}
    value(std::same_as<bool> auto flag) noexcept : content_{flag} {}
    value(double number) noexcept : content_{number} {}
    value(const char* text) : content_{std::string(text)} {}
    value(std::string_view text) : content_{std::string(text)} {}
    value(std::string text) noexcept : content_{std::move(text)} {}
    value(binary bytes) noexcept : content_{std::move(bytes)} {}
    value(list elements) noexcept : content_{std::move(elements)} {}
    value(dict entries) noexcept : content_{std::move(entries)} {}

    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    value(Integer number)
    noexcept
    {
        if (std::in_range<std::int64_t>(number))
            content_ = static_cast<std::int64_t>(number);
        else
            content_ = static_cast<std::uint64_t>(number);
    }

    /// The content if it is exactly a `T` (nullptr_t, bool, int64_t, uint64_t, double, std::string, binary, list,
    /// dict), or null. Valid until the value changes.
    template <class T>
    [[nodiscard]] const T* get_if() const noexcept
    {
        return std::get_if<T>(&content_);
    }
    template <class T>
    [[nodiscard]] T* get_if() noexcept
    {
        return std::get_if<T>(&content_);
    }

    [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(content_); }

    /// What kind of value this is, for messages to people: "null", "boolean", "integer", "real", "string", "binary",
    /// "list" or "dict".
    [[nodiscard]] std::string_view kind() const noexcept;

    /// Calls `visitor` with the content.
    template <class Visitor>
    decltype(auto) visit(Visitor&& visitor) const
    {
        return std::visit(std::forward<Visitor>(visitor), content_);
    }

    friend bool operator==(const value& a, const value& b) = default;

private:
    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, binary, list, dict> content_;
};

// Here, since clang needs the whole of `value` for these.
inline std::size_t dict::size() const noexcept
{
    return entries_.size();
}

inline bool dict::empty() const noexcept
{
    return entries_.empty();
}

inline dict::const_iterator dict::begin() const noexcept
{
    return entries_.begin();
}

inline dict::const_iterator dict::end() const noexcept
{
    return entries_.end();
}

} // namespace junctor
