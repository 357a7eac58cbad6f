// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/retained_events.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <junctor/realm/realm_member.hpp>

namespace junctor {

namespace {

/// How many events of the largest size that is kept have room: one alone shall not drive out all others.
constexpr std::size_t largest_events = 8;

/// What the nodes of list and index take, with what the allocator needs for the four blocks of an event.
constexpr std::size_t overhead_bytes = 160;

/// Calls `visit` for everything that a retained event consists of beside numbers: views of somebody else's bytes.
template <class Visit>
void for_each_view(event& content, std::string_view& topic, Visit visit)
{
    auto& told = *content.details.rare;
    visit(topic);
    visit(told.publisher_authid);
    visit(told.publisher_authrole);
    visit(content.details.forwarded.source.bytes);
    visit(content.body.args.bytes);
    visit(content.body.kwargs.bytes);
}

/// The characters that begin every URI which the pattern matches.
std::string_view common_start(std::string_view pattern, match_policy match)
{
    if (match != match_policy::wildcard)
        return pattern;
    if (pattern.starts_with('.'))
        return {};
    const auto wildcard = pattern.find("..");
    return wildcard == std::string_view::npos ? pattern : pattern.substr(0, wildcard + 1);
}

} // namespace

// One event -----------------------------------------------------------------------------------------------------------

retained_events::entry::entry(const event& sent, std::string_view to, std::unique_ptr<const event_filter> receivers)
    : content(sent), topic{to}, filter{std::move(receivers)}
{
    auto& details = content.details;
    details.topic = {}; // each subscription has its own
    (details.rare.present() ? *details.rare : details.rare.emplace()).retained = true;

    std::size_t copied = 0;
    for_each_view(content, topic, [&](const auto& view) { copied += view.size(); });
    memory = std::make_unique<std::byte[]>(copied);
    auto* next = memory.get();
    for_each_view(content, topic, [&]<class View>(View& view) {
        std::copy_n(reinterpret_cast<const std::byte*>(view.data()), view.size(), next);
        view = View(reinterpret_cast<decltype(view.data())>(next), view.size());
        next += view.size();
    });
    bytes = sizeof(entry) + overhead_bytes + copied + (filter != nullptr ? filter->bytes() : 0);
}

bool retained_events::entry::restricted() const noexcept
{
    return filter != nullptr || content.details.forwarded.passthru;
}

bool retained_events::entry::may_reach(const session& subscriber) const
{
    return subscriber.id() != excluded && (filter == nullptr || filter->admits(subscriber)) &&
           takes_passthru(subscriber, session_role::subscriber, content.details.forwarded);
}

// All events ----------------------------------------------------------------------------------------------------------

void retained_events::retain(const session& publisher, const publish& m, const event& sent,
                             std::unique_ptr<const event_filter> filter, time_point now)
{
    entries made;
    auto& newest = made.emplace_back(sent, m.topic, std::move(filter));
    newest.published = now;
    if (m.options.exclude_me)
        newest.excluded = publisher.id();
    newest.position = by_topic_.emplace(newest.topic, made.begin());
    by_age_.splice(by_age_.end(), made);
    bytes_ += newest.bytes;

    forget_outdated(now);
    forget_superseded(newest, publisher);
    if (newest.bytes > limits_.bytes_max / largest_events)
        forget(newest);
    else
        keep_within_limits(newest);
}

/// Forgets what nobody can get any more. If only its publisher does not get the newest event, the most recent one that
/// it may have stays for it.
void retained_events::forget_superseded(const entry& newest, const session& publisher)
{
    if (newest.restricted())
        return;
    bool publisher_is_served = !newest.excluded.valid();
    auto kept = newest.position;
    while (kept != by_topic_.begin() && std::prev(kept)->first == newest.topic) {
        const auto older = std::prev(kept);
        if (publisher_is_served || !older->second->may_reach(publisher)) {
            forget(*older->second);
        } else {
            publisher_is_served = true;
            kept = older;
        }
    }
}

/// Forgets the oldest events until there is room for the others. Beside that for everybody, a topic may have only so
/// many that are for some.
void retained_events::keep_within_limits(const entry& newest)
{
    if (newest.restricted()) {
        const auto [first, last] = by_topic_.equal_range(newest.topic);
        const auto is_restricted = [](const auto& row) { return row.second->restricted(); };
        if (static_cast<std::size_t>(std::count_if(first, last, is_restricted)) > limits_.restricted_per_topic_max)
            forget(*std::find_if(first, last, is_restricted)->second);
    }
    while (by_age_.size() > limits_.events_max || bytes_ > limits_.bytes_max)
        forget(by_age_.front());
}

void retained_events::forget_outdated(time_point now)
{
    if (limits_.age_max.count() == 0)
        return;
    while (!by_age_.empty() && now - by_age_.front().published >= limits_.age_max)
        forget(by_age_.front());
}

void retained_events::forget(const entry& old)
{
    bytes_ -= old.bytes;
    const auto at = old.position->second;
    by_topic_.erase(old.position);
    by_age_.erase(at);
}

/// Calls `use(first, last)` with the events of each topic that the pattern matches, until it returns false. It may
/// forget these events, and no others.
template <class Use>
void retained_events::for_each_topic(std::string_view pattern, match_policy match, Use use)
{
    const auto start = common_start(pattern, match);
    const auto end = match == match_policy::exact ? by_topic_.upper_bound(pattern) : by_topic_.end();
    for (auto first = by_topic_.lower_bound(start); first != end && first->first.starts_with(start);) {
        const auto last = by_topic_.upper_bound(first->first);
        if (matches(pattern, match, first->first) && !use(first, last))
            return;
        first = last;
    }
}

void retained_events::deliver(session& subscriber, subscription_id as, std::string_view pattern, match_policy match,
                              time_point now)
{
    forget_outdated(now);
    for_each_topic(pattern, match, [&](auto first, auto last) {
        const auto oldest = std::make_reverse_iterator(first);
        const auto found = std::find_if(std::make_reverse_iterator(last), oldest,
                                        [&](const auto& row) { return row.second->may_reach(subscriber); });
        if (found == oldest)
            return true;
        auto out = found->second->content;
        out.subscription = as;
        out.details.topic = match == match_policy::exact ? std::string_view() : found->first;
        return subscriber.send(out) != delivery::refused;
    });
}

std::vector<std::string> retained_events::topics(std::string_view pattern, match_policy match, time_point now)
{
    forget_outdated(now);
    std::vector<std::string> found;
    for_each_topic(pattern, match, [&](auto first, auto) {
        found.emplace_back(first->first);
        return true;
    });
    return found;
}

std::size_t retained_events::forget(std::string_view pattern, match_policy match)
{
    const auto before = count();
    for_each_topic(pattern, match, [&](auto first, auto last) {
        while (first != last)
            forget(*(first++)->second);
        return true;
    });
    return before - count();
}

} // namespace junctor
