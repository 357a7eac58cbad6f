// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The lists and dicts that a writer with length prefixes has begun and not yet ended.

#include <array>
#include <cassert>
#include <cstddef>
#include <stdexcept>

#include <junctor/base/limits.hpp>

namespace junctor::detail {

/// A stack of containers that counts what is written into the innermost one.
///
/// It is as large as the nesting limit allows, but only its first entry is ever initialised: a writer is made for each
/// message, and most messages are three deep.
class open_containers {
public:
    struct container {
        std::size_t offset; ///< Of the octet reserved for the head, or `head_written`.
        std::size_t count;  ///< Values so far.
    };

    /// In place of an offset: the count was known at the start and stands in the output already.
    static constexpr std::size_t head_written = static_cast<std::size_t>(-1);

    open_containers() noexcept { stack_[0].count = 0; } // NOLINT(cppcoreguidelines-pro-type-member-init): see above

    /// A value, which may be a container, goes into the innermost container.
    void count_value() noexcept { ++stack_[depth_].count; }

    /// Throws `std::length_error` if the containers nest deeper than `limits::nesting_depth_max`.
    void begin(std::size_t offset)
    {
        if (depth_ == limits::nesting_depth_max)
            throw std::length_error("lists and dicts are nested too deeply");
        stack_[++depth_] = {offset, 0};
    }

    /// Takes the innermost container away.
    [[nodiscard]] container end() noexcept
    {
        assert(depth_ != 0);
        return stack_[depth_--];
    }

private:
    std::size_t depth_{0};
    std::array<container, limits::nesting_depth_max + 1> stack_; // entry 0 stands for what no container encloses
};

} // namespace junctor::detail
