// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/event_history.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include <junctor/codec/codec.hpp>
#include <junctor/message/encode.hpp>
#include <junctor/realm/realm_clock.hpp>
#include <junctor/realm/realm_member.hpp>

namespace junctor {

void event_history::add(const event& sent, std::string_view topic, std::unique_ptr<const event_filter> filter,
                        time when)
{
    // As it is told: who asks for what came after the latest event that it knows, shall not get that again.
    const auto to_be_told = std::chrono::floor<std::chrono::milliseconds>(when);
    entry added{
        sent.publication, to_be_told, std::string(topic), std::move(filter), sent.details.forwarded.passthru, {}};
    if (encode(sent, serializer::msgpack, added.message) != errc{} || added.bytes() > bytes_max_)
        return;
    entries_.push_back(std::move(added));
    bytes_ += entries_.back().bytes();
    while (entries_.size() > events_max_ || bytes_ > bytes_max_) {
        bytes_ -= entries_.front().bytes();
        entries_.pop_front();
    }
}

std::optional<list> event_history::find(const history_query& asked, const session& asking) const
{
    const auto wanted = range_of(asked);
    if (!wanted)
        return std::nullopt;
    list found;
    const auto look_at = [&](std::size_t place) {
        if (meets(entries_[place], asked, asking))
            found.push_back(told(entries_[place]));
        return found.size() < asked.limit;
    };
    if (asked.limit == 0)
        return found;
    if (asked.reverse) {
        for (auto place = wanted->end; place != wanted->begin && look_at(place - 1); --place) {
        }
    } else {
        for (auto place = wanted->begin; place != wanted->end && look_at(place); ++place) {
        }
    }
    return found;
}

/// The places between the publications that are named; nothing if one of them is not there.
std::optional<event_history::range> event_history::range_of(const history_query& asked) const
{
    range wanted{0, entries_.size()};
    const auto begin_at = [&](const std::optional<publication_id>& named, std::size_t behind) {
        const auto place = named ? place_of(*named) : std::nullopt;
        if (place)
            wanted.begin = std::max(wanted.begin, *place + behind);
        return !named || place;
    };
    const auto end_at = [&](const std::optional<publication_id>& named, std::size_t behind) {
        const auto place = named ? place_of(*named) : std::nullopt;
        if (place)
            wanted.end = std::min(wanted.end, *place + behind);
        return !named || place;
    };
    const bool all_there = begin_at(asked.from_publication, 0) && begin_at(asked.after_publication, 1) &&
                           end_at(asked.before_publication, 0) && end_at(asked.until_publication, 1);
    if (!all_there)
        return std::nullopt;
    wanted.begin = std::min(wanted.begin, wanted.end);
    return wanted;
}

std::optional<std::size_t> event_history::place_of(publication_id publication) const
{
    const auto at = std::find_if(entries_.begin(), entries_.end(),
                                 [publication](const entry& each) { return each.publication == publication; });
    return at != entries_.end() ? std::optional(static_cast<std::size_t>(at - entries_.begin())) : std::nullopt;
}

bool event_history::meets(const entry& one, const history_query& asked, const session& asking)
{
    if ((asked.from_time && one.when < *asked.from_time) || (asked.after_time && one.when <= *asked.after_time) ||
        (asked.before_time && one.when >= *asked.before_time) || (asked.until_time && one.when > *asked.until_time) ||
        (asked.topic && one.topic != *asked.topic))
        return false;
    if (one.passthru && !asking.features().has(session_role::subscriber, feature::payload_passthru_mode))
        return false;
    return one.filter == nullptr || one.filter->admits(asking);
}

/// [EVENT, subscription, publication, details, args, kwargs] as the dict that the spec wants.
value event_history::told(const entry& one)
{
    dict answer;
    answer.set("timestamp", iso_8601(one.when));
    auto tree = read_value({serializer::msgpack, one.message.view()});
    auto* const elements = tree ? tree->get_if<list>() : nullptr;
    if (elements == nullptr)
        return answer;
    constexpr std::string_view names[] = {"subscription", "publication", "details", "args", "kwargs"};
    for (std::size_t i = 1; i < elements->size() && i <= std::size(names); ++i)
        answer.set(names[i - 1], std::move((*elements)[i]));
    return answer;
}

} // namespace junctor
