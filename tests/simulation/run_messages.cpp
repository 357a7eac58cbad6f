// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What clients say in the simulation: messages that are drawn at random.

#include <algorithm>
#include <array>

#include "run.hpp"

namespace junctor::simulation {

namespace {

/// Few enough that patterns, topics and procedures meet all the time; some of them are no URIs at all.
constexpr std::array uris{"com.a",     "com.a.b",   "com.a.c",  "com.ab.c", "com.b.c", "net.a.c",
                          "net.b.c.d", "com.a.b.c", "wamp.a.b", "com..a",   "a b"};
constexpr std::array prefixes{"", "com", "com.", "com.a", "com.a.", "net.b", "wamp.", "com..a"};
constexpr std::array wildcards{
    "com..c", "..", ".session.", "wamp.session.", "wamp..on_delete", "net..c", ".a.", "com.a.b", ".", "com.a..", "a ."};
/// What the router publishes, of which somebody wants to know now and then.
constexpr std::array meta_topics{"wamp.session.on_join",
                                 "wamp.session.on_leave",
                                 "wamp.subscription.on_create",
                                 "wamp.subscription.on_subscribe",
                                 "wamp.subscription.on_unsubscribe",
                                 "wamp.subscription.on_delete",
                                 "wamp.registration.on_create",
                                 "wamp.registration.on_register",
                                 "wamp.registration.on_unregister",
                                 "wamp.registration.on_delete"};
constexpr std::array roles{"anyone", "limited", "nobody"};
constexpr std::array node_keys{"node1", "node2", "node3", ""};
constexpr std::array resource_keys{"sn1", "sn2", "sn3", "sn4", "sn5", ""};
constexpr std::array policies{"roundrobin", "first", "last", "random", "single"};
constexpr std::array modes{"skip", "kill", "kill", "killnowait"};

} // namespace

list run::subscribe(client& who)
{
    if (chance(10))
        return {32, next_request(who), dict(), pick(meta_topics)};
    const auto [match, uri] = pattern(who);
    dict options;
    if (match != "exact" || chance(10))
        options.set("match", match);
    if (chance(40))
        options.set("get_retained", true);
    if (chance(30))
        options.set("nkey", pick(node_keys));
    return {32, next_request(who), options, uri};
}

list run::publish(client& who)
{
    dict options;
    if (chance(40))
        options.set("acknowledge", true);
    if (chance(30))
        options.set("exclude_me", chance(30));
    if (chance(20))
        options.set("disclose_me", true);
    if (chance(25))
        options.set("retain", chance(80));
    if (chance(20))
        options.set("x_mark", payloads_);
    if (chance(30))
        options.set("rkey", pick(resource_keys));
    if (chance(10))
        options.set("nobody_knows", list{1});
    if (chance(40))
        add_lists(options);
    list message{16, next_request(who), options, uri()};
    add_payload(message);
    return message;
}

void run::add_lists(dict& options)
{
    for (const auto* const key : {"exclude", "eligible"}) {
        list ids;
        for (auto count = draw(3); count > 0; --count)
            ids.emplace_back(pick(clients_)->number);
        if (chance(40))
            options.set(key, std::move(ids));
    }
    for (const auto* const key : {"exclude_authid", "eligible_authid"}) {
        if (chance(20))
            options.set(key, list{"guest" + std::to_string(draw(4)), "guest0"});
    }
    if (chance(10))
        options.set("exclude_authrole", list{"limited"});
    if (chance(10))
        options.set("eligible_authrole", chance(50) ? list{"anyone"} : list{});
}

list run::register_(client& who)
{
    const auto [match, uri] = pattern(who);
    dict options;
    if (match != "exact")
        options.set("match", match);
    // Mostly the same policy for a procedure, so that groups of callees form.
    options.set("invoke", chance(80) ? policies[uri.size() % policies.size()] : pick(policies));
    if (chance(20))
        options.set("disclose_caller", true);
    if (chance(20))
        options.set("forward_timeout", true);
    if (chance(10))
        options.set("force_reregister", true);
    if (chance(50))
        options.set("concurrency", 1 + draw(2));
    return {64, next_request(who), options, uri};
}

list run::call(client& who)
{
    dict options = call_options();
    if (!who.uploads.empty() && chance(40))
        return further_part(who, std::move(options));
    const bool again = !who.calls.empty() && chance(2);
    const auto request = again ? who.calls.back() : next_request(who);
    who.calls.push_back(request);
    const auto procedure = uri();
    if (chance(15)) {
        options.set("progress", true);
        who.uploads.emplace_back(request, procedure);
    }
    list message{48, request, options, procedure};
    add_payload(message);
    return message;
}

/// One more part of a call: mostly such as it should be.
list run::further_part(client& who, dict options)
{
    const auto which = static_cast<std::ptrdiff_t>(draw(who.uploads.size()));
    const auto [request, procedure] = who.uploads[static_cast<std::size_t>(which)];
    if (chance(60))
        options.set("progress", true);
    else if (chance(95)) // or it goes on, though it must not
        who.uploads.erase(who.uploads.begin() + which);
    list message{48, request, options, chance(97) ? procedure : uri()};
    add_payload(message);
    return message;
}

dict run::call_options()
{
    dict options;
    if (chance(40))
        options.set("receive_progress", true);
    if (chance(30))
        options.set("timeout", draw(600));
    if (chance(20))
        options.set("disclose_me", true);
    if (chance(20))
        options.set("_mark", payloads_);
    if (chance(15)) {
        options.set("runmode", "partition");
        options.set("rkey", pick(resource_keys));
    } else if (chance(25)) {
        options.set("runmode", "all");
        options.set("receive_progress", chance(90));
    }
    return options;
}

/// A call that the router answers itself.
list run::meta_call(client& who)
{
    const auto what = draw(12);
    if (what < 2)
        return kill_call(who);
    list message{48, next_request(who), dict(), chance(50) ? "wamp.session.count" : "wamp.session.list"};
    if (what < 4) {
        message[3] = "wamp.session.get";
        message.emplace_back(list{pick(clients_)->number});
    } else if (what < 8) {
        message[3] = "wamp.session.add_testament";
        message.emplace_back(list{uri(), list{++payloads_}});
    } else if (what < 9) {
        message[3] = "wamp.session.flush_testaments";
    } else if (what < 11) {
        message.emplace_back(list{value(list{pick(roles), pick(roles)})});
    }
    who.calls.push_back(static_cast<std::uint64_t>(*message[1].get_if<std::int64_t>()));
    return message;
}

/// A call that ends sessions, or would if its reason were one.
list run::kill_call(client& who)
{
    list message{48, next_request(who), dict(), "wamp.session.kill"};
    const auto what = draw(10);
    if (what < 5) {
        message.emplace_back(list{chance(10) ? 1 : pick(clients_)->number});
    } else if (what < 7) {
        message[3] = "wamp.session.kill_by_authid";
        message.emplace_back(list{"guest" + std::to_string(draw(5))});
    } else if (what < 9) {
        message[3] = "wamp.session.kill_by_authrole";
        message.emplace_back(list{chance(60) ? "limited" : pick(roles)});
    } else {
        message[3] = "wamp.session.kill_all";
        message.emplace_back(list());
    }
    dict why;
    if (chance(30))
        why.set("reason", chance(80) ? "com.fired" : "a b");
    if (chance(30))
        why.set("message", "go home");
    message.emplace_back(std::move(why));
    who.calls.push_back(who.requests);
    return message;
}

/// A question about a subscription, or for the events that were kept of it.
list run::history_call(client& who)
{
    list message{48, next_request(who), dict(), "wamp.subscription.lookup"};
    who.calls.push_back(who.requests);
    const auto known = recent_names('S');
    if (known.empty() || chance(20)) {
        const auto [match, uri] = chance(80) ? std::pair<std::string, std::string>(pick(kept_patterns)) : pattern(who);
        message.emplace_back(list{uri, dict{{"match", match}}});
        return message;
    }
    message[3] = "wamp.subscription.get_events";
    message.emplace_back(list{chance(5) ? value(1'000'000) : value(chance(70) ? known.front() : pick(known))});
    message.emplace_back(history_conditions());
    return message;
}

dict run::history_conditions()
{
    dict asked;
    for (const auto* const key : {"from_time", "after_time", "before_time", "until_time"}) {
        if (chance(15))
            asked.set(key, timestamp(some_moment()));
    }
    const auto publications = recent_names('P');
    for (const auto* const key : {"from_publication", "after_publication", "before_publication", "until_publication"}) {
        if (!publications.empty() && chance(15))
            asked.set(key, pick(publications));
    }
    if (chance(20))
        asked.set("topic", uri());
    if (chance(40))
        asked.set("reverse", chance(80));
    if (chance(30))
        asked.set("limit", chance(5) ? 0 : 1 + draw(5));
    return asked;
}

/// Mostly one of the latest at which something may have happened.
milliseconds run::some_moment()
{
    if (moments_.empty() || chance(20))
        return milliseconds(draw(3000));
    return moments_[moments_.size() - 1 - draw(std::min<std::size_t>(moments_.size(), 3))];
}

list run::cancel(client& who)
{
    dict options;
    if (chance(80))
        options.set("mode", pick(modes));
    const auto recent = std::min<std::size_t>(who.calls.size(), 4);
    return {49, recent == 0 ? 1 : who.calls[who.calls.size() - 1 - draw(recent)], options};
}

list run::answer(client& who)
{
    if (who.invocations.empty())
        return publish(who);
    // Mostly what is waiting, now and then what was answered long ago or never asked.
    const auto recent = std::min<std::size_t>(who.invocations.size(), 5);
    auto request = who.invocations[who.invocations.size() - 1 - draw(recent)];
    if (chance(1))
        request = who.invocations.back() + 1 + draw(2);
    list message;
    dict options;
    if (chance(10))
        options.set("_mark", payloads_);
    if (chance(20)) {
        message = {8, 68, request, options, chance(50) ? "wamp.error.unavailable" : "com.myapp.error"};
    } else {
        if (chance(40))
            options.set("progress", true);
        message = {70, request, options};
    }
    add_payload(message);
    return message;
}

/// The latest identifiers of a kind, by name. Names are numbered in the order in which they were given.
std::vector<std::string> run::recent_names(char kind) const
{
    std::vector<std::string> known;
    for (const auto& [meaning, name] : meanings_) {
        if (meaning.first == kind)
            known.push_back(name);
    }
    std::sort(known.begin(), known.end(), [](const std::string& a, const std::string& b) {
        return std::stoull(a.substr(2)) < std::stoull(b.substr(2));
    });
    if (known.size() > 8)
        known.erase(known.begin(), known.end() - 8);
    return known;
}

/// UNSUBSCRIBE or UNREGISTER of something that the session has, that another one has, or that does not exist.
list run::end_something(client& who, int type, char kind)
{
    const auto known = recent_names(kind);
    if (known.empty() || chance(5))
        return {type, next_request(who), 1000000};
    return {type, next_request(who), pick(known)};
}

list run::misbehave(client& who)
{
    switch (draw(7)) {
    case 0: return {1, "realm1", dict{{"roles", dict{{"caller", dict()}}}}};
    case 1: return {6, dict(), "wamp.close.normal"};
    case 2: return {3, dict(), "com.myapp.error.broken"};
    case 3: return {8, 48, 1, dict(), "com.myapp.error"};
    case 4: return {33, 1, 1};
    case 5: return {48, who.calls.empty() ? next_request(who) + 1 : who.calls.back(), dict(), "com.a"};
    default: return {5, "secret", dict()};
    }
}

void run::add_payload(list& message)
{
    ++payloads_;
    if (chance(10))
        return;
    message.emplace_back(list{payloads_, chance(20) ? value("ü") : value(-1)});
    if (chance(20))
        message.emplace_back(dict{{"k", list{dict(), payloads_}}});
}

std::string run::uri()
{
    return uris[std::min(draw(uris.size()), draw(uris.size()))]; // the first ones most often, so that many use the same
}

std::pair<std::string, std::string> run::pattern(const client& who)
{
    const bool limited = who.joined->who().authrole == "limited";
    if (limited || chance(60))
        return {"exact", uri()};
    if (chance(50))
        return {"prefix", pick(prefixes)};
    return {"wildcard", pick(wildcards)};
}

std::uint64_t run::next_request(client& who)
{
    if (chance(1))
        ++who.requests;
    return ++who.requests;
}

} // namespace junctor::simulation
