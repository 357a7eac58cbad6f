// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/event_histories.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <junctor/message/encode.hpp>
#include <junctor/realm/memory_event_store.hpp>
#include <junctor/realm/realm_member.hpp>

namespace junctor {

namespace {

/// Threads that enter a realm one after the other have looked at the clock before, so that the time may seem to go back
/// a little. Nobody needs that to be told, and the histories would have to be searched in many parts.
constexpr std::chrono::seconds jitter_max{1};

constexpr std::string_view busy = "the event store has too much to write";

/// Whether an event is for certain sessions, or not for them. Other sessions will bear their identifiers, or none.
bool names_sessions(const publish_options& options)
{
    return options.filters.present() && ((*options.filters).eligible.present() || (*options.filters).exclude.present());
}

void require_distinct(const std::vector<history_rule>& rules)
{
    for (auto one = rules.begin(); one != rules.end(); ++one) {
        const auto same = [&](const history_rule& other) {
            return other.topics.uri == one->topics.uri && other.topics.match == one->topics.match;
        };
        if (std::any_of(rules.begin(), one, same))
            throw std::invalid_argument(fmt::format("two event histories of the pattern {} \"{}\"",
                                                    to_string(one->topics.match), one->topics.uri));
    }
}

/// What decides whether `asking` may have an event, without it.
auto admits(const session& asking)
{
    const bool takes_passthru = asking.features().has(session_role::subscriber, feature::payload_passthru_mode);
    return [takes_passthru, who = asking.who()](bool passthru, byte_view receivers) {
        if (passthru && !takes_passthru)
            return false;
        if (receivers.empty())
            return true;
        const auto filter = event_filter::from_names(receivers);
        return filter != nullptr && filter->admits_names_of(who);
    };
}

} // namespace

event_histories::event_histories(const std::vector<history_rule>& rules, std::shared_ptr<event_store> store)
    : rules_{rules}, store_{std::move(store)}
{
    require_distinct(rules);
    if (store_ != nullptr)
        return;
    store_ = std::make_shared<memory_event_store>();
    store_->open({}, rules, {});
}

keeping event_histories::record(const session& publisher, const publish& m, const event& sent,
                                const event_filter* filter, history_record::time now)
{
    if (names_sessions(m.options))
        return keeping::kept;
    choose_histories(m.topic);
    message_.clear();
    receivers_.clear();
    if (chosen_.empty() || encode(sent, serializer::msgpack, message_) != errc{})
        return keeping::kept;
    if (filter != nullptr && !filter->admits_all())
        filter->write_names(receivers_);
    // As it is told: who asks for what came after the latest event that it knows, shall not get that again.
    const auto to_be_told = steady(std::chrono::floor<std::chrono::milliseconds>(now));
    const history_record added{sent.publication,  to_be_told,     m.topic, sent.details.forwarded.passthru,
                               receivers_.view(), message_.view()};
    leave_out_small_histories(added.bytes());
    if (chosen_.empty())
        return keeping::kept;
    const auto done = store_->add(added, chosen_, records_ + 1);
    if (done == keeping::refused) {
        ++trouble_.events_lost;
        trouble_.cause = busy;
        return done;
    }
    ++records_;
    if (done == keeping::pending && m.options.acknowledge)
        waiting_.push_back({records_, publisher.id(), m.request, sent.publication});
    return done;
}

void event_histories::choose_histories(std::string_view topic)
{
    chosen_.clear();
    for (std::size_t i = 0; i != rules_.size(); ++i) {
        if (matches(rules_[i].topics.uri, rules_[i].topics.match, topic))
            chosen_.push_back(i);
    }
}

/// Leaves out the histories that are too small for an event of that size.
void event_histories::leave_out_small_histories(std::size_t bytes)
{
    std::erase_if(chosen_, [&](std::size_t each) { return rules_[each].bytes_max < bytes; });
}

/// The time `now`, unless it is a little before that of the last event.
history_record::time event_histories::steady(history_record::time now) noexcept
{
    if (now >= last_ || last_ - now > jitter_max)
        last_ = now;
    return last_;
}

std::optional<history_answer> event_histories::find(std::size_t history, subscription_id as, history_query asked,
                                                    const session& asking, request_id call, history_record::time now)
{
    asked.admits = admits(asking);
    if (const auto age = rules_[history].age_max; age.count() != 0)
        asked.from_time = std::max(asked.from_time.value_or(history_record::time::min()), now - age);
    auto answer = store_->find(history, std::move(asked), questions_ + 1);
    if (!answer)
        lookups_.emplace(++questions_, lookup{asking.id(), call, as});
    return answer;
}

std::vector<completed_lookup> event_histories::settle(const members_by_id& members, store_trouble& trouble)
{
    auto report = store_->report();
    for (const auto& outcome : report.outcomes)
        tell(outcome, members);
    std::vector<completed_lookup> completed;
    for (auto& [number, answer] : report.answers) {
        const auto asked = lookups_.find(number);
        if (asked == lookups_.end())
            continue;
        completed.push_back({asked->second.asking, asked->second.call, asked->second.asked, std::move(answer)});
        lookups_.erase(asked);
    }
    if (!report.failures.empty())
        trouble_.cause = std::move(report.failures.back());
    trouble = std::exchange(trouble_, {});
    return completed;
}

/// Tells the publishers that wait for this what became of their events. One that has left meanwhile learns nothing.
void event_histories::tell(const store_report::outcome& outcome, const members_by_id& members)
{
    for (; !waiting_.empty() && waiting_.front().record <= outcome.last; waiting_.pop_front()) {
        const auto& told = waiting_.front();
        const auto member = members.find(told.publisher);
        if (member == members.end())
            continue;
        auto& publisher = member->second->joined;
        if (outcome.code == errc{})
            publisher.send(published{told.request, told.publication});
        else
            publisher.send_error(message_type::publish, told.request, outcome.code, "the event could not be stored");
    }
    if (outcome.code != errc{}) {
        trouble_.events_lost += outcome.last - settled_;
        trouble_.cause = outcome.cause;
    }
    settled_ = outcome.last;
}

} // namespace junctor
