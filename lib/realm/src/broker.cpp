// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/broker.hpp>

#include <utility>

#include <junctor/message/encode.hpp>
#include <junctor/realm/realm.hpp>

namespace junctor {

namespace {

/// Above it, a buffer is given back after the event: one large event must not hold memory for good.
constexpr std::size_t kept_buffer_bytes_max = std::size_t{1} << 20;

} // namespace

broker::broker(const realm_options& options, random_numbers& random, std::uint64_t seed)
    : options_{options}, random_{random}, index_(seed)
{
}

void broker::on_subscribe(realm_member& from, const subscribe& m)
{
    const auto match = m.options.match;
    if (const auto flaw = check_uri(m.topic, options_.uris, match); flaw != uri_flaw::none)
        return from.refuse(m, errc::invalid_uri, to_string(flaw));
    if (!from.permissions.decide(action::subscribe, m.topic, match).allowed)
        return from.refuse(m, errc::not_authorized);

    if (const auto* const known = index_.find(m.topic, match);
        known != nullptr && from.subscriptions.contains(known->id)) {
        from.joined.send(subscribed{m.request, known->id});
        return;
    }
    if (from.subscriptions.size() >= from.joined.limits().subscriptions_max)
        return from.refuse(m, errc::too_many_requests, "the session has too many subscriptions");

    auto& wanted = find_or_create(m.topic, match);
    from.subscriptions.emplace(wanted.id, subscriber_place{&wanted, wanted.subscribers.size()});
    wanted.subscribers.push_back(&from);
    from.joined.send(subscribed{m.request, wanted.id});
}

void broker::on_unsubscribe(realm_member& from, const unsubscribe& m)
{
    const auto at = from.subscriptions.find(m.subscription);
    if (at == from.subscriptions.end())
        return from.refuse(m, errc::no_such_subscription);
    const auto place = at->second;
    from.subscriptions.erase(at);
    remove_subscriber(*place.subscribed, place.position);
    from.joined.send(unsubscribed{m.request, {}});
}

void broker::on_publish(realm_member& from, const publish& m)
{
    if (breaks_passthru_rule(from.joined, session_role::publisher, m.options.passthru))
        return;
    // What is subscribed to under its own name has been checked already, and that look-up costs a tenth of the check.
    if (index_.find(m.topic, match_policy::exact) == nullptr) {
        if (const auto flaw = check_uri(m.topic, options_.uris); flaw != uri_flaw::none)
            return from.refuse(m, errc::invalid_uri, to_string(flaw));
    }
    if (is_reserved(m.topic))
        return from.refuse(m, errc::invalid_uri, "topics under \"wamp.\" belong to the router");
    const auto permitted = from.permissions.decide(action::publish, m.topic);
    if (!permitted.allowed)
        return from.refuse(m, errc::not_authorized);
    const bool disclosable = options_.disclosure == disclosure::allowed;
    if (m.options.disclose_me && !disclosable)
        return from.refuse(m, errc::option_disallowed_disclose_me);
    const auto filter = event_filter::from(m.options);
    if (!filter) {
        if (m.options.acknowledge)
            return from.refuse(m, errc::invalid_argument, "a list of subscribers has an element of the wrong type");
        return from.joined.abort(errc::protocol_violation, "a list of subscribers has an element of the wrong type");
    }

    event out;
    out.publication = random_.next_id<publication_id>();
    out.details.passthru = m.options.passthru;
    out.details.custom = m.options.custom;
    out.body = m.body;
    if (disclosable && (m.options.disclose_me || permitted.disclose)) {
        out.details.publisher = from.joined.id();
        out.details.publisher_authid = from.joined.who().authid;
        out.details.publisher_authrole = from.joined.who().authrole;
    }
    if (m.options.acknowledge)
        from.joined.send(published{m.request, out.publication});
    dispatch(m, from, *filter, out);
}

void broker::leave(realm_member& gone)
{
    const auto subscribed = std::exchange(gone.subscriptions, {});
    for (const auto& [id, place] : subscribed)
        remove_subscriber(*place.subscribed, place.position);
}

subscription& broker::find_or_create(std::string_view topic, match_policy match)
{
    if (auto* const known = index_.find(topic, match))
        return *known;
    auto made = std::make_unique<subscription>();
    made->id = subscription_id(++last_subscription_);
    made->topic = topic;
    made->match = match;
    index_.insert(made->topic, match, *made);
    return *subscriptions_.emplace(made->id, std::move(made)).first->second;
}

/// The last subscriber takes the place that becomes free, so that no search is needed: the order among the subscribers
/// of one event means nothing.
void broker::remove_subscriber(subscription& from, std::size_t position)
{
    auto* const last = from.subscribers.back();
    from.subscribers[position] = last;
    from.subscribers.pop_back();
    if (const auto moved = last->subscriptions.find(from.id); moved != last->subscriptions.end())
        moved->second.position = position;
    if (!from.subscribers.empty())
        return;
    index_.erase(from.topic, from.match);
    subscriptions_.erase(from.id);
}

void broker::dispatch(const publish& m, const realm_member& publisher, const event_filter& filter, event& out)
{
    index_.for_each_match(m.topic, [&](const subscription& to) {
        out.subscription = to.id;
        out.details.topic = to.match == match_policy::exact ? std::string_view() : m.topic;
        deliver(to, m, publisher, filter, out);
        forget_encodings();
    });
}

/// Whom the event cannot reach misses it, and nobody else: because its queue is full, the event too large for it or not
/// expressible in its serializer.
void broker::deliver(const subscription& to, const publish& m, const realm_member& publisher,
                     const event_filter& filter, const event& out)
{
    for (auto* const subscriber : to.subscribers) {
        auto& target = subscriber->joined;
        if (subscriber == &publisher && m.options.exclude_me)
            continue;
        if (!filter.admits(target) || !takes_passthru(target, session_role::subscriber, m.options.passthru))
            continue;
        const auto& form = encoded_in(target.format(), out);
        if (form.progress == encoding::state::ready)
            target.send_encoded(form.bytes.view());
    }
}

broker::encoding& broker::encoded_in(serializer format, const event& out)
{
    auto& form = encodings_[static_cast<std::size_t>(format) - 1];
    if (form.progress == encoding::state::missing) {
        const auto failed = encode(out, format, form.bytes) != errc{};
        form.progress = failed ? encoding::state::not_expressible : encoding::state::ready;
    }
    return form;
}

void broker::forget_encodings() noexcept
{
    for (auto& form : encodings_) {
        form.progress = encoding::state::missing;
        form.bytes.clear();
        if (form.bytes.capacity() > kept_buffer_bytes_max)
            form.bytes.release();
    }
}

} // namespace junctor
