// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "run.hpp"

#include <algorithm>
#include <functional>

#include <junctor/codec/codec.hpp>
#include <junctor/realm/rendezvous.hpp>

namespace junctor::simulation {

namespace {

constexpr std::size_t clients_max = 6;
constexpr std::size_t tail_length = 25;

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
    for (const auto& [match, uri] : run::kept_patterns) {
        if (random() % 2 == 0)
            drawn.histories.push_back({std::string(match), std::string(uri), 2 + random() % 10});
    }
    if (random() % 2 == 0)
        drawn.queues.push_back({"exact", "com.a", 1 + random() % 4});
    if (random() % 2 == 0)
        drawn.queues.push_back({"prefix", "com.", 1 + random() % 4});
    drawn.choose_callee = [](const std::string& resource, const std::set<session_number>& callees) {
        return *rendezvous_choice(rendezvous_digest(resource), callees.begin(), callees.end(), std::identity());
    };
    drawn.choose_node = [](const std::string& resource, const std::set<std::string>& nodes) {
        return *rendezvous_choice(rendezvous_digest(resource), nodes.begin(), nodes.end(),
                                  [](const std::string& node) { return rendezvous_digest(node); });
    };
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
    for (const auto& [match, uri, events_max] : drawn.histories)
        options.event_history.push_back({{uri, *parse_match_policy(match)}, events_max});
    for (const auto& [match, uri, calls_max] : drawn.queues)
        options.call_queues.push_back({{uri, *parse_match_policy(match)}, calls_max});
    return options;
}

milliseconds since_start(realm::time_point now)
{
    return std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
}

/// Sorts the sessions that a RESULT of the router lists: their order means nothing.
void sort_sessions(list& message)
{
    auto* const args = message[0] == value(50) && message.size() > 3 ? message[3].get_if<list>() : nullptr;
    auto* const ids = args != nullptr && args->size() == 1 ? args->front().get_if<list>() : nullptr;
    const auto is_number = [](const value& id) { return id.get_if<std::int64_t>() != nullptr; };
    if (ids != nullptr && std::all_of(ids->begin(), ids->end(), is_number))
        std::sort(ids->begin(), ids->end(),
                  [](const value& a, const value& b) { return *a.get_if<std::int64_t>() < *b.get_if<std::int64_t>(); });
}

/// Whether `message` is an ERROR that the router made; what it says beyond the URI is for people.
bool is_router_error(const list& message)
{
    const auto* const uri = message.size() > 4 ? message[4].get_if<std::string>() : nullptr;
    return message[0] == value(8) && uri != nullptr && (uri->starts_with("wamp.") || uri->starts_with("crossbar."));
}

} // namespace

run::run(std::uint64_t seed, std::size_t steps)
    : random_(seed),
      steps_{steps},
      options_{draw_options(random_)},
      realm_("realm1", options_for(options_), random_()),
      model_(options_with_insight())
{
    realm_.calibrate(now_, realm_clock::time_of_day(std::chrono::seconds(946'684'800))); // 2000-01-01
    realm_.role("anyone").allow(action::any, prefix(""));
    realm_.role("limited")
        .allow(action::any, prefix("com.a"))
        .deny(action::any, exact("com.a.b"))
        .allow(action::any, prefix("wamp.subscription."))
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
    if (!failure_ && (realm_.subscription_count() != options_.histories.size() || realm_.registration_count() != 0 ||
                      realm_.pending_call_count() != 0))
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
    collect();
    model_.leave(gone->number, since_start(now_));
    if (!gone->outlet.empty())
        fail("a session that left is sent something");
}

void run::wait()
{
    const milliseconds time(draw(400));
    now_ += time;
    moments_.push_back(since_start(now_));
    note("wait " + std::to_string(time.count()) + " ms");
    realm_.expire(now_);
    collect();
    model_.expire(since_start(now_));
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
        return say(who, chance(60) ? history_call(who) : meta_call(who));
    say(who, misbehave(who));
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
    model_.receive(who.number, value(message), since_start(now_));
}

/// Somebody whose session has ended and who has not left yet.
std::optional<std::size_t> run::find_closed() const
{
    const auto at =
        std::find_if(clients_.begin(), clients_.end(), [](const auto& each) { return !each->joined->open(); });
    return at != clients_.end() ? std::optional(static_cast<std::size_t>(at - clients_.begin())) : std::nullopt;
}

/// The options of the model, which may look at what the realm has chosen.
model_options run::options_with_insight()
{
    auto options = options_;
    options.was_sent = [this](session_number who, const list& message) { return was_sent(who, message); };
    return options;
}

bool run::was_sent(session_number who, const list& message)
{
    const auto& heard = heard_[who];
    return std::any_of(heard.begin(), heard.end(), [&](const value& each) { return agree(value(message), each); });
}

// What is checked -----------------------------------------------------------------------------------------------------

void run::collect()
{
    for (const auto& each : clients_) {
        while (const auto bytes = each->outlet.take()) {
            auto message = read_value({each->outlet.format(), as_bytes(*bytes)});
            if (!message)
                return fail("the realm sent what is no message");
            sort_sessions(*message->get_if<list>());
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
        if (!names_are_distinct(*same))
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
bool run::names_are_distinct(const value& message)
{
    if (const auto* const elements = message.get_if<list>())
        return std::all_of(elements->begin(), elements->end(),
                           [this](const value& e) { return names_are_distinct(e); });
    if (const auto* const entries = message.get_if<dict>())
        return std::all_of(entries->begin(), entries->end(),
                           [this](const auto& entry) { return names_are_distinct(entry.second); });
    const auto* const name = message.get_if<std::string>();
    if (name == nullptr || !name->starts_with('$') || *name == "$_")
        return true;
    const auto meaning = *names_.find(*name)->get_if<std::int64_t>();
    return meanings_.try_emplace({(*name)[1], meaning}, *name).first->second == *name;
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
