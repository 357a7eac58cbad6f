// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "event_reader.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "event_tables.hpp"

namespace junctor::store {

namespace {

using places = std::numeric_limits<std::int64_t>;

/// One answer may take so long, as others wait for theirs. It does only if whoever asks may have next to nothing of a
/// large history.
constexpr std::chrono::seconds patience{5};

std::int64_t nanoseconds(history_record::time when) noexcept
{
    return std::chrono::nanoseconds(when.time_since_epoch()).count();
}

bool has_times(const history_query& asked) noexcept
{
    return asked.from_time || asked.after_time || asked.before_time || asked.until_time;
}

} // namespace

event_reader::event_reader(const std::string& path, std::vector<std::int64_t> histories)
    : on_(path, access::read),
      histories_{std::move(histories)},
      place_of_publication_(on_, sql::place_of_publication),
      first_era_(on_, sql::first_era),
      last_era_(on_, sql::last_era),
      first_place_(on_, sql::first_place),
      last_place_(on_, sql::last_place),
      entries_up_(on_, sql::entries_up),
      entries_down_(on_, sql::entries_down),
      entries_of_topic_up_(on_, sql::entries_of_topic_up),
      entries_of_topic_down_(on_, sql::entries_of_topic_down)
{
}

history_answer event_reader::find(std::size_t history, const history_query& asked)
{
    deadline_ = std::chrono::steady_clock::now() + patience;
    transaction looking(on_, "BEGIN");
    history_answering answer(asked);
    const auto id = histories_[history];
    if (const auto named = named_range(id, asked); !named)
        answer.fail(errc::invalid_argument);
    else if (has_times(asked))
        gather_by_time(id, *named, asked, answer);
    else
        gather(id, *named, asked, answer);
    return answer.take();
}

/// The number that `wanted` gives for these arguments, if it gives any.
std::optional<std::int64_t> event_reader::one(statement& wanted, auto... arguments)
{
    auto rows = wanted.with(arguments...);
    return rows.next() ? std::optional(rows.number(0)) : std::nullopt;
}

/// The places between the publications that are named; nothing if one of them is not there.
std::optional<event_reader::range> event_reader::named_range(std::int64_t history, const history_query& asked)
{
    range wanted{0, places::max()};
    bool all_there = true;
    const auto place_of = [&](publication_id named) {
        const auto place = one(place_of_publication_, history, static_cast<std::int64_t>(named.number()));
        all_there = all_there && place;
        return place.value_or(0);
    };
    if (asked.from_publication)
        wanted.first = std::max(wanted.first, place_of(*asked.from_publication));
    if (asked.after_publication)
        wanted.first = std::max(wanted.first, place_of(*asked.after_publication) + 1);
    if (asked.before_publication)
        wanted.last = std::min(wanted.last, place_of(*asked.before_publication) - 1);
    if (asked.until_publication)
        wanted.last = std::min(wanted.last, place_of(*asked.until_publication));
    return all_there ? std::optional(wanted) : std::nullopt;
}

/// Goes through the eras, in each of which the conditions of time leave one range of places.
void event_reader::gather_by_time(std::int64_t history, const range& within, const history_query& asked,
                                  history_answering& into)
{
    const auto earliest = nanoseconds(asked.earliest());
    const auto latest = nanoseconds(asked.latest());
    auto& next_era = asked.reverse ? last_era_ : first_era_;
    auto era = one(next_era, history, asked.reverse ? places::max() : 0);
    while (era && into.wants_more()) {
        const auto first = one(first_place_, history, *era, earliest);
        const auto last = one(last_place_, history, *era, latest);
        if (first && last)
            gather(history, {std::max(within.first, *first), std::min(within.last, *last)}, asked, into);
        era = one(next_era, history, asked.reverse ? *era - 1 : *era + 1);
    }
}

void event_reader::gather(std::int64_t history, const range& from, const history_query& asked, history_answering& into)
{
    if (from.first > from.last)
        return;
    auto& of_topic = asked.reverse ? entries_of_topic_down_ : entries_of_topic_up_;
    auto& of_all = asked.reverse ? entries_down_ : entries_up_;
    if (asked.topic)
        gather(of_topic.with(history, from.first, from.last, std::string_view(*asked.topic)), into);
    else
        gather(of_all.with(history, from.first, from.last), into);
}

void event_reader::gather(statement::run rows, history_answering& into) const
{
    constexpr unsigned between_looks_at_the_clock = 256;
    for (unsigned i = 1; into.wants_more() && rows.next(); ++i) {
        const history_record::time when(
            std::chrono::duration_cast<history_record::time::duration>(std::chrono::nanoseconds(rows.number(1))));
        into.add({publication_id(static_cast<std::uint64_t>(rows.number(0))), when, rows.text(2), rows.number(3) != 0,
                  rows.bytes(4), rows.bytes(5)});
        if (i % between_looks_at_the_clock == 0 && std::chrono::steady_clock::now() > deadline_)
            into.fail(errc::timeout);
    }
}

} // namespace junctor::store
