// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The broker: subscriptions, and events from publishers to subscribers.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/bytes.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/event_filter.hpp>
#include <junctor/realm/id_map.hpp>
#include <junctor/realm/pattern_index.hpp>
#include <junctor/realm/random_numbers.hpp>
#include <junctor/realm/realm_member.hpp>

namespace junctor {

struct realm_options;

/// All that subscribed to one pattern under one match policy.
struct subscription {
    subscription_id id;
    std::string topic;
    match_policy match{match_policy::exact};
    std::vector<realm_member*> subscribers;
};

/// Serves SUBSCRIBE, UNSUBSCRIBE and PUBLISH of one realm. Part of the realm's monitor.
/// Spec: basic profile, "Publish and Subscribe"; advanced profile, "Advanced PubSub".
class broker {
public:
    /// `options` and `random` must outlive the broker.
    broker(const realm_options& options, random_numbers& random, std::uint64_t seed);

    void on_subscribe(realm_member& from, const subscribe& m);
    void on_unsubscribe(realm_member& from, const unsubscribe& m);
    void on_publish(realm_member& from, const publish& m);

    /// Ends all subscriptions of `gone`.
    void leave(realm_member& gone);

    [[nodiscard]] std::size_t subscription_count() const noexcept { return subscriptions_.size(); }

private:
    /// One event in one serializer, encoded when the first subscriber needs it.
    struct encoding {
        enum class state : std::uint8_t { missing, ready, not_expressible };
        state progress{state::missing};
        byte_buffer bytes;
    };

    subscription& find_or_create(std::string_view topic, match_policy match);
    void remove_subscriber(subscription& from, std::size_t position);
    void dispatch(const publish& m, const realm_member& publisher, const event_filter& filter, event& out);
    void deliver(const subscription& to, const publish& m, const realm_member& publisher, const event_filter& filter,
                 const event& out);
    encoding& encoded_in(serializer format, const event& out);
    void forget_encodings() noexcept;

    const realm_options& options_;
    random_numbers& random_;
    pattern_index<subscription> index_;
    id_map<subscription_id, std::unique_ptr<subscription>> subscriptions_;
    std::uint64_t last_subscription_{0};
    std::array<encoding, all_serializers.size()> encodings_;
};

} // namespace junctor
