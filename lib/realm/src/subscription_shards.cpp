// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/subscription_shards.hpp>

#include <utility>

#include <junctor/realm/rendezvous.hpp>

namespace junctor {

void subscription_shards::assign(const realm_member& subscriber, std::string_view node_key)
{
    places_.reserve(places_.size() + 1); // A node without subscribers would get events that nobody sees.
    const auto joined = nodes_.try_emplace(std::string(node_key), node{rendezvous_digest(node_key)}).first;
    ++joined->second.subscribers;
    const auto [place, is_new] = places_.try_emplace(&subscriber, joined);
    if (!is_new)
        leave(std::exchange(place->second, joined));
}

void subscription_shards::remove(const realm_member& subscriber)
{
    const auto place = places_.find(&subscriber);
    if (place == places_.end())
        return;
    const auto left = place->second;
    places_.erase(place);
    leave(left);
}

void subscription_shards::leave(nodes_by_key::iterator left)
{
    if (--left->second.subscribers == 0)
        nodes_.erase(left);
}

subscription_shards::audience subscription_shards::audience_of(std::string_view resource_key) const
{
    const auto digest_of = [](const auto& each) { return each.second.digest; };
    return {*this, rendezvous_choice(rendezvous_digest(resource_key), nodes_.begin(), nodes_.end(), digest_of)};
}

bool subscription_shards::admits(nodes_by_key::const_iterator chosen, const realm_member& subscriber) const
{
    const auto place = places_.find(&subscriber);
    return place == places_.end() || place->second == chosen;
}

} // namespace junctor
