// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Identifiers of sessions, requests, publications, subscriptions and registrations, each a type of its own.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace junctor {

/// The largest identifier that WAMP allows: 2^53, which every serializer and every language carries exactly.
inline constexpr std::uint64_t id_max = std::uint64_t{1} << 53;

/// An identifier of one kind. Zero, the default, means "none" and never travels as a valid identifier.
/// Spec: basic profile, "IDs".
template <class Tag>
class id {
public:
    constexpr id() noexcept = default;
    constexpr explicit id(std::uint64_t number) noexcept : number_{number} {}

    [[nodiscard]] constexpr std::uint64_t number() const noexcept { return number_; }

    /// Whether the number lies in 1..2^53.
    [[nodiscard]] constexpr bool valid() const noexcept { return number_ - 1 < id_max; }

    friend constexpr auto operator<=>(id, id) noexcept = default;

private:
    std::uint64_t number_{0};
};

using session_id = id<struct session_tag>;           ///< Global scope: drawn at random.
using request_id = id<struct request_tag>;           ///< Session scope: counted by whoever sends the request.
using publication_id = id<struct publication_tag>;   ///< Global scope: drawn at random.
using subscription_id = id<struct subscription_tag>; ///< Router scope: one per topic pattern and match policy.
using registration_id = id<struct registration_tag>; ///< Router scope: one per procedure pattern and match policy.

} // namespace junctor

template <class Tag>
struct std::hash<junctor::id<Tag>> {
    /// Mixes all bits: identifiers counted from one must not share buckets in power-of-two tables.
    std::size_t operator()(junctor::id<Tag> key) const noexcept
    {
        std::uint64_t mixed = key.number() * 0x9E3779B97F4A7C15u;
        mixed ^= mixed >> 32;
        return static_cast<std::size_t>(mixed);
    }
};
