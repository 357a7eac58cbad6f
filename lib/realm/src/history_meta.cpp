// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The procedure `wamp.subscription.get_events`.

#include <utility>

#include <fmt/format.h>

#include <junctor/realm/broker.hpp>
#include <junctor/realm/meta_api.hpp>

#include "meta_arguments.hpp"

namespace junctor {

namespace {

void read_time(meta_arguments& asked, std::string_view key, std::optional<history_query::time>& time)
{
    const auto text = asked.keyword_text(key);
    if (!text)
        return;
    time = parse_rfc_3339(*text);
    if (!time)
        asked.fail(errc::invalid_argument, fmt::format("argument {}: a time in the form of RFC 3339 is expected", key));
}

void read_publication(meta_arguments& asked, std::string_view key, std::optional<publication_id>& publication)
{
    if (const auto id = asked.keyword_id(key))
        publication = publication_id(*id);
}

history_query query_of(meta_arguments& asked)
{
    history_query query;
    query.reverse = asked.keyword_flag("reverse");
    if (const auto limit = asked.keyword_id("limit"))
        query.limit = static_cast<std::size_t>(*limit);
    read_time(asked, "from_time", query.from_time);
    read_time(asked, "after_time", query.after_time);
    read_time(asked, "before_time", query.before_time);
    read_time(asked, "until_time", query.until_time);
    query.topic = asked.keyword_text("topic");
    read_publication(asked, "from_publication", query.from_publication);
    read_publication(asked, "after_publication", query.after_publication);
    read_publication(asked, "before_publication", query.before_publication);
    read_publication(asked, "until_publication", query.until_publication);
    return query;
}

/// Whether somebody may see what the subscription's subscribers were sent: who has it, or may have it. An authorizer is
/// asked about the call, and cannot be asked about the subscription.
bool may_subscribe(const realm_member& asking, const subscription& to)
{
    if (asking.subscriptions.contains(to.id))
        return true;
    return asking.authorized == nullptr && asking.permissions->decide(action::subscribe, to.topic, to.match).allowed;
}

} // namespace

list meta_api::subscription_get_events(meta_arguments& asked)
{
    const auto* const found = subscription_argument(asked);
    const auto query = query_of(asked);
    if (!asked.failed() && !may_subscribe(asked.caller(), *found))
        asked.fail(errc::not_authorized, "the session may not subscribe to this");
    if (asked.failed())
        return {};
    if (found->history == nullptr)
        return {value(list())};
    auto events = found->history->find(query, asked.caller().joined);
    if (!events)
        asked.fail(errc::invalid_argument, "a publication that is named is not in the history, or not any more");
    return {value(std::move(events).value_or(list()))};
}

} // namespace junctor
