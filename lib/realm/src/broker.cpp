// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/broker.hpp>

#include <utility>

#include <junctor/base/limits.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/message/encode.hpp>
#include <junctor/realm/meta_api.hpp>
#include <junctor/realm/realm.hpp>

namespace junctor {

namespace {

/// Above it, a run is not filled again: one large event must not hold memory for good.
constexpr std::size_t kept_run_bytes_max = std::size_t{1} << 20;

/// Runs that wait to be filled again; peers that are slow to take large events hold some of them.
constexpr std::size_t kept_runs_max = 16;

constexpr std::size_t index_of(serializer format) noexcept
{
    return static_cast<std::size_t>(format) - 1;
}

/// Opens a message in `run` and encodes `out` into it. Whether it may be closed. If there is no memory for it, the run
/// is as it was before.
bool encode_into(message_run& run, serializer format, const event& out)
{
    try {
        return encode(out, format, run.open_message()) == errc{} &&
               run.open_view().size() <= limits::rawsocket_message_bytes_max;
    } catch (...) {
        run.drop_message();
        throw;
    }
}

/// Whether something under `reserved_name_space` matches the pattern.
bool may_match_reserved(std::string_view pattern, match_policy match)
{
    if (match == match_policy::exact || is_reserved(pattern))
        return is_reserved(pattern);
    return match == match_policy::prefix ? reserved_name_space.starts_with(pattern) : pattern.starts_with('.');
}

/// Answers a PUBLISH with lists of which no filter can be made.
[[gnu::noinline]] void refuse_filters(realm_member& from, const publish& m)
{
    const auto* const flaw = (*m.options.filters).rkey.size() > limits::shard_key_bytes_max
                                 ? "the resource key is too long"
                                 : "a list of subscribers has an element of the wrong type";
    if (m.options.acknowledge)
        from.refuse(m, errc::invalid_argument, flaw);
    else
        from.joined.abort(errc::protocol_violation, flaw);
}

/// What is to be kept of a filter together with its event. Resource keys are for live events only.
std::unique_ptr<const event_filter> for_later(std::unique_ptr<const event_filter> filter)
{
    return filter != nullptr && filter->admits_all() ? nullptr : std::move(filter);
}

/// Whom the event of `m`, which has a filter, may go to among the subscribers of `to`.
subscription_shards::audience audience_of(const publish& m, const subscription& to)
{
    const auto key = (*m.options.filters).rkey;
    if (to.shards == nullptr || key.empty())
        return {};
    return to.shards->audience_of(key);
}

} // namespace

broker::broker(const realm_options& options, random_numbers& random, std::uint64_t seed, const realm_clock& clock)
    : options_{options},
      random_{random},
      clock_{clock},
      index_(seed),
      retained_(options.retained),
      histories_(options.event_history, options.store)
{
    spare_runs_.reserve(kept_runs_max); // so that giving back never allocates
    open_histories();
}

/// Makes the subscriptions that keep a history, whether anybody subscribes or not.
void broker::open_histories()
{
    const auto& rules = histories_.rules();
    for (std::size_t i = 0; i != rules.size(); ++i)
        create(rules[i].topics.uri, rules[i].topics.match).history = i;
}

void broker::date_histories()
{
    for (const auto& [id, kept] : subscriptions_) {
        if (kept->history)
            kept->created = clock_.now();
    }
}

/// Keeps an event in the histories that it belongs to, and answers the publisher if that need not wait. False if the
/// publisher has been told that it cannot be kept: then nobody gets it, so that it can be published again.
[[gnu::noinline]] bool broker::record(realm_member& from, const publish& m, const event& sent,
                                      const event_filter* filter)
{
    const auto done = histories_.record(from.joined, m, sent, filter, clock_.at(clock_.now()));
    if (!m.options.acknowledge || done == keeping::pending)
        return true;
    if (done == keeping::kept)
        from.joined.send(published{m.request, sent.publication});
    else
        from.refuse(m, errc::unavailable, "too many events wait to be stored");
    return done == keeping::kept;
}

void broker::on_subscribe(realm_member& from, const subscribe& m)
{
    const auto match = m.options.match;
    if (const auto flaw = check_uri(m.topic, options_.uris, match); flaw != uri_flaw::none)
        return from.refuse(m, errc::invalid_uri, to_string(flaw));
    if (!from.permissions->decide(action::subscribe, m.topic, match).allowed)
        return from.refuse(m, from.refusal());

    if (m.options.nkey.size() > limits::shard_key_bytes_max)
        return from.refuse(m, errc::invalid_argument, "the node key is too long");

    auto* const known = index_.find(m.topic, match);
    if (known != nullptr && from.subscriptions.contains(known->id)) {
        assign_node(*known, from, m.options.nkey);
        return confirm(from, m, known->id);
    }
    if (from.subscriptions.size() >= from.joined.limits().subscriptions_max)
        return from.refuse(m, errc::too_many_requests, "the session has too many subscriptions");

    auto& wanted = known != nullptr ? *known : create(m.topic, match);
    from.subscriptions.emplace(wanted.id, subscriber_place{&wanted, wanted.subscribers.size()});
    wanted.subscribers.push_back(&from);
    ++wanted.formats[index_of(from.joined.format())];
    assign_node(wanted, from, m.options.nkey);
    confirm(from, m, wanted.id);
    if (hears_router())
        tell_of_subscriber(from, wanted, known == nullptr);
}

/// Lets a subscriber belong to the node of that key, or to none if it is empty.
void broker::assign_node(subscription& to, const realm_member& subscriber, std::string_view node_key)
{
    if (to.shards == nullptr && node_key.empty())
        return;
    if (to.shards == nullptr)
        to.shards = std::make_unique<subscription_shards>();
    if (node_key.empty())
        to.shards->remove(subscriber);
    else
        to.shards->assign(subscriber, node_key);
    if (to.shards->empty())
        to.shards.reset();
}

/// Tells a subscriber its subscription, and sends it the retained events that it asked for.
void broker::confirm(realm_member& to, const subscribe& m, subscription_id as)
{
    to.joined.send(subscribed{m.request, as});
    if (m.options.get_retained)
        retained_.deliver(to.joined, as, m.topic, m.options.match, clock_.now());
}

/// Tells those who want to know of a subscription's new subscriber.
[[gnu::noinline]] void broker::tell_of_subscriber(const realm_member& added, const subscription& to, bool is_first)
{
    const auto who = added.joined.id().number();
    if (is_first)
        publish_own("wamp.subscription.on_create", {who, details_of(to, clock_)});
    publish_own("wamp.subscription.on_subscribe", {who, to.id.number()});
}

void broker::on_unsubscribe(realm_member& from, const unsubscribe& m)
{
    const auto at = from.subscriptions.find(m.subscription);
    if (at == from.subscriptions.end())
        return from.refuse(m, errc::no_such_subscription);
    const auto place = at->second;
    from.subscriptions.erase(at);
    from.joined.send(unsubscribed{m.request, {}});
    remove_subscriber(*place.subscribed, place.position);
}

// What nearly every event takes is one piece of code: calls would cost more than what they do.
[[gnu::flatten]] void broker::on_publish(realm_member& from, const publish& m)
{
    send_events(from, m, [](const event&, std::unique_ptr<const event_filter>) {});
}

void broker::on_retaining_publish(realm_member& from, const publish& m)
{
    send_events(from, m, [&](const event& sent, std::unique_ptr<const event_filter> filter) {
        retained_.retain(from.joined, m, sent, for_later(std::move(filter)), clock_.now());
    });
}

/// Checks a PUBLISH, and sends the events that come of it if nothing is wrong. `then` gets what the event is like, and
/// whom it is for.
template <class Then>
void broker::send_events(realm_member& from, const publish& m, Then then)
{
    const auto admitted = admit(from, m);
    if (!admitted)
        return;
    std::unique_ptr<const event_filter> filter;
    if (m.options.filters.present()) {
        filter = event_filter::from(*m.options.filters);
        if (!filter)
            return refuse_filters(from, m);
    }

    event out(random_.next_id<publication_id>(), m.options.forwarded, m.body);
    if (m.options.disclose_me || admitted->permitted.disclose)
        tell_about(from, m, out);
    if (!histories_.empty()) [[unlikely]] {
        if (!record(from, m, out, filter.get()))
            return;
    } else if (m.options.acknowledge) {
        from.joined.send(published{m.request, out.publication});
    }
    dispatch(m, from, filter.get(), *admitted, out);
    then(out, std::move(filter));
}

/// Adds to an event what its subscribers learn about the publisher.
[[gnu::noinline]] void broker::tell_about(const realm_member& publisher, const publish& m, event& out) const
{
    auto& told = out.details.rare.emplace();
    const auto decided = publisher.authorized != nullptr
                             ? publisher.authorized->decided()
                             : publisher.permissions->decide_in_full(action::publish, m.topic);
    if (decided.trust_level >= 0)
        told.trustlevel = static_cast<std::uint64_t>(decided.trust_level);
    const bool discloses = decided.disclose || m.options.disclose_me;
    if (!discloses || options_.disclosure == disclosure::forbidden)
        return;
    const auto& who = publisher.joined.who();
    told.publisher = publisher.joined.id();
    told.publisher_authid = who.authid;
    told.publisher_authrole = who.authrole;
}

bool broker::revoke(realm_member& from, subscription_id revoked, std::string_view reason)
{
    settle(); // what was published before comes before
    const auto at = from.subscriptions.find(revoked);
    if (at == from.subscriptions.end())
        return false;
    const auto place = at->second;
    from.subscriptions.erase(at);
    remove_subscriber(*place.subscribed, place.position);
    // Autobahn for Python announces the feature and still ends the session at this message: it then loses what it was
    // to lose, and more. Not to tell it would leave it waiting for events that never come.
    if (from.joined.features().has(session_role::subscriber, feature::subscription_revocation))
        from.joined.send(unsubscribed{{}, {revoked, reason}});
    return true;
}

bool broker::continues_held_events(const realm_member& from, const publish& m) const noexcept
{
    return held_.to != nullptr && held_.publisher == &from && same_uri(held_.topic, m.topic);
}

/// What is needed to go on; nothing if the request was answered or the session closed.
std::optional<broker::admission> broker::admit(realm_member& from, const publish& m)
{
    if (breaks_passthru_rule(from.joined, session_role::publisher, m.options.forwarded))
        return std::nullopt;
    const auto refuse = [&](errc code, std::string_view text = {}) {
        from.refuse(m, code, text);
        return std::nullopt;
    };
    admission admitted;
    admitted.continues = continues_held_events(from, m);
    if (admitted.continues) {
        admitted.permitted = held_.permitted;
    } else {
        // What is subscribed to under its own name has been checked already.
        admitted.exact = index_.find(m.topic, match_policy::exact);
        if (admitted.exact == nullptr) {
            if (const auto flaw = check_uri(m.topic, options_.uris); flaw != uri_flaw::none)
                return refuse(errc::invalid_uri, to_string(flaw));
        }
        if (is_reserved(m.topic))
            return refuse(errc::invalid_uri, "topics under \"wamp.\" belong to the router");
        admitted.permitted = admitted.exact != nullptr
                                 ? admitted.exact->publishers.decide(*from.permissions, action::publish, m.topic)
                                 : from.permissions->decide(action::publish, m.topic);
    }
    if (!admitted.permitted.allowed)
        return refuse(from.refusal());
    if (m.options.disclose_me && options_.disclosure == disclosure::forbidden)
        return refuse(errc::option_disallowed_disclose_me);
    return admitted;
}

void broker::leave(realm_member& gone)
{
    const auto subscribed = std::exchange(gone.subscriptions, {});
    for (const auto& [id, place] : subscribed)
        remove_subscriber(*place.subscribed, place.position);
}

/// Makes the subscription to a pattern that has none.
subscription& broker::create(std::string_view topic, match_policy match)
{
    auto made = std::make_unique<subscription>();
    made->id = subscription_id(++last_subscription_);
    made->topic = topic;
    made->match = match;
    made->created = clock_.now();
    index_.insert(made->topic, match, *made);
    if (may_match_reserved(topic, match))
        ++subscriptions_to_router_;
    return *subscriptions_.emplace(made->id, std::move(made)).first->second;
}

/// The last subscriber takes the place that becomes free, so that no search is needed: the order among the subscribers
/// of one event means nothing.
void broker::remove_subscriber(subscription& from, std::size_t position)
{
    const auto& gone = *from.subscribers[position];
    --from.formats[index_of(gone.joined.format())];
    assign_node(from, gone, {});
    auto* const last = from.subscribers.back();
    from.subscribers[position] = last;
    from.subscribers.pop_back();
    if (const auto moved = last->subscriptions.find(from.id); moved != last->subscriptions.end())
        moved->second.position = position;

    const auto id = from.id.number();
    const bool ends = from.subscribers.empty() && !from.history;
    if (ends)
        end(from);
    if (!hears_router())
        return;
    const auto who = gone.joined.id().number();
    publish_own("wamp.subscription.on_unsubscribe", {who, id});
    if (ends)
        publish_own("wamp.subscription.on_delete", {who, id});
}

/// Ends a subscription that has no subscribers.
void broker::end(subscription& ended)
{
    if (may_match_reserved(ended.topic, ended.match))
        --subscriptions_to_router_;
    index_.erase(ended.topic, ended.match);
    subscriptions_.erase(ended.id);
}

errc broker::refusal_of(const realm_member& from, const publish& m,
                        const std::optional<authorization_decision>& decided) const
{
    if (check_uri(m.topic, options_.uris) != uri_flaw::none || is_reserved(m.topic))
        return errc::invalid_uri;
    if (decided && decided->failed)
        return errc::authorization_failed;
    if (!(decided ? decided->allowed : from.permissions->decide(action::publish, m.topic).allowed))
        return errc::not_authorized;
    if (m.options.disclose_me && options_.disclosure == disclosure::forbidden)
        return errc::option_disallowed_disclose_me;
    if (!takes_passthru(from.joined, session_role::publisher, m.options.forwarded))
        return errc::feature_not_supported;
    if (m.options.filters.present() && event_filter::from(*m.options.filters) == nullptr)
        return errc::invalid_argument;
    return errc{};
}

[[gnu::noinline]] void broker::publish_own(std::string_view topic, const list& args)
{
    settle();
    if (!options_.enable_meta_api)
        return;
    byte_buffer encoded_args;
    write_value(args, serializer::msgpack, encoded_args);
    event out(random_.next_id<publication_id>(), {}, {{{serializer::msgpack, encoded_args.view()}}, {}});
    index_.for_each_match(topic, [&](const subscription& to) {
        runs content;
        append(to, topic, out, content);
        for (auto* const subscriber : to.subscribers) {
            const auto& run = content[index_of(subscriber->joined.format())];
            if (!run->empty() && (is_reserved(to.topic) || subscriber->permissions->allows_by_name(
                                                               action::subscribe, topic, reserved_name_space)))
                subscriber->joined.send_run(run);
        }
        give_back(content);
    });
}

/// Sends an event to whom it may concern. If all of them have one subscription in common and nothing distinguishes
/// them, it may wait for others that go there, too.
void broker::dispatch(const publish& m, const realm_member& publisher, const event_filter* filter,
                      const admission& admitted, event& out)
{
    const bool for_all = m.options.exclude_me && filter == nullptr && !m.options.forwarded.passthru;
    if (for_all && admitted.continues)
        return append(*held_.to, m.topic, out, held_.content);

    auto* const exact = admitted.exact != nullptr ? admitted.exact : index_.find(m.topic, match_policy::exact);
    const subscription* only = exact;
    std::size_t matches = exact != nullptr ? 1 : 0;
    index_.for_each_pattern_match(m.topic, [&](const subscription& to) {
        only = &to;
        ++matches;
    });
    settle();
    if (for_all && matches == 1) {
        hold(*only, m, publisher, admitted.permitted);
        return append(*only, m.topic, out, held_.content);
    }
    if (exact != nullptr)
        deliver_now(*exact, m, publisher, filter, out);
    index_.for_each_pattern_match(m.topic, [&](const subscription& to) { deliver_now(to, m, publisher, filter, out); });
}

[[gnu::noinline]] void broker::hold(const subscription& to, const publish& m, const realm_member& publisher,
                                    permission permitted)
{
    held_.topic = m.topic;
    held_.permitted = permitted;
    held_.publisher = &publisher;
    held_.to = &to;
}

/// Sends the events that wait.
[[gnu::noinline]] void broker::hand_over()
{
    // Nothing is held any more, even if there is no memory to hand it over: nobody shall get an event twice.
    const auto& to = *std::exchange(held_.to, nullptr);
    auto content = std::exchange(held_.content, {});
    for (auto* const subscriber : to.subscribers) {
        auto& target = subscriber->joined;
        const auto& run = content[index_of(target.format())];
        if (subscriber != held_.publisher && run != nullptr && !run->empty())
            target.send_run(run);
    }
    give_back(content);
}

/// Whom the event cannot reach misses it, and nobody else: because its queue is full, the event too large for it or not
/// expressible in its serializer.
[[gnu::noinline]] void broker::deliver_now(const subscription& to, const publish& m, const realm_member& publisher,
                                           const event_filter* filter, event& out)
{
    runs content;
    append(to, m.topic, out, content);
    const auto audience = filter != nullptr ? audience_of(m, to) : subscription_shards::audience();
    for (auto* const subscriber : to.subscribers) {
        auto& target = subscriber->joined;
        if (subscriber == &publisher && m.options.exclude_me)
            continue;
        if ((filter != nullptr && !(filter->admits(target) && audience.includes(*subscriber))) ||
            !takes_passthru(target, session_role::subscriber, m.options.forwarded))
            continue;
        const auto& run = content[index_of(target.format())];
        if (!run->empty())
            target.send_run(run);
    }
    give_back(content);
}

/// Adds the event to the run of each serializer that subscribers use, unless it cannot be expressed in it or becomes
/// too long for anybody.
void broker::append(const subscription& to, std::string_view topic, event& out, runs& content)
{
    out.subscription = to.id;
    out.details.topic = to.match == match_policy::exact ? std::string_view() : topic;
    for (std::size_t i = 0; i != content.size(); ++i) {
        if (to.formats[i] == 0)
            continue;
        auto& run = content[i];
        if (run == nullptr)
            run = take_run();
        if (encode_into(*run, all_serializers[i], out))
            run->close_message();
        else
            run->drop_message();
    }
}

[[gnu::noinline]] boost::intrusive_ptr<message_run> broker::take_run()
{
    for (auto& spare : spare_runs_) {
        if (!spare->unshared())
            continue;
        std::swap(spare, spare_runs_.back());
        auto taken = std::move(spare_runs_.back());
        spare_runs_.pop_back();
        taken->clear();
        return taken;
    }
    return {new message_run};
}

void broker::give_back(runs& content) noexcept
{
    for (auto& run : content) {
        if (run != nullptr && run->capacity() <= kept_run_bytes_max && spare_runs_.size() < kept_runs_max)
            spare_runs_.push_back(std::move(run));
        run = nullptr;
    }
}

} // namespace junctor
