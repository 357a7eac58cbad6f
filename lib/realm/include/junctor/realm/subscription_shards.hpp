// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The node keys of one subscription's subscribers, and which of them get an event that has a resource key.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

namespace junctor {

struct realm_member;

/// Spreads the events that have a resource key over the nodes of one subscription. A node is a node key: all
/// subscribers that gave it belong to the node. Which node gets an event follows from the resource key and the node
/// keys that are there, by rendezvous hashing, and so is the same for all subscriptions with the same node keys.
///
/// Part of the realm's monitor. Spec: advanced profile, "Sharded Subscription", which names the keys and no rule.
class subscription_shards {
    struct node {
        std::uint64_t digest;
        std::size_t subscribers{0};
    };
    using nodes_by_key = std::map<std::string, node, std::less<>>;

public:
    /// Who of the subscribers gets one event. Valid until the next change.
    class audience {
    public:
        /// All of them.
        audience() = default;

        /// Whether `subscriber` gets the event: whoever gave no node key does.
        [[nodiscard]] bool includes(const realm_member& subscriber) const
        {
            return among_ == nullptr || among_->admits(chosen_, subscriber);
        }

    private:
        friend subscription_shards;
        audience(const subscription_shards& among, nodes_by_key::const_iterator chosen)
            : among_{&among}, chosen_{chosen}
        {
        }

        const subscription_shards* among_{nullptr};
        nodes_by_key::const_iterator chosen_;
    };

    subscription_shards() = default;
    subscription_shards(const subscription_shards&) = delete;
    subscription_shards& operator=(const subscription_shards&) = delete;

    /// Lets `subscriber` belong to the node of that key, and to no other. Throws `std::bad_alloc` with everything as it
    /// was.
    void assign(const realm_member& subscriber, std::string_view node_key);

    /// Lets `subscriber` belong to no node. A node without subscribers is no more.
    void remove(const realm_member& subscriber);

    [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }

    /// Who gets an event with that resource key. There must be a node.
    [[nodiscard]] audience audience_of(std::string_view resource_key) const;

private:
    [[nodiscard]] bool admits(nodes_by_key::const_iterator chosen, const realm_member& subscriber) const;
    void leave(nodes_by_key::iterator left);

    nodes_by_key nodes_;
    boost::unordered_flat_map<const realm_member*, nodes_by_key::iterator> places_;
};

} // namespace junctor
