// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/memory_event_store.hpp>

#include <algorithm>
#include <chrono>

namespace junctor {

memory_history::entry::entry(const history_record& record)
    : publication{record.publication},
      when{record.when},
      topic(record.topic),
      passthru{record.passthru},
      receivers(as_text(record.receivers)),
      message(as_text(record.message))
{
}

history_record memory_history::entry::record() const noexcept
{
    return {publication, when, topic, passthru, as_bytes(receivers), as_bytes(message)};
}

memory_history::memory_history(const history_rule& bounds)
    : events_max_{bounds.events_max}, bytes_max_{bounds.bytes_max}, age_max_{bounds.age_max}
{
}

void memory_history::add(const history_record& record)
{
    // An era that begins with an event that then is not kept for want of memory does no harm.
    if (!entries_.empty() && record.when < entries_.back().when && eras_.back() != end())
        eras_.push_back(end());
    places_.reserve(places_.size() + 1); // Adding to it does not fail any more.
    entries_.emplace_back(record);
    places_.insert_or_assign(record.publication, end() - 1);
    bytes_ += record.bytes();
    while (is_full(record.when))
        drop_oldest();
}

bool memory_history::is_full(history_record::time now) const noexcept
{
    if (entries_.size() > events_max_ || bytes_ > bytes_max_)
        return true;
    return age_max_.count() != 0 && entries_.front().when < now - age_max_;
}

void memory_history::drop_oldest()
{
    const auto& oldest = entries_.front();
    if (const auto known = places_.find(oldest.publication); known != places_.end() && known->second == first_)
        places_.erase(known);
    bytes_ -= oldest.record().bytes();
    entries_.pop_front();
    ++first_;
    if (eras_.size() > 1 && eras_[1] <= first_)
        eras_.pop_front();
}

history_answer memory_history::find(const history_query& asked) const
{
    history_answering answer(asked);
    const auto named = named_range(asked);
    if (!named)
        answer.fail(errc::invalid_argument);
    for (std::size_t i = 0; i != eras_.size() && answer.wants_more(); ++i) {
        const auto era = asked.reverse ? eras_.size() - 1 - i : i;
        gather(part_of_era(era, *named, asked), asked, answer);
    }
    return answer.take();
}

/// The places between the publications that are named; nothing if one of them is not there.
std::optional<memory_history::range> memory_history::named_range(const history_query& asked) const
{
    range wanted{first_, end()};
    bool all_there = true;
    const auto place_of = [&](publication_id named, std::uint64_t otherwise) {
        const auto known = places_.find(named);
        all_there = all_there && known != places_.end();
        return known != places_.end() ? known->second : otherwise;
    };
    if (asked.from_publication)
        wanted.begin = std::max(wanted.begin, place_of(*asked.from_publication, first_));
    if (asked.after_publication)
        wanted.begin = std::max(wanted.begin, place_of(*asked.after_publication, first_) + 1);
    if (asked.before_publication)
        wanted.end = std::min(wanted.end, place_of(*asked.before_publication, first_));
    if (asked.until_publication)
        wanted.end = std::min(wanted.end, place_of(*asked.until_publication, first_) + 1);
    return all_there ? std::optional(wanted) : std::nullopt;
}

/// What is left of `within` in an era if the conditions of time hold.
memory_history::range memory_history::part_of_era(std::size_t era, const range& within,
                                                  const history_query& asked) const
{
    const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(std::max(eras_[era], first_) - first_);
    const auto end_of_era = era + 1 != eras_.size() ? eras_[era + 1] : end();
    const auto end_at = entries_.begin() + static_cast<std::ptrdiff_t>(end_of_era - first_);
    const auto earliest =
        std::partition_point(begin, end_at, [when = asked.earliest()](const entry& each) { return each.when < when; });
    const auto behind_latest =
        std::partition_point(begin, end_at, [when = asked.latest()](const entry& each) { return each.when <= when; });
    const auto place_of = [&](auto at) { return first_ + static_cast<std::uint64_t>(at - entries_.begin()); };
    return {std::max(within.begin, place_of(earliest)), std::min(within.end, place_of(behind_latest))};
}

void memory_history::gather(const range& from, const history_query& asked, history_answering& into) const
{
    for (auto i = from.begin; i < from.end && into.wants_more(); ++i) {
        const auto& found = at(asked.reverse ? from.end - 1 - (i - from.begin) : i);
        if (!asked.topic || found.topic == *asked.topic)
            into.add(found.record());
    }
}

void memory_event_store::open(std::string_view, std::vector<history_rule> rules, std::function<void()>)
{
    histories_.reserve(rules.size());
    for (const auto& rule : rules)
        histories_.emplace_back(rule);
}

keeping memory_event_store::add(const history_record& record, std::span<const std::size_t> histories, std::uint64_t)
{
    for (const auto history : histories)
        histories_[history].add(record);
    return keeping::kept;
}

std::optional<history_answer> memory_event_store::find(std::size_t history, history_query asked, std::uint64_t)
{
    return histories_[history].find(asked);
}

} // namespace junctor
