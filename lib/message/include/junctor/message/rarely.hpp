// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Parts of messages that are large and seldom there.

#include <cassert>
#include <memory>
#include <type_traits>

namespace junctor {

/// A `T` or nothing. As long as it is nothing, its memory is neither written nor copied, which `std::optional` does.
template <class T>
class rarely {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    constexpr rarely() noexcept : none_{} {}
    constexpr rarely(const rarely& other) noexcept : none_{} { take(other); }
    constexpr rarely& operator=(const rarely& other) noexcept
    {
        take(other);
        return *this;
    }
    ~rarely() = default;

    [[nodiscard]] constexpr bool present() const noexcept { return present_; }

    /// The value, which must be present.
    [[nodiscard]] constexpr T& operator*() noexcept
    {
        assert(present_);
        return value_;
    }
    [[nodiscard]] constexpr const T& operator*() const noexcept
    {
        assert(present_);
        return value_;
    }

    /// Makes a new value, in place of one that there may be.
    constexpr T& emplace() noexcept
    {
        present_ = true;
        return *std::construct_at(&value_);
    }
    constexpr void reset() noexcept { present_ = false; }

private:
    constexpr void take(const rarely& other) noexcept
    {
        present_ = other.present_;
        if (present_)
            std::construct_at(&value_, other.value_);
    }

    union {
        char none_;
        T value_;
    };
    bool present_{false};
};

} // namespace junctor
