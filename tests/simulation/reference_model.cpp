// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "reference_model.hpp"

#include <algorithm>

#include "uris.hpp"

namespace junctor::simulation {

namespace {

/// The lengths of the portions before each wildcard of a pattern. Of two patterns that match a URI, the greater one is
/// better.
std::vector<std::size_t> portions(const std::string& pattern)
{
    std::vector<std::size_t> lengths(1);
    for (const auto& part : components(pattern)) {
        if (part.empty())
            lengths.push_back(0);
        else
            ++lengths.back();
    }
    return lengths;
}

bool ends_with_component(const std::string& prefix, const std::string& uri)
{
    return prefix.empty() || prefix.back() == '.' || prefix.size() == uri.size() || uri[prefix.size()] == '.';
}

const value& option(const list& m, std::size_t at, const char* key)
{
    static const value none;
    const auto* const found = m[at].get_if<dict>()->find(key);
    return found != nullptr ? *found : none;
}

bool flag(const list& m, std::size_t at, const char* key, bool standard = false)
{
    const auto* const given = option(m, at, key).get_if<bool>();
    return given != nullptr ? *given : standard;
}

std::string text(const list& m, std::size_t at, const char* key, const char* standard)
{
    const auto* const given = option(m, at, key).get_if<std::string>();
    return given != nullptr ? *given : standard;
}

std::string text(const value& v)
{
    return *v.get_if<std::string>();
}

/// What the sender of options or details wants to reach the other side.
dict custom(const value& options)
{
    dict kept;
    for (const auto& [key, content] : *options.get_if<dict>()) {
        if (key.starts_with("_") || key.starts_with("x_"))
            kept.set(key, content);
    }
    return kept;
}

void append_from(list& out, const list& m, std::size_t at)
{
    for (; at < m.size(); ++at)
        out.push_back(m[at]);
}

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
    std::vector<pattern> registered;
    for (const auto& [p, r] : registrations_) {
        if (std::any_of(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == id; }))
            registered.push_back(p);
    }
    for (const auto& p : registered)
        remove_callee(p, id);
    for (std::size_t i = 0; i < calls_.size();) {
        if (calls_[i].callee == id)
            give_up(i, "wamp.error.canceled", false);
        else if (calls_[i].caller == id)
            give_up(i, "wamp.error.canceled", true);
        else
            ++i;
    }
    const auto gone = sessions_.at(id);
    for (const auto& publication : gone.silent ? std::vector<list>() : gone.testaments)
        on_publish(id, publication, now);
    sessions_.erase(id);
    if (!gone.silent)
        announce("wamp.session.on_leave", {id, gone.authid, gone.authrole});
}

void reference_model::receive(session_number from, const value& message, milliseconds now,
                              std::optional<session_number> chosen)
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
    case 8: return on_error(from, m, now, chosen);
    case 16: return on_publish(from, m, now);
    case 32: return on_subscribe(from, m, now);
    case 34: return on_unsubscribe(from, m);
    case 48: return on_call(from, m, now, chosen);
    case 49: return on_cancel(from, m);
    case 64: return on_register(from, m);
    case 66: return on_unregister(from, m);
    case 70: return on_yield(from, m, now);
    default: return abort(from);
    }
}

void reference_model::expire(milliseconds now)
{
    for (std::size_t i = 0; i < calls_.size();) {
        if (calls_[i].timeout.count() != 0 && calls_[i].deadline <= now)
            give_up(i, "wamp.error.timeout", true);
        else
            ++i;
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
    for (const auto& call : calls_) {
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

// Remote procedure calls ----------------------------------------------------------------------------------------------

void reference_model::on_register(session_number from, const list& m)
{
    const auto match = text(m, 2, "match", "exact");
    const auto policy = text(m, 2, "invoke", "single");
    const auto uri = text(m[3]);
    if (!valid(uri, match) || uri.starts_with("wamp."))
        return error(from, 64, m[1], "wamp.error.invalid_uri");
    if (!permitted(from, uri))
        return error(from, 64, m[1], "wamp.error.not_authorized");
    const pattern p(match, uri);
    const auto has = [&](const procedure& r) {
        return std::any_of(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == from; });
    };
    const bool forced = flag(m, 2, "force_reregister");
    if (const auto known = registrations_.find(p); known != registrations_.end() && !forced) {
        if (known->second.policy == "single" || has(known->second))
            return error(from, 64, m[1], "wamp.error.procedure_already_exists");
        if (known->second.policy != policy)
            return error(from, 64, m[1], "wamp.error.procedure_exists_with_different_invocation_policy");
    }
    const auto held =
        std::count_if(registrations_.begin(), registrations_.end(), [&](const auto& r) { return has(r.second); });
    if (static_cast<std::size_t>(held) >= options_.registrations_max)
        return error(from, 64, m[1], "wamp.error.too_many_requests");
    while (forced && registrations_.contains(p)) {
        const auto holder = registrations_.at(p).callees.front().id;
        const dict details{{"registration", registrations_.at(p).name}, {"reason", "$_"}};
        remove_callee(p, holder);
        if (sessions_.at(holder).takes_revocation)
            send(holder, {67, 0, details});
    }
    auto& r = registrations_[p];
    if (r.name.empty()) {
        r.name = "$R" + std::to_string(++names_);
        r.policy = policy;
    }
    r.callees.push_back({from, flag(m, 2, "disclose_caller"), flag(m, 2, "forward_timeout")});
    send(from, {65, m[1], r.name});
    if (r.callees.size() == 1)
        announce("wamp.registration.on_create",
                 {from, dict{{"id", r.name}, {"created", "$_"}, {"uri", uri}, {"match", match}, {"invoke", policy}}});
    announce("wamp.registration.on_register", {from, r.name});
}

void reference_model::on_unregister(session_number from, const list& m)
{
    for (const auto& [p, r] : registrations_) {
        const bool has = std::any_of(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == from; });
        if (value(r.name) != m[2] || !has)
            continue;
        remove_callee(pattern(p), from);
        send(from, {67, m[1]});
        return;
    }
    error(from, 66, m[1], "wamp.error.no_such_registration");
}

void reference_model::remove_callee(const pattern& p, session_number id)
{
    auto& r = registrations_.at(p);
    const auto at = std::find_if(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == id; });
    const auto position = static_cast<std::size_t>(at - r.callees.begin());
    r.callees.erase(at);
    const auto name = r.name;
    const bool ends = r.callees.empty();
    if (ends) {
        registrations_.erase(p);
    } else {
        if (r.turn > position)
            --r.turn;
        if (r.turn == r.callees.size())
            r.turn = 0;
    }
    announce("wamp.registration.on_unregister", {id, name});
    if (ends)
        announce("wamp.registration.on_delete", {id, name});
}

void reference_model::on_call(session_number from, const list& m, milliseconds now,
                              std::optional<session_number> chosen)
{
    auto& caller = sessions_.at(from);
    const auto number = static_cast<std::uint64_t>(*m[1].get_if<std::int64_t>());
    if (caller.unfinished.contains(number))
        return on_further_part(from, m);
    const auto mine = [&](const pending& call) { return call.caller == from; };
    if (std::any_of(calls_.begin(), calls_.end(),
                    [&](const pending& call) { return mine(call) && call.request == m[1]; }))
        return abort(from);
    if (flag(m, 2, "progress")) {
        if (options_.strict_requests && !caller.sends_parts)
            return abort(from);
        caller.unfinished.insert(number);
    }
    const auto uri = text(m[3]);
    if (!valid(uri, "exact"))
        return error(from, 48, m[1], "wamp.error.invalid_uri");
    if (!permitted(from, uri))
        return error(from, 48, m[1], "wamp.error.not_authorized");
    if (flag(m, 2, "disclose_me") && !options_.disclosure_allowed)
        return error(from, 48, m[1], "wamp.error.option_disallowed.disclose_me");
    if (on_meta_call(from, m))
        return;
    const auto* const p = find_procedure(uri);
    if (p == nullptr)
        return error(from, 48, m[1], "wamp.error.no_such_procedure");
    if (static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), mine)) >= options_.pending_calls_max)
        return error(from, 48, m[1], "wamp.error.too_many_requests");

    auto& r = registrations_.at(*p);
    for (const auto choice : order(r, m, chosen, {})) {
        if (invoke(from, m, *p, r, choice, now, calls_.size()))
            return;
    }
    error(from, 48, m[1], "wamp.error.unavailable");
}

/// In which order the callees get the CALL `m` offered, but for some of them.
std::vector<std::size_t> reference_model::order(const procedure& r, const list& m, std::optional<session_number> chosen,
                                                const std::set<session_number>& without) const
{
    std::vector<std::size_t> row;
    for (std::size_t i = 0; i < r.callees.size(); ++i) {
        if (!without.contains(r.callees[i].id))
            row.push_back(i);
    }
    if (r.policy == "last")
        std::reverse(row.begin(), row.end());
    if (r.policy != "roundrobin" && r.policy != "random")
        return row;
    // If nobody was invoked at random, it was a callee that does not take the call at all, if there is one.
    const auto starts = [&](std::size_t i) {
        if (r.policy == "roundrobin")
            return i >= r.turn;
        return chosen ? r.callees[i].id == *chosen : !takes_call(r.callees[i], m);
    };
    auto first = std::find_if(row.begin(), row.end(), starts);
    if (first == row.end())
        first = row.begin();
    std::rotate(row.begin(), first, row.end());
    return row;
}

/// Whether what the CALL `m` needs is supported by a callee.
bool reference_model::takes_call(const callee& who, const list& m) const
{
    const auto& s = sessions_.at(who.id);
    return !flag(m, 2, "progress") || (s.takes_parts && s.takes_interrupt);
}

/// Invokes a callee for a CALL: a new one, or the pending call at `again`.
bool reference_model::invoke(session_number from, const list& m, const pattern& p, procedure& r, std::size_t choice,
                             milliseconds now, std::size_t again)
{
    const auto target = r.callees[choice];
    auto& callee = sessions_.at(target.id);
    const bool is_new = again == calls_.size();
    if (!takes_call(target, m)) {
        error(from, 48, m[1], "wamp.error.feature_not_supported");
        if (!is_new)
            finish(again);
        return true;
    }
    auto details = custom(m[2]);
    if (options_.disclosure_allowed && (flag(m, 2, "disclose_me") || target.wants_caller)) {
        details.set("caller", from);
        details.set("caller_authid", sessions_.at(from).authid);
        details.set("caller_authrole", sessions_.at(from).authrole);
    }
    if (p.first != "exact")
        details.set("procedure", m[3]);
    const bool told = callee.takes_progress && (callee.takes_interrupt || !options_.strict_progress);
    if (flag(m, 2, "receive_progress") && told)
        details.set("receive_progress", true);
    const auto first_offered = is_new ? now : calls_[again].first_offered;
    const auto* const given = option(m, 2, "timeout").get_if<std::int64_t>();
    auto timeout = milliseconds(given != nullptr ? *given : 0);
    if (timeout.count() != 0 && target.wants_timeout && callee.keeps_time) {
        details.set("timeout", (timeout - (now - first_offered)).count());
        timeout = {};
    }
    const list frozen{68, callee.invocations + 1, r.name, details};
    if (!send_part(target.id, frozen, m))
        return false;
    r.turn = (choice + 1) % r.callees.size();
    ++callee.invocations;
    const auto declined = is_new ? std::set<session_number>() : calls_[again].declined;
    const pending made{from,
                       m[1],
                       target.id,
                       callee.invocations,
                       flag(m, 2, "receive_progress"),
                       false,
                       timeout,
                       first_offered + timeout,
                       frozen,
                       m[3],
                       m,
                       first_offered,
                       declined};
    if (is_new)
        calls_.push_back(made);
    else
        calls_[again] = made;
    return true;
}

/// Sends the INVOCATION `frozen` with what the CALL `m` says about progress, and its payload.
bool reference_model::send_part(session_number to, list frozen, const list& m)
{
    if (flag(m, 2, "progress"))
        frozen[3].get_if<dict>()->set("progress", true);
    append_from(frozen, m, 4);
    return send(to, std::move(frozen));
}

void reference_model::on_further_part(session_number from, const list& m)
{
    if (!flag(m, 2, "progress"))
        sessions_.at(from).unfinished.erase(static_cast<std::uint64_t>(*m[1].get_if<std::int64_t>()));
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        auto& call = calls_[i];
        if (call.caller != from || call.request != m[1] || call.killed)
            continue;
        if (call.procedure != m[3])
            return abort(from);
        call.call.clear();
        if (!send_part(call.callee, call.frozen, m))
            give_up(i, "wamp.error.unavailable", true);
        return;
    }
}

void reference_model::on_cancel(session_number from, const list& m)
{
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        if (calls_[i].caller != from || calls_[i].request != m[1] || calls_[i].killed)
            continue;
        const bool understood = sessions_.at(calls_[i].callee).takes_interrupt;
        const auto mode = text(m, 2, "mode", "killnowait");
        if (mode == "kill" && understood) {
            calls_[i].killed = true;
            interrupt(calls_[i], "kill", "wamp.error.canceled");
        } else {
            give_up(i, "wamp.error.canceled", mode != "skip");
        }
        return;
    }
}

void reference_model::on_yield(session_number from, const list& m, milliseconds now)
{
    const auto number = static_cast<std::uint64_t>(*m[1].get_if<std::int64_t>());
    if (number > sessions_.at(from).invocations)
        return abort(from);
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        auto& call = calls_[i];
        if (call.callee != from || call.invocation != number)
            continue;
        const bool progress = flag(m, 2, "progress");
        if (progress && !call.wants_progress)
            return;
        auto details = custom(m[2]);
        if (progress) {
            details.set("progress", true);
            call.call.clear();
        }
        list result{50, call.request, details};
        append_from(result, m, 3);
        const bool sent = send(call.caller, result);
        call.deadline = now + call.timeout;
        if (!progress)
            finish(i);
        else if (!sent)
            give_up(i, "wamp.error.unavailable", true);
        return;
    }
}

void reference_model::on_error(session_number from, const list& m, milliseconds now,
                               std::optional<session_number> chosen)
{
    if (m[1] != value(68))
        return abort(from);
    const auto number = static_cast<std::uint64_t>(*m[2].get_if<std::int64_t>());
    if (number > sessions_.at(from).invocations)
        return abort(from);
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        if (calls_[i].callee != from || calls_[i].invocation != number)
            continue;
        if (m[4] == value("wamp.error.unavailable") && sessions_.at(from).may_decline && !calls_[i].killed &&
            !calls_[i].call.empty())
            return reroute(i, now, chosen);
        list out{8, 48, calls_[i].request, custom(m[3]), m[4]};
        append_from(out, m, 5);
        send(calls_[i].caller, out);
        finish(i);
        return;
    }
}

void reference_model::reroute(std::size_t call, milliseconds now, std::optional<session_number> chosen)
{
    auto& declined = calls_[call];
    declined.declined.insert(declined.callee);
    const auto* const given = option(declined.call, 2, "timeout").get_if<std::int64_t>();
    if (given != nullptr && *given != 0 && declined.first_offered + milliseconds(*given) <= now)
        return give_up(call, "wamp.error.timeout", false);
    const auto at = std::find_if(registrations_.begin(), registrations_.end(),
                                 [&](const auto& r) { return value(r.second.name) == declined.frozen[2]; });
    if (at != registrations_.end()) {
        const auto m = declined.call;
        for (const auto choice : order(at->second, m, chosen, declined.declined)) {
            if (invoke(declined.caller, m, at->first, at->second, choice, now, call))
                return;
        }
    }
    give_up(call, "wamp.error.no_available_callee", false);
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

const reference_model::pattern* reference_model::find_procedure(const std::string& uri) const
{
    const pattern* prefix = nullptr;
    const pattern* wildcard = nullptr;
    for (const auto& [p, r] : registrations_) {
        if (uri.starts_with("wamp.") || !matches(p.first, p.second, uri))
            continue;
        if (p.first == "exact")
            return &p;
        if (p.first == "prefix" && (prefix == nullptr || prefix->second.size() < p.second.size()))
            prefix = &p;
        if (p.first == "wildcard" && (wildcard == nullptr || portions(wildcard->second) < portions(p.second)))
            wildcard = &p;
    }
    const bool prefix_first = prefix != nullptr && (wildcard == nullptr || ends_with_component(prefix->second, uri));
    return prefix_first ? prefix : wildcard;
}

void reference_model::interrupt(const pending& call, const std::string& mode, const std::string& reason)
{
    const auto callee = sessions_.find(call.callee);
    if (callee != sessions_.end() && callee->second.takes_interrupt)
        send(call.callee, {69, call.invocation, dict{{"mode", mode}, {"reason", reason}}});
}

void reference_model::finish(std::size_t call)
{
    calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(call));
}

void reference_model::give_up(std::size_t call, const std::string& uri, bool tell_callee)
{
    error(calls_[call].caller, 48, calls_[call].request, uri);
    if (tell_callee)
        interrupt(calls_[call], "killnowait", uri);
    finish(call);
}

} // namespace junctor::simulation
