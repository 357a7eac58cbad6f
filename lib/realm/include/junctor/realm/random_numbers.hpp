// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where a realm draws identifiers from, and the callee of a call when the policy is "random".

#include <cstddef>
#include <cstdint>

#include <junctor/base/ids.hpp>

namespace junctor {

/// A seeded sequence of numbers that look random (SplitMix64). It is fast and repeatable, and no source of secrets:
/// identifiers in WAMP name things, they do not protect them.
class random_numbers {
public:
    explicit random_numbers(std::uint64_t seed) noexcept : state_{seed} {}

    [[nodiscard]] std::uint64_t next() noexcept
    {
        std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15u;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
        return mixed ^ (mixed >> 31);
    }

    /// A number in 0..count-1; `count` must not be zero. The bias is below count / 2^64.
    [[nodiscard]] std::size_t below(std::size_t count) noexcept { return static_cast<std::size_t>(next() % count); }

    /// An identifier of global scope: uniform in 1..2^53. Spec: basic profile, "IDs".
    template <class Id>
    [[nodiscard]] Id next_id() noexcept
    {
        return Id(next() % id_max + 1);
    }

private:
    std::uint64_t state_;
};

} // namespace junctor
