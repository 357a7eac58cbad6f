// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Rendezvous hashing: which of some nodes a resource belongs to.

#include <cstdint>
#include <string_view>

namespace junctor {

namespace detail {

/// Lets every bit of `number` act on every bit of the result. A bijection.
[[nodiscard]] constexpr std::uint64_t scatter(std::uint64_t number) noexcept
{
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9u;
    number = (number ^ (number >> 27)) * 0x94D049BB133111EBu;
    return number ^ (number >> 31);
}

} // namespace detail

/// The number that stands for a resource key or a node key: FNV-1a, scattered. It is the same on every machine and in
/// every run, so that a node which is given a resource gets it again after the router was started anew. It is not
/// secret, therefore: publishers and callers can find keys that belong to the same node.
[[nodiscard]] constexpr std::uint64_t rendezvous_digest(std::string_view key) noexcept
{
    std::uint64_t mixed = 0xCBF29CE484222325u;
    for (const char c : key)
        mixed = (mixed ^ static_cast<unsigned char>(c)) * 0x00000100000001B3u;
    return detail::scatter(mixed);
}

/// How much a node wants a resource, both given by their digests.
[[nodiscard]] constexpr std::uint64_t rendezvous_weight(std::uint64_t resource, std::uint64_t node) noexcept
{
    return detail::scatter(resource ^ detail::scatter(node + 1));
}

/// The node that wants the resource most, or `last` if there are none; of those that want it equally, the first.
/// `digest_of(*node)` is the digest of a node, or any other number that is its own for good.
///
/// The choice does not depend on the order of the nodes. When a node comes, it takes over its share of the resources
/// from all others; when one goes, its resources are spread over all others. No other resource moves. Costs a
/// multiplication or two for each node.
template <class Iterator, class DigestOf>
[[nodiscard]] constexpr Iterator rendezvous_choice(std::uint64_t resource, Iterator first, Iterator last,
                                                   DigestOf digest_of)
{
    auto chosen = last;
    std::uint64_t greatest = 0;
    for (; first != last; ++first) {
        const auto weight = rendezvous_weight(resource, digest_of(*first));
        if (chosen != last && weight <= greatest)
            continue;
        chosen = first;
        greatest = weight;
    }
    return chosen;
}

} // namespace junctor
