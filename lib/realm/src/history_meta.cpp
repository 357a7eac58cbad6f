// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The procedure `wamp.subscription.get_events`.

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <junctor/base/limits.hpp>
#include <junctor/codec/codec.hpp>
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
    query.limit = std::min(query.limit, limits::history_answer_events_max);
    query.bytes_max = limits::history_answer_bytes_max;
    return query;
}

/// [EVENT, subscription, publication, details, args, kwargs] as the dict that the spec wants. The event was kept for
/// all subscriptions that it matches: what differs between them is that of `asked`.
value told(const kept_event& one, const subscription& asked)
{
    dict answer;
    answer.set("timestamp", iso_8601(one.when));
    auto tree = read_value({serializer::msgpack, as_bytes(one.message)});
    auto* const elements = tree ? tree->get_if<list>() : nullptr;
    if (elements == nullptr)
        return answer;
    constexpr std::string_view names[] = {"subscription", "publication", "details", "args", "kwargs"};
    for (std::size_t i = 1; i < elements->size() && i <= std::size(names); ++i)
        answer.set(names[i - 1], std::move((*elements)[i]));
    answer.set("subscription", asked.id.number());
    auto* const details = answer.find("details");
    auto* const entries = details != nullptr ? details->get_if<dict>() : nullptr;
    if (entries != nullptr && asked.match != match_policy::exact)
        entries->set("topic", one.topic);
    return answer;
}

value told(const history_answer& answer, const subscription& asked)
{
    list events;
    events.reserve(answer.events.size());
    for (const auto& each : answer.events)
        events.push_back(told(each, asked));
    return events;
}

std::string_view text_of_failure(errc code)
{
    switch (code) {
    case errc::invalid_argument: return "a publication that is named is not in the history, or not any more";
    case errc::payload_size_exceeded: return "the events are larger than any message: ask for less at a time";
    case errc::timeout: return "it took too long to look for the events: ask for less at a time";
    case errc::unavailable: return "the event store cannot be read";
    default: return {};
    }
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
    auto query = query_of(asked);
    auto& caller = asked.caller();
    if (!asked.failed() && !may_subscribe(caller, *found))
        asked.fail(errc::not_authorized, "the session may not subscribe to this");
    if (caller.pending_lookups >= limits::pending_lookups_max)
        asked.fail(errc::too_many_requests, "the session has asked for too much that is not answered yet");
    if (asked.failed())
        return {};
    if (!found->history)
        return {value(list())};
    const auto now = clock_.at(clock_.now());
    const auto answer =
        events_.histories().find(*found->history, found->id, std::move(query), caller.joined, asked.request(), now);
    if (!answer) {
        asked.defer();
        ++caller.pending_lookups;
        return {};
    }
    if (answer->code != errc{})
        asked.fail(answer->code, text_of_failure(answer->code));
    return {told(*answer, *found)};
}

void meta_api::answer_lookup(realm_member& asking, const completed_lookup& completed) const
{
    --asking.pending_lookups;
    const auto& answer = completed.answer;
    const auto& all = events_.subscriptions();
    if (const auto at = all.find(completed.asked); answer.code == errc{} && at != all.end())
        return give(asking, completed.call, {told(answer, *at->second)});
    asking.joined.send_error(message_type::call, completed.call, answer.code, text_of_failure(answer.code));
}

} // namespace junctor
