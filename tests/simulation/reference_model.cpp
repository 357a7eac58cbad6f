// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "reference_model.hpp"

#include <algorithm>

#include "elements.hpp"
#include "uris.hpp"

namespace junctor::simulation {

namespace {

/// Whether a list among the options lets somebody pass who is `who`.
bool list_allows(const list& m, const char* key, const value& who, bool whitelist)
{
    const auto* const listed = option(m, 2, key).get_if<list>();
    if (listed == nullptr)
        return true;
    const bool found = std::find(listed->begin(), listed->end(), who) != listed->end();
    return found == whitelist;
}

} // namespace

reference_model::reference_model(const model_options& options) : options_{options}
{
    for (const auto& kept : options.histories) {
        auto& t = subscriptions_[pattern(kept.match, kept.uri)];
        t.number = ++names_;
        t.name = "$S" + std::to_string(t.number);
        t.kept_max = kept.events_max;
    }
}

void reference_model::join(session_number id, model_session facts)
{
    sessions_[id] = std::move(facts);
    send(id, {2, id, "$_"});
    announce("wamp.session.on_join", {details_of(id)});
}

void reference_model::leave(session_number id, milliseconds now)
{
    sessions_.at(id).open = false;
    std::vector<pattern> subscribed;
    for (const auto& [p, t] : subscriptions_) {
        if (std::find(t.subscribers.begin(), t.subscribers.end(), id) != t.subscribers.end())
            subscribed.push_back(p);
    }
    // Whoever leaves loses its subscriptions one by one, in the order in which they began: it may matter to others.
    std::sort(subscribed.begin(), subscribed.end(), [&](const pattern& a, const pattern& b) {
        return subscriptions_.at(a).number < subscriptions_.at(b).number;
    });
    for (const auto& p : subscribed)
        remove_subscriber(p, id);
    // What waits for somebody else must not get what becomes free now.
    std::erase_if(calls_, [&](const auto& call) { return call.second.caller == id && call.second.queued != 0; });
    std::map<std::uint64_t, pattern> registered;
    for (const auto& [p, r] : registrations_) {
        if (std::any_of(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == id; }))
            registered[r.number] = p;
    }
    for (const auto& [number, p] : registered)
        remove_callee(p, id, now);
    end_calls_of(id, now);
    const auto gone = sessions_.at(id);
    for (const auto& publication : gone.silent ? std::vector<list>() : gone.testaments)
        on_publish(id, publication, now);
    sessions_.erase(id);
    if (!gone.silent)
        announce("wamp.session.on_leave", {id, gone.authid, gone.authrole});
}

void reference_model::receive(session_number from, const value& message, milliseconds now)
{
    if (!sessions_.at(from).open)
        return;
    const auto& m = *message.get_if<list>();
    const auto type = static_cast<int>(*m[0].get_if<std::int64_t>());
    if (sequence_broken(from, type, m))
        return abort(from);
    switch (type) {
    case 3: sessions_.at(from).open = false; return;
    case 6:
        send(from, {6, dict(), "wamp.close.goodbye_and_out"});
        sessions_.at(from).open = false;
        return;
    case 8: return on_error(from, m, now);
    case 16: return on_publish(from, m, now);
    case 32: return on_subscribe(from, m, now);
    case 34: return on_unsubscribe(from, m);
    case 48: return on_call(from, m, now);
    case 49: return on_cancel(from, m, now);
    case 64: return on_register(from, m, now);
    case 66: return on_unregister(from, m, now);
    case 70: return on_yield(from, m, now);
    default: return abort(from);
    }
}

void reference_model::expire(milliseconds now)
{
    const auto is_sooner = [](const auto& a, const auto& b) {
        return std::pair(a.second.deadline, a.second.timeout_set) < std::pair(b.second.deadline, b.second.timeout_set);
    };
    for (;;) {
        auto timed = calls_;
        std::erase_if(timed, [&](const auto& c) { return c.second.timeout.count() == 0 || c.second.deadline > now; });
        if (timed.empty())
            return;
        give_up(std::min_element(timed.begin(), timed.end(), is_sooner)->first, "wamp.error.timeout", "killnowait",
                now);
    }
}

bool reference_model::revoke(session_number id, const std::string& subscription, const std::string& reason)
{
    for (const auto& [p, t] : subscriptions_) {
        if (t.name != subscription || std::find(t.subscribers.begin(), t.subscribers.end(), id) == t.subscribers.end())
            continue;
        remove_subscriber(pattern(p), id);
        if (sessions_.at(id).takes_revocation)
            send(id, {35, 0, dict{{"subscription", subscription}, {"reason", reason}}});
        return true;
    }
    return false;
}

std::vector<value> reference_model::take(session_number id)
{
    return std::exchange(sent_[id], {});
}

std::optional<milliseconds> reference_model::next_deadline() const
{
    std::optional<milliseconds> next;
    for (const auto& [number, call] : calls_) {
        if (call.timeout.count() != 0 && (!next || call.deadline < *next))
            next = call.deadline;
    }
    return next;
}

bool reference_model::send(session_number to, list message)
{
    const auto at = sessions_.find(to);
    if (at == sessions_.end() || !at->second.open || at->second.full)
        return false;
    sent_[to].emplace_back(std::move(message));
    return true;
}

void reference_model::error(session_number to, int type, const value& request, const std::string& uri)
{
    send(to, {8, type, request, dict(), uri});
}

void reference_model::abort(session_number id)
{
    send(id, {3, dict{{"message", "$_"}}, "wamp.error.protocol_violation"});
    sessions_.at(id).open = false;
}

bool reference_model::sequence_broken(session_number from, int type, const list& m)
{
    auto& s = sessions_.at(from);
    const bool request = type == 16 || type == 32 || type == 34 || type == 48 || type == 64 || type == 66;
    if (!request || !options_.strict_requests)
        return false;
    const auto number = static_cast<std::uint64_t>(*m[1].get_if<std::int64_t>());
    if (type == 48 && s.unfinished.contains(number))
        return false;
    return number != ++s.requests;
}

// Publish and subscribe -----------------------------------------------------------------------------------------------

void reference_model::on_subscribe(session_number from, const list& m, milliseconds now)
{
    const auto match = text(m, 2, "match", "exact");
    const auto uri = text(m[3]);
    if (!valid(uri, match))
        return error(from, 32, m[1], "wamp.error.invalid_uri");
    if (!permitted(from, uri))
        return error(from, 32, m[1], "wamp.error.not_authorized");
    const pattern p(match, uri);
    const auto join_node = [&](std::map<session_number, std::string>& nodes) {
        nodes.erase(from);
        if (const auto key = text(m, 2, "nkey", ""); !key.empty())
            nodes[from] = key;
    };
    const auto known = subscriptions_.find(p);
    const auto has = [&](const topic& t) {
        return std::find(t.subscribers.begin(), t.subscribers.end(), from) != t.subscribers.end();
    };
    if (known == subscriptions_.end() || !has(known->second)) {
        const auto held =
            std::count_if(subscriptions_.begin(), subscriptions_.end(), [&](const auto& s) { return has(s.second); });
        if (static_cast<std::size_t>(held) >= options_.subscriptions_max)
            return error(from, 32, m[1], "wamp.error.too_many_requests");
        auto& t = subscriptions_[p];
        const bool is_new = t.name.empty();
        if (is_new) {
            t.number = ++names_;
            t.name = "$S" + std::to_string(t.number);
        }
        t.subscribers.push_back(from);
        join_node(t.nodes);
        send(from, {33, m[1], t.name});
        if (flag(m, 2, "get_retained"))
            send_retained(from, p, now);
        if (is_new)
            announce("wamp.subscription.on_create",
                     {from, dict{{"id", t.name}, {"created", "$_"}, {"uri", uri}, {"match", match}}});
        announce("wamp.subscription.on_subscribe", {from, t.name});
        return;
    }
    join_node(subscriptions_[p].nodes);
    send(from, {33, m[1], subscriptions_[p].name});
    if (flag(m, 2, "get_retained"))
        send_retained(from, p, now);
}

void reference_model::on_unsubscribe(session_number from, const list& m)
{
    for (const auto& [p, t] : subscriptions_) {
        if (value(t.name) != m[2] || std::find(t.subscribers.begin(), t.subscribers.end(), from) == t.subscribers.end())
            continue;
        send(from, {35, m[1]});
        remove_subscriber(pattern(p), from);
        return;
    }
    error(from, 34, m[1], "wamp.error.no_such_subscription");
}

void reference_model::remove_subscriber(const pattern& p, session_number id)
{
    auto& t = subscriptions_.at(p);
    const auto name = t.name;
    std::erase(t.subscribers, id);
    t.nodes.erase(id);
    const bool ends = t.subscribers.empty() && t.kept_max == 0;
    if (ends)
        subscriptions_.erase(p);
    announce("wamp.subscription.on_unsubscribe", {id, name});
    if (ends)
        announce("wamp.subscription.on_delete", {id, name});
}

void reference_model::on_publish(session_number from, const list& m, milliseconds now)
{
    const bool acknowledge = flag(m, 2, "acknowledge");
    const auto refuse = [&](const char* uri) {
        if (acknowledge)
            error(from, 16, m[1], uri);
    };
    const auto uri = text(m[3]);
    if (!valid(uri, "exact") || uri.starts_with("wamp."))
        return refuse("wamp.error.invalid_uri");
    if (!permitted(from, uri))
        return refuse("wamp.error.not_authorized");
    if (flag(m, 2, "disclose_me") && !options_.disclosure_allowed)
        return refuse("wamp.error.option_disallowed.disclose_me");

    publication made{uri, "$P" + std::to_string(++names_), from, m, custom(m[2]), now};
    if (flag(m, 2, "disclose_me")) {
        made.details.set("publisher", from);
        made.details.set("publisher_authid", sessions_.at(from).authid);
        made.details.set("publisher_authrole", sessions_.at(from).authrole);
    }
    if (acknowledge)
        send(from, {17, m[1], made.name});
    for (const auto& [p, t] : subscriptions_) {
        if (!matches(p.first, p.second, uri))
            continue;
        for (const auto to : receivers(t, made))
            send_event(to, p, made, false);
    }
    keep(made);
    if (flag(m, 2, "retain"))
        retained_[uri].push_back(std::move(made));
}

bool reference_model::may_get(session_number to, const publication& what) const
{
    const auto& m = what.message;
    return (to != what.from || !flag(m, 2, "exclude_me", true)) && list_allows(m, "exclude", to, false) &&
           list_allows(m, "eligible", to, true) && may_get_by_name(to, what);
}

/// Who gets an event of those who have the subscription.
std::vector<session_number> reference_model::receivers(const topic& t, const publication& what) const
{
    const auto resource = text(what.message, 2, "rkey", "");
    std::set<std::string> keys;
    for (const auto& [id, key] : t.nodes)
        keys.insert(key);
    const bool is_sharded = !resource.empty() && !keys.empty();
    const auto chosen = is_sharded ? options_.choose_node(resource, keys) : std::string();
    std::vector<session_number> found;
    for (const auto to : t.subscribers) {
        const bool is_elsewhere = is_sharded && t.nodes.contains(to) && t.nodes.at(to) != chosen;
        if (!is_elsewhere && may_get(to, what))
            found.push_back(to);
    }
    return found;
}

/// Whether the lists of authids and authroles let somebody have the event.
bool reference_model::may_get_by_name(session_number to, const publication& what) const
{
    const auto& m = what.message;
    const auto& s = sessions_.at(to);
    return list_allows(m, "exclude_authid", s.authid, false) && list_allows(m, "eligible_authid", s.authid, true) &&
           list_allows(m, "exclude_authrole", s.authrole, false) &&
           list_allows(m, "eligible_authrole", s.authrole, true);
}

/// Keeps an event in the histories, unless it was for certain sessions, or not for them.
void reference_model::keep(const publication& made)
{
    if (made.message[2].get_if<dict>()->contains("eligible") || made.message[2].get_if<dict>()->contains("exclude"))
        return;
    for (auto& [p, t] : subscriptions_) {
        if (t.kept_max == 0 || !matches(p.first, p.second, made.topic))
            continue;
        t.history.push_back(made);
        if (t.history.size() > t.kept_max)
            t.history.erase(t.history.begin());
    }
}

void reference_model::send_event(session_number to, const pattern& p, const publication& what, bool retained)
{
    auto details = what.details;
    if (p.first != "exact")
        details.set("topic", what.topic);
    if (retained)
        details.set("retained", true);
    list event{36, subscriptions_.at(p).name, what.name, details};
    append_from(event, what.message, 4);
    send(to, event);
}

void reference_model::send_retained(session_number to, const pattern& p, milliseconds now)
{
    for (const auto& [uri, publications] : retained_) {
        if (!matches(p.first, p.second, uri))
            continue;
        const auto latest = std::find_if(publications.rbegin(), publications.rend(),
                                         [&](const publication& each) { return may_get(to, each); });
        const auto age_max = options_.retained_age_max;
        if (latest != publications.rend() && (age_max.count() == 0 || now - latest->when < age_max))
            send_event(to, p, *latest, true);
    }
}

/// The role "limited" may use what begins with "com.a", but not "com.a.b", the wildcard "net..c", and what the router
/// has about subscriptions; any other role may do everything.
bool reference_model::permitted(session_number id, const std::string& uri) const
{
    if (sessions_.at(id).authrole != "limited")
        return true;
    return uri != "com.a.b" &&
           (uri.starts_with("com.a") || uri.starts_with("wamp.subscription.") || matches("wildcard", "net..c", uri));
}

} // namespace junctor::simulation
