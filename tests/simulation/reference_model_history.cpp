// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Event history in the reference: what can be asked of subscriptions.

#include <algorithm>
#include <cstdio>

#include "reference_model.hpp"
#include "uris.hpp"

namespace junctor::simulation {

/// The simulation begins with a day, and is over before it ends.
std::string timestamp(milliseconds since_start)
{
    const auto all = since_start.count();
    char text[40];
    std::snprintf(text, sizeof text, "2000-01-01T%02d:%02d:%02d.%03dZ", static_cast<int>(all / 3'600'000),
                  static_cast<int>(all / 60'000 % 60), static_cast<int>(all / 1000 % 60), static_cast<int>(all % 1000));
    return text;
}

/// Answers a call about subscriptions; false if `m` is none.
bool reference_model::on_subscription_call(session_number from, const list& m)
{
    if (m[3] == value("wamp.subscription.lookup"))
        lookup(from, m);
    else if (m[3] == value("wamp.subscription.get_events"))
        get_events(from, m);
    else
        return false;
    return true;
}

void reference_model::lookup(session_number from, const list& m)
{
    const auto& args = *m[4].get_if<list>();
    const pattern asked(*args[1].get_if<dict>()->find("match")->get_if<std::string>(), *args[0].get_if<std::string>());
    const auto at = subscriptions_.find(asked);
    answer(from, m, {at != subscriptions_.end() ? value(at->second.name) : value()});
}

void reference_model::get_events(session_number from, const list& m)
{
    const auto& asked = *m[5].get_if<dict>();
    const auto at = std::find_if(subscriptions_.begin(), subscriptions_.end(), [&](const auto& each) {
        return value(each.second.name) == (*m[4].get_if<list>())[0];
    });
    if (at == subscriptions_.end())
        return error(from, 48, m[1], "wamp.error.no_such_subscription");
    const auto& [p, t] = *at;
    const auto* const limit = asked.find("limit");
    if (limit != nullptr && *limit == value(0))
        return error(from, 48, m[1], "wamp.error.invalid_argument");
    if (!may_see(from, p))
        return error(from, 48, m[1], "wamp.error.not_authorized");
    for (const auto& [key, condition] : asked) {
        const auto is_it = [named = condition](const publication& kept) { return value(kept.name) == named; };
        if (t.kept_max != 0 && key.ends_with("_publication") && std::none_of(t.history.begin(), t.history.end(), is_it))
            return error(from, 48, m[1], "wamp.error.invalid_argument");
    }
    list events;
    for (const auto& kept : events_for(from, t, asked))
        events.emplace_back(kept_event(p, kept));
    answer(from, m, {value(std::move(events))});
}

/// Whether the session could subscribe to this, or has.
bool reference_model::may_see(session_number id, const pattern& p) const
{
    const auto& subscribers = subscriptions_.at(p).subscribers;
    if (std::find(subscribers.begin(), subscribers.end(), id) != subscribers.end())
        return true;
    if (sessions_.at(id).authrole != "limited")
        return true;
    // A pattern must be within what is allowed, and match nothing that is not.
    const bool covered = p.second.starts_with("com.a") || p.second.starts_with("wamp.subscription.");
    return (covered && !matches(p.first, p.second, "com.a.b")) || p.second == "net..c" ||
           (p.first == "exact" && permitted(id, p.second));
}

/// Those that meet each condition of the question, in the order that it wants. Publications are numbered in the order
/// in which they were made.
std::vector<reference_model::publication> reference_model::events_for(session_number id, const topic& t,
                                                                      const dict& asked) const
{
    const auto order = [](const std::string& name) { return std::stoull(name.substr(2)); };
    const auto holds = [&](const char* what, const auto& condition) {
        const auto* const wanted = asked.find(what);
        return wanted == nullptr || condition(*wanted->get_if<std::string>());
    };
    std::vector<publication> found;
    for (const auto& kept : t.history) {
        const auto when = timestamp(kept.when);
        const auto place = order(kept.name);
        if (may_get_by_name(id, kept) && holds("topic", [&](const auto& topic) { return kept.topic == topic; }) &&
            holds("from_time", [&](const auto& time) { return when >= time; }) &&
            holds("after_time", [&](const auto& time) { return when > time; }) &&
            holds("before_time", [&](const auto& time) { return when < time; }) &&
            holds("until_time", [&](const auto& time) { return when <= time; }) &&
            holds("from_publication", [&](const auto& name) { return place >= order(name); }) &&
            holds("after_publication", [&](const auto& name) { return place > order(name); }) &&
            holds("before_publication", [&](const auto& name) { return place < order(name); }) &&
            holds("until_publication", [&](const auto& name) { return place <= order(name); }))
            found.push_back(kept);
    }
    const auto* const reverse = asked.find("reverse");
    if (reverse != nullptr && *reverse == value(true))
        std::reverse(found.begin(), found.end());
    const auto* const limit = asked.find("limit");
    if (limit != nullptr && static_cast<std::size_t>(*limit->get_if<std::int64_t>()) < found.size())
        found.resize(static_cast<std::size_t>(*limit->get_if<std::int64_t>()));
    return found;
}

dict reference_model::kept_event(const pattern& p, const publication& kept) const
{
    dict told{
        {"timestamp", timestamp(kept.when)}, {"subscription", subscriptions_.at(p).name}, {"publication", kept.name}};
    auto details = kept.details;
    if (p.first != "exact")
        details.set("topic", kept.topic);
    told.set("details", details);
    if (kept.message.size() > 4)
        told.set("args", kept.message[4]);
    if (kept.message.size() > 5)
        told.set("kwargs", kept.message[5]);
    return told;
}

} // namespace junctor::simulation
