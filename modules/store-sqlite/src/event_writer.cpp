// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "event_writer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "event_tables.hpp"

namespace junctor::store {

namespace {

/// How many events of a history are dropped in one transaction beside those that make room for others. It takes some
/// milliseconds.
constexpr std::size_t dropped_at_once = 1000;

std::int64_t nanoseconds(history_record::time when) noexcept
{
    return std::chrono::nanoseconds(when.time_since_epoch()).count();
}

} // namespace

waiting_record::waiting_record(const history_record& given, std::span<const std::size_t> kept_in, std::uint64_t counted)
    : number{counted},
      publication{given.publication},
      when{given.when},
      passthru{given.passthru},
      topic(given.topic),
      receivers(as_text(given.receivers)),
      message(as_text(given.message)),
      histories(kept_in.begin(), kept_in.end())
{
}

history_record waiting_record::record() const noexcept
{
    return {publication, when, topic, passthru, as_bytes(receivers), as_bytes(message)};
}

event_writer::event_writer(const std::string& path, std::string_view realm, std::vector<history_rule> rules)
    : path_{path},
      on_{open_tables(path)},
      find_history_(on_, sql::find_history),
      add_history_(on_, sql::add_history),
      set_history_(on_, sql::set_history),
      add_entry_(on_, sql::add_entry),
      oldest_entries_(on_, sql::oldest_entries),
      drop_entries_(on_, sql::drop_entries)
{
    transaction making(on_, "BEGIN IMMEDIATE");
    for (auto& rule : rules)
        histories_.push_back(find_or_make(realm, std::move(rule)));
    making.commit();
}

event_writer::history event_writer::find_or_make(std::string_view realm, history_rule rule)
{
    const auto match = to_string(rule.topics.match);
    {
        auto known = find_history_.with(realm, std::string_view(rule.topics.uri), match);
        if (known.next())
            return {std::move(rule), known.number(0), known.number(1),
                    known.number(2), known.number(3), known.number(4)};
    }
    add_history_.execute(realm, std::string_view(rule.topics.uri), match);
    return {std::move(rule), on_.last_row(), 0, 0, 0, 0};
}

std::vector<std::int64_t> event_writer::ids() const
{
    std::vector<std::int64_t> all;
    for (const auto& each : histories_)
        all.push_back(each.id);
    return all;
}

void event_writer::write(std::span<const waiting_record> records, time now)
{
    change(records, records.size() + dropped_at_once, now);
}

bool event_writer::prune(time now)
{
    return change({}, dropped_at_once, now);
}

/// One transaction. Whether some histories may still have too much.
bool event_writer::change(std::span<const waiting_record> added, std::size_t dropped_max, time now)
{
    auto before = histories_;
    try {
        transaction changing(on_, "BEGIN IMMEDIATE");
        for (const auto& each : added) {
            for (const auto history : each.histories)
                add(each, histories_[history]);
        }
        bool more = false;
        for (auto& each : histories_) {
            more = drop_oldest(each, dropped_max, now) || more;
            if (std::exchange(each.changed, false))
                set_history_.execute(each.id, each.events, each.bytes, each.era, each.latest);
        }
        changing.commit();
        return more;
    } catch (...) {
        histories_ = std::move(before);
        throw;
    }
}

void event_writer::add(const waiting_record& added, history& to)
{
    const auto record = added.record();
    const auto when = nanoseconds(record.when);
    const auto octets = static_cast<std::int64_t>(record.bytes());
    if (when < to.latest)
        ++to.era;
    to.latest = when;
    ++to.events;
    to.bytes += octets;
    to.changed = true;
    add_entry_.execute(to.id, to.era, when, static_cast<std::int64_t>(record.publication.number()), octets,
                       std::int64_t{record.passthru}, record.topic, record.receivers, record.message);
}

/// Drops what is beyond the bounds, but no more than `count` events; whether there may be more.
bool event_writer::drop_oldest(history& from, std::size_t count, time now)
{
    const auto& bounds = from.bounds;
    const auto events_max = static_cast<std::int64_t>(bounds.events_max);
    const auto bytes_max = static_cast<std::int64_t>(bounds.bytes_max);
    const auto oldest_time = nanoseconds(now - bounds.age_max);
    const auto is_full = [&] { return from.events > events_max || from.bytes > bytes_max; };
    if (!is_full() && bounds.age_max.count() == 0)
        return false;
    std::int64_t last = 0;
    std::size_t dropped = 0;
    {
        auto rows = oldest_entries_.with(from.id, static_cast<std::int64_t>(count));
        while (rows.next() && (is_full() || (bounds.age_max.count() != 0 && rows.number(2) < oldest_time))) {
            last = rows.number(0);
            from.bytes -= rows.number(1);
            --from.events;
            ++dropped;
        }
    }
    if (dropped == 0)
        return false;
    from.changed = true;
    drop_entries_.execute(from.id, last);
    return dropped == count;
}

} // namespace junctor::store
