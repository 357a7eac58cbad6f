// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Names for what the router chooses, such as the number of a subscription, in messages that a test expects or sends.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/value.hpp>

namespace junctor::test {

/// Knows what `"$name"` stands for. The name `"$_"` matches anything and is never bound.
class names {
public:
    /// Whether `actual` is what `expected` says. If so, a name in `expected` that is not bound yet is bound to what
    /// stands in its place.
    [[nodiscard]] bool matches(const value& expected, const value& actual);

    /// Replaces all names in `v`. Throws `std::out_of_range` if one is not bound.
    void substitute(value& v) const;

    void bind(std::string_view name, value meaning) { meanings_[std::string(name)] = std::move(meaning); }

    /// Lets `name` be bound anew.
    void forget(std::string_view name) { meanings_.erase(std::string(name)); }

    /// What `name` stands for, or null.
    [[nodiscard]] const value* find(std::string_view name) const;

private:
    bool match(const value& expected, const value& actual, std::vector<std::string>& introduced);

    std::map<std::string, value, std::less<>> meanings_;
};

/// `v` as JSON text, for messages to people.
[[nodiscard]] std::string to_json(const value& v);

} // namespace junctor::test
