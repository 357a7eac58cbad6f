// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The broker: subscriptions, and events from publishers to subscribers.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <junctor/base/ids.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/event_filter.hpp>
#include <junctor/realm/event_histories.hpp>
#include <junctor/realm/id_map.hpp>
#include <junctor/realm/pattern_index.hpp>
#include <junctor/realm/permissions.hpp>
#include <junctor/realm/random_numbers.hpp>
#include <junctor/realm/realm_clock.hpp>
#include <junctor/realm/realm_member.hpp>
#include <junctor/realm/retained_events.hpp>
#include <junctor/realm/subscription_shards.hpp>

namespace junctor {

struct realm_options;

/// All that subscribed to one pattern under one match policy.
struct subscription {
    subscription_id id;
    std::string topic;
    match_policy match{match_policy::exact};
    std::vector<realm_member*> subscribers;
    std::array<std::size_t, all_serializers.size()> formats{}; ///< How many of them use each serializer.
    realm_clock::time_point created;
    std::optional<std::size_t> history; ///< The rule by which one is kept. Then it does not end with its subscribers.
    std::unique_ptr<subscription_shards> shards; ///< Null if no subscriber gave a node key.
    permission_memo publishers;                  ///< Who may publish to it; for the match policy "exact" only.
};

/// Serves SUBSCRIBE, UNSUBSCRIBE and PUBLISH of one realm. Part of the realm's monitor.
/// Spec: basic profile, "Publish and Subscribe"; advanced profile, "Advanced PubSub".
class broker {
public:
    using subscriptions_by_id = id_map<subscription_id, std::unique_ptr<subscription>>;

    /// All that is referred to must outlive the broker.
    broker(const realm_options& options, random_numbers& random, std::uint64_t seed, const realm_clock& clock);

    void on_subscribe(realm_member& from, const subscribe& m);
    void on_unsubscribe(realm_member& from, const unsubscribe& m);

    /// Takes a PUBLISH without the option "retain".
    void on_publish(realm_member& from, const publish& m);

    /// Takes a PUBLISH with the option "retain". Apart, so that events which are not retained do not pay for it.
    void on_retaining_publish(realm_member& from, const publish& m);

    /// Why `from` may not publish `m` as a testament; `errc{}` if it may. `decided` is what an authorizer decided about
    /// it, if one decides about the session.
    [[nodiscard]] errc refusal_of(const realm_member& from, const publish& m,
                                  const std::optional<authorization_decision>& decided) const;

    /// Whether anybody might get what the router itself publishes.
    [[nodiscard]] bool hears_router() const noexcept { return subscriptions_to_router_ != 0; }

    /// Publishes an event of the router itself, which stands under `reserved_name_space`. Subscriptions whose pattern
    /// does not name that space get it only for those whose role has a rule that does: who subscribes to everything
    /// wants everything of the application.
    void publish_own(std::string_view topic, const list& args);

    /// The present time is that at which the histories began that were there before anything else.
    void date_histories();

    /// Whether events wait to be handed over.
    [[nodiscard]] bool holds_events() const noexcept { return held_.to != nullptr; }

    /// Hands over the events that wait. Those of one publisher that go to the same subscription one after the other
    /// wait until this is called or something else happens, and are then handed over as one run.
    void settle()
    {
        if (holds_events())
            hand_over();
    }

    /// Ends a subscription of `from` that it did not ask to end; false if it has none of that identifier. No EVENT of
    /// it follows. The session is told, with `reason` unless that is empty, if it announced subscription_revocation.
    /// Spec: "Subscription Revocation".
    bool revoke(realm_member& from, subscription_id revoked, std::string_view reason);

    /// Ends all subscriptions of `gone`.
    void leave(realm_member& gone);

    [[nodiscard]] std::size_t subscription_count() const noexcept { return subscriptions_.size(); }
    [[nodiscard]] const subscriptions_by_id& subscriptions() const noexcept { return subscriptions_; }
    [[nodiscard]] const pattern_index<subscription>& index() const noexcept { return index_; }

    [[nodiscard]] retained_events& retained() noexcept { return retained_; }
    [[nodiscard]] event_histories& histories() noexcept { return histories_; }

private:
    /// Events of one subscription, a run for each serializer that its subscribers use; null where there is none.
    using runs = std::array<boost::intrusive_ptr<message_run>, all_serializers.size()>;

    /// Events that wait to be handed over.
    struct held_events {
        const subscription* to{nullptr}; ///< Null if none wait.
        const realm_member* publisher{nullptr};
        permission permitted;
        std::string topic;
        runs content;
    };

    /// What came of checking a PUBLISH.
    struct admission {
        permission permitted;
        bool continues{false};        ///< It goes where the events go that wait.
        subscription* exact{nullptr}; ///< What is subscribed to under the very topic, if it was looked for.
    };

    template <class Then>
    void send_events(realm_member& from, const publish& m, Then then);
    [[nodiscard]] bool continues_held_events(const realm_member& from, const publish& m) const noexcept;
    [[nodiscard]] std::optional<admission> admit(realm_member& from, const publish& m);
    void tell_about(const realm_member& publisher, const publish& m, event& out) const;
    void confirm(realm_member& to, const subscribe& m, subscription_id as);
    void open_histories();
    [[nodiscard]] bool record(realm_member& from, const publish& m, const event& sent, const event_filter* filter);
    static void assign_node(subscription& to, const realm_member& subscriber, std::string_view node_key);
    subscription& create(std::string_view topic, match_policy match);
    void tell_of_subscriber(const realm_member& added, const subscription& to, bool is_first);
    void remove_subscriber(subscription& from, std::size_t position);
    void end(subscription& ended);
    void dispatch(const publish& m, const realm_member& publisher, const event_filter* filter,
                  const admission& admitted, event& out);
    void hold(const subscription& to, const publish& m, const realm_member& publisher, permission permitted);
    void hand_over();
    void deliver_now(const subscription& to, const publish& m, const realm_member& publisher,
                     const event_filter* filter, event& out);
    void append(const subscription& to, std::string_view topic, event& out, runs& content);
    [[nodiscard]] boost::intrusive_ptr<message_run> take_run();
    void give_back(runs& content) noexcept;

    const realm_options& options_;
    random_numbers& random_;
    const realm_clock& clock_;
    pattern_index<subscription> index_;
    subscriptions_by_id subscriptions_;
    retained_events retained_;
    std::uint64_t last_subscription_{0};
    event_histories histories_;
    std::size_t subscriptions_to_router_{0}; ///< Those that events of the router may match.
    held_events held_;
    std::vector<boost::intrusive_ptr<message_run>> spare_runs_; ///< To be filled again once nobody else holds them.
};

} // namespace junctor
