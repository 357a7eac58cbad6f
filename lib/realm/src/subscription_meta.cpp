// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The procedures `wamp.subscription.*` and `junctor.retention.*`.

#include <utility>

#include <junctor/realm/broker.hpp>
#include <junctor/realm/meta_api.hpp>

#include "meta_arguments.hpp"
#include "meta_lists.hpp"

namespace junctor {

dict details_of(const subscription& told, const realm_clock& clock)
{
    dict details;
    details.set("id", told.id.number());
    details.set("created", iso_8601(clock.at(told.created)));
    details.set("uri", told.topic);
    details.set("match", to_string(told.match));
    return details;
}

list meta_api::subscription_list(meta_arguments&)
{
    return {ids_by_match_policy(events_.subscriptions())};
}

list meta_api::subscription_lookup(meta_arguments& asked)
{
    const auto topic = asked.text(0);
    const auto match = match_option(asked, 1);
    return {id_or_null(events_.index().find(topic, match))};
}

list meta_api::subscription_match(meta_arguments& asked)
{
    list ids;
    events_.index().for_each_match(asked.text(0),
                                   [&](const subscription& each) { ids.emplace_back(each.id.number()); });
    return {ids.empty() ? value() : value(std::move(ids))};
}

/// The subscription that the first argument names.
const subscription* meta_api::subscription_argument(meta_arguments& asked) const
{
    const auto& all = events_.subscriptions();
    const auto at = all.find(subscription_id(asked.id(0)));
    if (at != all.end())
        return at->second.get();
    asked.fail(errc::no_such_subscription, "there is no such subscription");
    return nullptr;
}

list meta_api::subscription_get(meta_arguments& asked)
{
    const auto* const found = subscription_argument(asked);
    if (found == nullptr)
        return {};
    return {details_of(*found, clock_)};
}

list meta_api::subscription_list_subscribers(meta_arguments& asked)
{
    const auto* const found = subscription_argument(asked);
    if (found == nullptr)
        return {};
    list ids;
    for (const auto* const each : found->subscribers)
        ids.emplace_back(each->joined.id().number());
    return {value(std::move(ids))};
}

list meta_api::subscription_count_subscribers(meta_arguments& asked)
{
    const auto* const found = subscription_argument(asked);
    if (found == nullptr)
        return {};
    return {found->subscribers.size()};
}

/// Crossbar.io's: takes a subscription from one of its subscribers.
list meta_api::subscription_remove_subscriber(meta_arguments& asked)
{
    const auto* const found = subscription_argument(asked);
    auto* const subscriber = session_argument(asked, 1);
    const auto reason = asked.keyword_text("reason");
    if (!asked.failed() && !events_.revoke(*subscriber, found->id, reason.value_or("")))
        asked.fail(errc::no_such_session, "the session does not have the subscription");
    return {};
}

list meta_api::retention_topics(meta_arguments& asked)
{
    const auto pattern = asked.text(0);
    const auto match = match_option(asked, 1);
    list topics;
    for (auto& topic : events_.retained().topics(pattern, match, clock_.now()))
        topics.emplace_back(std::move(topic));
    return {value(std::move(topics))};
}

list meta_api::retention_forget(meta_arguments& asked)
{
    const auto pattern = asked.text(0);
    const auto match = match_option(asked, 1);
    if (asked.failed())
        return {};
    return {events_.retained().forget(pattern, match)};
}

} // namespace junctor
