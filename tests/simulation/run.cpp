// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "run.hpp"

#include <algorithm>
#include <array>

#include <junctor/codec/codec.hpp>

namespace junctor::simulation {

namespace {

constexpr std::size_t clients_max = 6;
constexpr std::size_t tail_length = 25;

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
constexpr std::array policies{"roundrobin", "first", "last", "random", "single"};
constexpr std::array modes{"skip", "kill", "killnowait"};

model_options draw_options(std::mt19937_64& random)
{
    model_options drawn;
    drawn.strict_requests = random() % 4 == 0;
    drawn.strict_progress = random() % 2 == 0;
    drawn.disclosure_allowed = random() % 4 != 0;
    drawn.subscriptions_max = 3 + random() % 4;
    drawn.registrations_max = 3 + random() % 4;
    drawn.pending_calls_max = 2 + random() % 5;
    drawn.retained_age_max = milliseconds(random() % 2 == 0 ? 0 : 500 + random() % 1000);
    return drawn;
}

realm_options options_for(const model_options& drawn)
{
    realm_options options;
    options.request_ids = drawn.strict_requests ? request_id_check::strict : request_id_check::lenient;
    options.progress = drawn.strict_progress ? progress_gate::strict : progress_gate::results_announced;
    options.disclosure = drawn.disclosure_allowed ? disclosure::allowed : disclosure::forbidden;
    options.retained.age_max = drawn.retained_age_max;
    options.retained.restricted_per_topic_max = 1000; // the model forgets none
    return options;
}

milliseconds since_start(realm::time_point now)
{
    return std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
}

/// Whether `message` is an ERROR that the router made; what it says beyond the URI is for people.
bool is_router_error(const list& message)
{
    const auto* const uri = message.size() > 4 ? message[4].get_if<std::string>() : nullptr;
    return message[0] == value(8) && uri != nullptr && uri->starts_with("wamp.");
}

} // namespace

run::run(std::uint64_t seed, std::size_t steps)
    : random_(seed),
      steps_{steps},
      options_{draw_options(random_)},
      realm_("realm1", options_for(options_), random_()),
      model_(options_)
{
    realm_.role("anyone").allow(action::any, prefix(""));
    realm_.role("limited")
        .allow(action::any, prefix("com.a"))
        .deny(action::any, exact("com.a.b"))
        .allow(action::any, wildcard("net..c"));
}

run::~run()
{
    for (const auto& each : clients_)
        realm_.leave(*each->joined);
}

std::optional<std::string> run::go()
{
    for (std::size_t step = 0; step < steps_ && !failure_; ++step) {
        if (clients_.empty() || (clients_.size() < clients_max && chance(15)))
            join();
        else if (chance(3))
            leave(draw(clients_.size()));
        else if (const auto closed = find_closed(); closed && chance(20))
            leave(*closed);
        else if (chance(5))
            wait();
        else if (chance(3))
            change_queue(*pick(clients_));
        else if (chance(5))
            revoke(*pick(clients_));
        else
            act(*pick(clients_));
        compare();
    }
    while (!clients_.empty() && !failure_) {
        leave(draw(clients_.size()));
        compare();
    }
    if (!failure_ && (realm_.subscription_count() + realm_.registration_count() + realm_.pending_call_count() != 0))
        fail("the realm holds something though everybody has left");
    return failure_;
}

// What may happen -----------------------------------------------------------------------------------------------------

void run::join()
{
    const auto id = realm_.new_session_id();
    auto& made = *clients_.emplace_back(std::make_unique<client>(id.number(), pick(all_serializers)));
    model_session facts;
    facts.authid = "guest" + std::to_string(++guests_ % 4);
    facts.authrole = chance(20) ? "limited" : "anyone";
    facts.takes_interrupt = chance(60);
    facts.takes_progress = chance(60);
    facts.keeps_time = chance(50);
    facts.takes_parts = chance(60);
    facts.sends_parts = chance(80);
    facts.takes_revocation = chance(60);
    facts.may_decline = chance(50);
    facts.takes_revocation = chance(50);

    role_features features;
    features.add(session_role::caller);
    features.add(session_role::callee);
    if (facts.takes_interrupt)
        features.add(session_role::callee, feature::call_canceling);
    if (facts.takes_progress)
        features.add(session_role::callee, feature::progressive_call_results);
    if (facts.keeps_time)
        features.add(session_role::callee, feature::call_timeout);
    if (facts.takes_parts)
        features.add(session_role::callee, feature::progressive_call_invocations);
    if (facts.takes_revocation)
        features.add(session_role::callee, feature::registration_revocation);
    if (facts.may_decline)
        features.add(session_role::callee, feature::call_reroute);
    if (facts.sends_parts)
        features.add(session_role::caller, feature::progressive_call_invocations);
    if (facts.takes_revocation)
        features.add(session_role::subscriber, feature::subscription_revocation);
    session_limits limits;
    limits.subscriptions_max = options_.subscriptions_max;
    limits.registrations_max = options_.registrations_max;
    limits.pending_calls_max = options_.pending_calls_max;

    made.joined = std::make_unique<session>(id, identity{facts.authid, facts.authrole, "anonymous", "static", {}},
                                            features, made.outlet, realm_.options().request_ids, limits);
    sessions_.insert(made.number);
    note(std::to_string(made.number) + " joins as " + facts.authid + ", " + facts.authrole);
    realm_.join(*made.joined);
    model_.join(made.number, std::move(facts));
    collect();
}

void run::leave(std::size_t which)
{
    auto gone = std::move(clients_[which]);
    clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(which));
    note(std::to_string(gone->number) + " leaves");
    realm_.leave(*gone->joined);
    model_.leave(gone->number);
    if (!gone->outlet.empty())
        fail("a session that left is sent something");
    collect();
}

void run::wait()
{
    const milliseconds time(draw(400));
    now_ += time;
    note("wait " + std::to_string(time.count()) + " ms");
    realm_.expire(now_);
    model_.expire(since_start(now_));
    collect();
}

/// Ends a subscription that the session may have.
void run::revoke(client& who)
{
    const auto known = recent_names('S');
    if (known.empty())
        return;
    const auto name = pick(known);
    note("revoke " + name + " of " + std::to_string(who.number));
    const auto number = static_cast<std::uint64_t>(*names_.find(name)->get_if<std::int64_t>());
    if (realm_.revoke_subscription(*who.joined, subscription_id(number), "why not") !=
        model_.revoke(who.number, name, "why not"))
        fail("realm and model disagree whether there was a subscription");
    collect();
}

void run::change_queue(client& who)
{
    auto& facts = model_.session(who.number);
    facts.full = !facts.full;
    who.outlet.refuse(facts.full);
    if (facts.full)
        who.ledger.loses_messages();
    note(std::to_string(who.number) + (facts.full ? " is full" : " takes messages again"));
}

void run::act(client& who)
{
    const auto what = draw(100);
    // Who could not take SUBSCRIBED or REGISTERED asks for neither: names would be met before they are introduced.
    const bool deaf = model_.session(who.number).full;
    if (what < 12 && !deaf)
        return say(who, subscribe(who));
    if (what < 17)
        return say(who, end_something(who, 34, 'S'));
    if (what < 34)
        return publish_some(who);
    if (what < 46 && !deaf)
        return say(who, register_(who));
    if (what < 50)
        return say(who, end_something(who, 66, 'R'));
    if (what < 72)
        return say(who, call(who));
    if (what < 77)
        return say(who, cancel(who));
    if (what < 94)
        return say(who, answer(who));
    if (what < 98)
        return say(who, meta_call(who));
    say(who, misbehave(who));
}

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
    return {32, next_request(who), options, uri};
}

/// One publication, or some that come in one batch and many of which go the same way.
void run::publish_some(client& who)
{
    in_batch_ = chance(40);
    const auto topic = uri();
    for (auto count = in_batch_ ? draw(6) : 0; count > 0; --count) {
        auto message = publish(who);
        if (chance(70))
            message[3] = topic;
        say(who, message);
        // What cuts in must not be overtaken, and overtakes nothing.
        if (chance(10) && !model_.session(who.number).full)
            say(who, chance(50) ? subscribe(who) : end_something(who, 34, 'S'));
        if (chance(10))
            revoke(*pick(clients_));
    }
    say(who, publish(who));
    in_batch_ = false;
    realm_.settle();
    collect();
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
    return options;
}

/// A call that the router answers itself.
list run::meta_call(client& who)
{
    list message{48, next_request(who), dict(), "wamp.session.count"};
    const auto what = draw(10);
    if (what < 2) {
        message[3] = "wamp.session.get";
        message.emplace_back(list{pick(clients_)->number});
    } else if (what < 4) {
        message[3] = "wamp.session.kill";
        message.emplace_back(list{chance(10) ? 1 : pick(clients_)->number});
    } else if (what < 8) {
        message[3] = "wamp.session.add_testament";
        message.emplace_back(list{uri(), list{++payloads_}});
    } else if (what < 9) {
        message[3] = "wamp.session.flush_testaments";
    }
    who.calls.push_back(static_cast<std::uint64_t>(*message[1].get_if<std::int64_t>()));
    return message;
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

/// The latest identifiers of a kind, by name.
std::vector<std::string> run::recent_names(char kind) const
{
    std::vector<std::string> known;
    for (const auto& [meaning, name] : meanings_) {
        if (meaning.first == kind)
            known.push_back(name);
    }
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

void run::say(client& who, const list& message)
{
    note(std::to_string(who.number) + " says " + test::to_json(value(message)));
    value resolved(message);
    names_.substitute(resolved);
    const bool heard = who.joined->open();
    if (heard)
        who.ledger.sends(*resolved.get_if<list>());

    byte_buffer bytes;
    write_value(resolved, who.outlet.format(), bytes);
    if (const auto m = who.decode.decode(bytes.view()))
        realm_.receive(*who.joined, *m, now_);
    else
        fail("a message of the simulation does not decode: " + m.error().text());
    if (!in_batch_)
        realm_.settle();
    collect();
    model_.receive(who.number, value(message), since_start(now_), who_was_invoked());
}

/// Somebody whose session has ended and who has not left yet.
std::optional<std::size_t> run::find_closed() const
{
    const auto at =
        std::find_if(clients_.begin(), clients_.end(), [](const auto& each) { return !each->joined->open(); });
    return at != clients_.end() ? std::optional(static_cast<std::size_t>(at - clients_.begin())) : std::nullopt;
}

std::optional<session_number> run::who_was_invoked() const
{
    for (const auto& [id, messages] : heard_) {
        for (const auto& message : messages) {
            if ((*message.get_if<list>())[0] == value(68))
                return id;
        }
    }
    return std::nullopt;
}

// What is checked -----------------------------------------------------------------------------------------------------

void run::collect()
{
    for (const auto& each : clients_) {
        while (const auto bytes = each->outlet.take()) {
            const auto message = read_value({each->outlet.format(), as_bytes(*bytes)});
            if (!message)
                return fail("the realm sent what is no message");
            heard_[each->number].push_back(*message);
        }
    }
}

void run::compare()
{
    for (const auto& each : clients_)
        compare(*each, model_.take(each->number), std::exchange(heard_[each->number], {}));
    compare_counts();
    count_calls();
}

/// Compares what one session was sent in one step. The order within a step is the router's own affair: it is the order
/// of the events of one publication, or of the answers when somebody leaves.
void run::compare(client& who, std::vector<value> expected, std::vector<value> actual)
{
    check_order(who, actual);
    for (const auto& message : actual) {
        watch(who, *message.get_if<list>());
        const auto same = std::find_if(expected.begin(), expected.end(),
                                       [&](const value& candidate) { return agree(candidate, message); });
        if (same == expected.end()) {
            std::string text = std::to_string(who.number) + " is sent " + test::to_json(message);
            for (const auto& candidate : expected)
                text += "\n    where the model has " + test::to_json(candidate);
            return fail(text);
        }
        if (!names_are_distinct(*same->get_if<list>()))
            return fail("two things bear one identifier: " + test::to_json(message));
        expected.erase(same);
    }
    if (!expected.empty())
        fail(std::to_string(who.number) + " is not sent " + test::to_json(expected.front()));
}

/// The live events of one step have one publisher, and come in the order in which it published. Each payload begins
/// with a number that grows; those of the router itself begin with a session. Retained events follow SUBSCRIBED at
/// once, in the order of their topics.
void run::check_order(const client& who, const std::vector<value>& actual)
{
    std::int64_t last = 0;
    std::optional<std::string> topic; // of the retained event before, empty after SUBSCRIBED
    for (const auto& message : actual) {
        const auto& elements = *message.get_if<list>();
        const bool is_event = elements[0] == value(36);
        if (is_event && elements[3].get_if<dict>()->contains("retained")) {
            const auto* const named = elements[3].get_if<dict>()->find("topic");
            const auto next = named != nullptr ? *named->get_if<std::string>() : "any";
            if (!topic || *topic >= next)
                fail(std::to_string(who.number) + " is sent a retained event out of order: " + test::to_json(message));
            topic = next;
            continue;
        }
        topic = elements[0] == value(33) ? std::optional<std::string>("") : std::nullopt;
        if (!is_event || elements.size() < 5)
            continue;
        const auto* const first = elements[4].get_if<list>()->front().get_if<std::int64_t>();
        if (first == nullptr || is_session(*first))
            continue;
        const auto number = *first;
        if (number < last)
            fail(std::to_string(who.number) + " is sent events out of their order: " + test::to_json(message));
        last = number;
    }
}

bool run::is_session(std::int64_t number) const
{
    return sessions_.contains(static_cast<session_number>(number));
}

bool run::agree(const value& expected, const value& actual)
{
    const auto& wanted = *expected.get_if<list>();
    const auto& given = *actual.get_if<list>();
    if (wanted[0] != given[0])
        return false;
    if (is_router_error(wanted) && wanted.size() == 5 && given.size() > 5) {
        const list shortened(given.begin(), given.begin() + 5);
        return names_.matches(expected, value(shortened));
    }
    return names_.matches(expected, actual);
}

/// Whether each name in a message stands for something of its own among the names of its kind.
bool run::names_are_distinct(const list& message)
{
    return std::all_of(message.begin(), message.end(), [this](const value& element) {
        const auto* const name = element.get_if<std::string>();
        if (name == nullptr || !name->starts_with('$') || *name == "$_")
            return true;
        const auto meaning = *names_.find(*name)->get_if<std::int64_t>();
        return meanings_.try_emplace({(*name)[1], meaning}, *name).first->second == *name;
    });
}

void run::watch(client& who, const list& message)
{
    if (message[0] == value(68) && message[1] == value(who.invocations.size() + 1))
        who.invocations.push_back(who.invocations.size() + 1);
    if (const auto wrong = who.ledger.receives(message))
        fail(std::to_string(who.number) + " is sent " + test::to_json(value(message)) + ": " + *wrong);
}

void run::compare_counts()
{
    const auto deadline = realm_.next_deadline();
    const auto model_deadline = model_.next_deadline();
    if (realm_.session_count() != model_.session_count())
        fail("the numbers of sessions differ");
    if (realm_.subscription_count() != model_.subscription_count())
        fail("the numbers of subscriptions differ");
    if (realm_.registration_count() != model_.registration_count())
        fail("the numbers of registrations differ");
    if (realm_.pending_call_count() != model_.pending_call_count())
        fail("the numbers of pending calls differ");
    if (deadline.has_value() != model_deadline.has_value() || (deadline && since_start(*deadline) != *model_deadline))
        fail("the next deadlines differ");
    for (const auto& each : clients_) {
        if (each->joined->open() != model_.session(each->number).open)
            fail(std::to_string(each->number) + (each->joined->open() ? " is still open" : " is closed"));
    }
}

/// Every call that its caller waits for is pending in the realm, and no other.
void run::count_calls()
{
    std::size_t waiting = 0;
    for (const auto& each : clients_) {
        if (!each->joined->open() || !each->ledger.complete())
            return;
        waiting += each->ledger.open_calls();
    }
    if (waiting != realm_.pending_call_count())
        fail("the callers wait for " + std::to_string(waiting) + " answers, the realm for " +
             std::to_string(realm_.pending_call_count()));
}

void run::note(std::string text)
{
    tail_.push_back(std::move(text));
    if (tail_.size() > tail_length)
        tail_.pop_front();
}

void run::fail(std::string text)
{
    if (!failure_)
        failure_ = std::move(text);
}

} // namespace junctor::simulation
