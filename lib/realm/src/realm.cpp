// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/realm.hpp>

#include <cassert>
#include <functional>
#include <map>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>
#include <junctor/realm/broker.hpp>
#include <junctor/realm/dealer.hpp>
#include <junctor/realm/id_map.hpp>
#include <junctor/realm/meta_api.hpp>
#include <junctor/realm/random_numbers.hpp>
#include <junctor/realm/realm_member.hpp>
#include <junctor/realm/welcome.hpp>
#include <junctor/session/legality.hpp>

namespace junctor {

namespace {

/// A role, which stays where it is as long as the realm: members point to its permissions.
struct known_role {
    explicit known_role(std::uint64_t seed) : permissions(seed) {}

    permission_table permissions;
    std::optional<decision_limits> authorized; ///< Nothing if its permissions decide.
    bool removed{false};
};

} // namespace

struct realm::parts {
    parts(std::string realm_name, realm_options chosen, std::uint64_t realm_seed)
        : name{std::move(realm_name)},
          options{std::move(chosen)},
          random(realm_seed),
          seed{random.next()},
          meta(options, members, events, calls, clock),
          events(options, random, seed, clock),
          calls(options, random, seed, clock, events, meta)
    {
    }

    template <class Message>
    [[gnu::always_inline]] inline void take(realm_member& from, const Message& m, time_point now);

    void take_next(realm_member& from, const message& m, time_point now);
    void take_any(realm_member& from, const message& m, time_point now);
    std::size_t take_decided(realm_member& from, std::span<const message> batch, time_point now);
    void let_decide(const known_role& role, realm_member& about);
    void let_decide(std::string_view name, const known_role& role);
    void take_after_events(realm_member& from, const message& m, time_point now);
    void publish_testaments(realm_member& of);

    // One for each message that a joined client may send.
    void handle(realm_member& from, const call& m, time_point now) { calls.on_call(from, m, now); }
    void handle(realm_member& from, const yield& m, time_point now) { calls.on_yield(from, m, now); }
    void handle(realm_member& from, const error& m, time_point now) { calls.on_error(from, m, now); }
    void handle(realm_member& from, const cancel& m, time_point) { calls.on_cancel(from, m); }
    void handle(realm_member& from, const register_& m, time_point) { calls.on_register(from, m); }
    void handle(realm_member& from, const unregister& m, time_point) { calls.on_unregister(from, m); }
    void handle(realm_member& from, const publish& m, time_point)
    {
        if (m.options.retain) [[unlikely]]
            events.on_retaining_publish(from, m);
        else
            events.on_publish(from, m);
    }
    void handle(realm_member& from, const subscribe& m, time_point) { events.on_subscribe(from, m); }
    void handle(realm_member& from, const unsubscribe& m, time_point) { events.on_unsubscribe(from, m); }
    void handle(realm_member& from, const goodbye& m, time_point) { from.joined.answer_goodbye(m.reason); }
    void handle(realm_member& from, const junctor::abort& m, time_point)
    {
        from.joined.close(close_reason::aborted_by_peer, m.reason);
    }

    std::string name;
    realm_options options;
    random_numbers random;
    std::uint64_t seed; // of every table whose keys come from peers
    std::map<std::string, known_role, std::less<>> roles;
    std::uint64_t decisions{permission_table::first_decision};
    permission_table no_permissions;
    id_map<session_id, std::unique_ptr<realm_member>> members;
    realm_clock clock;
    meta_api meta;
    broker events;
    dealer calls;
};

realm::realm(std::string name, realm_options options, std::uint64_t seed)
{
    if (const auto flaw = check_uri(name, uri_check::loose); flaw != uri_flaw::none)
        throw std::invalid_argument(fmt::format("realm \"{}\": {}", name, to_string(flaw)));
    parts_ = std::make_unique<parts>(std::move(name), std::move(options), seed);
}

realm::~realm()
{
    while (!parts_->members.empty())
        leave(parts_->members.begin()->second->joined);
}

const std::string& realm::name() const noexcept
{
    return parts_->name;
}

const realm_options& realm::options() const noexcept
{
    return parts_->options;
}

permission_table& realm::role(std::string_view name)
{
    auto at = parts_->roles.find(name);
    if (at == parts_->roles.end())
        at = parts_->roles.try_emplace(std::string(name), parts_->seed).first;
    at->second.removed = false;
    return at->second.permissions;
}

bool realm::has_role(std::string_view name) const
{
    const auto at = parts_->roles.find(name);
    return at != parts_->roles.end() && !at->second.removed;
}

void realm::authorize(std::string_view name, const decision_limits& limits)
{
    role(name);
    auto& authorized = parts_->roles.find(name)->second;
    authorized.authorized = limits;
    parts_->let_decide(name, authorized);
}

void realm::end_authorization(std::string_view name)
{
    const auto at = parts_->roles.find(name);
    if (at == parts_->roles.end() || !at->second.authorized)
        return;
    at->second.authorized.reset();
    parts_->let_decide(name, at->second);
}

void realm::remove_role(std::string_view name)
{
    const auto at = parts_->roles.find(name);
    if (at == parts_->roles.end())
        return;
    at->second.removed = true;
    at->second.permissions.replace({}, false);
    end_authorization(name);
}

session_id realm::new_session_id()
{
    for (;;) {
        if (const auto drawn = parts_->random.next_id<session_id>(); !parts_->members.contains(drawn))
            return drawn;
    }
}

void realm::calibrate(time_point now, realm_clock::time_of_day day) noexcept
{
    const bool is_first = parts_->members.empty() && parts_->clock.now() == time_point();
    parts_->clock.calibrate(now, day);
    if (is_first)
        parts_->events.date_histories();
}

void realm::join(session& s, session_listing listing)
{
    assert(s.membership() == nullptr && !parts_->members.contains(s.id()));
    auto member = std::make_unique<realm_member>(s, parts_->no_permissions);
    if (const auto role = parts_->roles.find(s.who().authrole); role != parts_->roles.end())
        parts_->let_decide(role->second, *member);
    member->listing = listing;
    s.set_membership(member.get());
    parts_->members.emplace(s.id(), std::move(member));

    byte_buffer details;
    write_value(welcome_details(parts_->name, s.who(), parts_->options), s.format(), details);
    welcome greeting;
    greeting.session = s.id();
    greeting.details = {{s.format(), details.view()}};
    if (s.send(greeting) == delivery::too_large)
        s.abort(errc::payload_size_exceeded, "WELCOME is larger than the client accepts",
                close_reason::handshake_failed);
    if (listing == session_listing::listed && s.open() && parts_->events.hears_router())
        parts_->events.publish_own("wamp.session.on_join", {details_of(s)});
}

/// Lets the role decide what one of its members may do: by its permissions, or by its authorizer, of which nothing is
/// known so far.
void realm::parts::let_decide(const known_role& role, realm_member& about)
{
    if (role.authorized)
        about.obey(std::make_unique<authorized_member>(*role.authorized, seed));
    else
        about.obey(role.permissions);
}

/// The same for all its members.
void realm::parts::let_decide(std::string_view name, const known_role& role)
{
    for (const auto& [id, member] : members) {
        if (member->joined.who().authrole == name)
            let_decide(role, *member);
    }
}

void realm::leave(session& s)
{
    auto* const gone = s.membership();
    if (gone == nullptr)
        return;
    settle();
    s.close(close_reason::connection_lost);
    parts_->events.leave(*gone);
    parts_->calls.leave(*gone);
    const bool is_told = gone->listing == session_listing::listed && !gone->leaves_silently;
    if (is_told && gone->last_words != nullptr)
        parts_->publish_testaments(*gone);
    s.set_membership(nullptr);
    parts_->members.erase(s.id());
    if (is_told && parts_->events.hears_router())
        parts_->events.publish_own("wamp.session.on_leave", {s.id().number(), s.who().authid, s.who().authrole});
}

/// Publishes what a session that has no more subscriptions wanted to be published. Nothing can be told to it any more.
[[gnu::noinline]] void realm::parts::publish_testaments(realm_member& of)
{
    decoder reading(serializer::msgpack);
    of.last_words->for_each([&](const testament& each) {
        if (of.authorized != nullptr) // What was decided when it was added, if it was decided by an authorizer then.
            of.authorized->decide_again(each.decided.value_or(authorization_decision()), ++decisions);
        if (const auto m = reading.decode(each.publication.view()))
            handle(of, std::get<publish>(*m), {});
    });
    events.settle();
}

namespace {

/// Closes a session that sent what it may not.
[[gnu::noinline]] void abort_for(session& from, message_type type, std::string_view flaw)
{
    from.abort(errc::protocol_violation, fmt::format("{}: {}", to_string(type), flaw));
}

constexpr std::string_view out_of_sequence = "the request is out of sequence";

} // namespace

/// Takes `m`, if it may come now and, if it opens a request, bears an identifier that it may. If not, the session is
/// closed.
template <class Message>
void realm::parts::take(realm_member& from, const Message& m, time_point now)
{
    if constexpr (!client_may_send(session_phase::joined, Message::type)) {
        abort_for(from.joined, Message::type, "not allowed in a joined session");
    } else {
        if constexpr (std::is_same_v<Message, call>) {
            if (dealer::is_further_part(from, m))
                return calls.on_further_part(from, m);
        }
        if constexpr (opens_request(Message::type)) {
            if (!from.joined.requests().accept(m.request))
                return abort_for(from.joined, Message::type, out_of_sequence);
        }
        handle(from, m, now);
    }
}

/// Those that come by the million are taken without a detour over a table of functions.
[[gnu::always_inline]] inline void realm::parts::take_next(realm_member& from, const message& m, time_point now)
{
    if (const auto* const published = std::get_if<publish>(&m))
        return take(from, *published, now);
    if (events.holds_events())
        return take_after_events(from, m, now);
    if (const auto* const called = std::get_if<call>(&m))
        return take(from, *called, now);
    if (const auto* const yielded = std::get_if<yield>(&m))
        return take(from, *yielded, now);
    take_any(from, m, now);
}

/// Apart, so that the messages that come by the million do not share what this needs.
[[gnu::noinline]] void realm::parts::take_any(realm_member& from, const message& m, time_point now)
{
    std::visit([&](const auto& alternative) { take(from, alternative, now); }, m);
}

/// Takes a message that may not overtake the events that are held.
[[gnu::noinline]] void realm::parts::take_after_events(realm_member& from, const message& m, time_point now)
{
    events.settle();
    take_any(from, m, now);
}

std::size_t realm::receive(session& from, std::span<const message> batch, time_point now)
{
    auto* const member = from.membership();
    if (member == nullptr)
        return 0;
    parts_->clock.advance(now);
    if (member->authorized != nullptr)
        return parts_->take_decided(*member, batch, now);
    auto next = batch.begin();
    for (; next != batch.end() && from.open(); ++next)
        parts_->take_next(*member, *next, now);
    return static_cast<std::size_t>(next - batch.begin());
}

/// Takes messages as long as it is known what the session may do.
[[gnu::noinline]] std::size_t realm::parts::take_decided(realm_member& from, std::span<const message> batch,
                                                         time_point now)
{
    auto next = batch.begin();
    for (; next != batch.end() && from.joined.open(); ++next) {
        const auto* const called = std::get_if<call>(&*next);
        const bool was_decided = called != nullptr && dealer::is_further_part(from, *called);
        if (!was_decided && !from.authorized->prepare(*next, options.uris, ++decisions, now))
            break;
        take_next(from, *next, now);
    }
    return static_cast<std::size_t>(next - batch.begin());
}

const authorization_question* realm::question(const session& from) const noexcept
{
    const auto* const member = from.membership();
    return member != nullptr && member->authorized != nullptr ? member->authorized->question() : nullptr;
}

void realm::answer(session& from, const authorization_answer& given, time_point now)
{
    if (auto* const member = from.membership(); member != nullptr && member->authorized != nullptr)
        member->authorized->answer(given, now);
}

void realm::forget_decisions() noexcept
{
    for (const auto& [id, member] : parts_->members) {
        if (member->authorized != nullptr)
            member->authorized->forget_decisions();
    }
}

void realm::reject(session& from, const decode_failure& failure)
{
    if (!from.open())
        return;
    settle();
    const bool only_an_option = failure.code == errc::invalid_argument && failure.request.valid() &&
                                client_may_send(session_phase::joined, failure.type);
    auto* const member = only_an_option && failure.type == message_type::call ? from.membership() : nullptr;
    if (member != nullptr && parts_->calls.on_unsound_call(*member, failure.request, failure.progress))
        return;
    if (only_an_option && opens_request(failure.type) && !from.requests().accept(failure.request))
        return abort_for(from, failure.type, out_of_sequence);

    const bool answered = failure.type == message_type::publish
                              ? failure.acknowledge
                              : opens_request(failure.type) || failure.type == message_type::cancel;
    if (only_an_option && answered)
        from.send_error(failure.type, failure.request, failure.code, failure.text());
    else
        from.abort(errc::protocol_violation, failure.text());
}

void realm::settle()
{
    parts_->events.settle();
}

std::optional<realm::time_point> realm::next_deadline() const noexcept
{
    return parts_->calls.next_deadline();
}

void realm::expire(time_point now)
{
    settle();
    parts_->clock.advance(now);
    parts_->calls.expire(now);
}

void realm::close(close_reason reason)
{
    settle();
    for (const auto& [id, member] : parts_->members)
        member->joined.say_goodbye(reason);
}

std::size_t realm::session_count() const noexcept
{
    return parts_->members.size();
}

std::size_t realm::subscription_count() const noexcept
{
    return parts_->events.subscription_count();
}

bool realm::revoke_subscription(session& of, subscription_id revoked, std::string_view reason)
{
    auto* const member = of.membership();
    return member != nullptr && parts_->events.revoke(*member, revoked, reason);
}

std::vector<std::string> realm::retained_topics(std::string_view pattern, match_policy match, time_point now)
{
    return parts_->events.retained().topics(pattern, match, now);
}

store_trouble realm::hear_from_store()
{
    settle();
    store_trouble trouble;
    for (auto& completed : parts_->events.histories().settle(parts_->members, trouble)) {
        const auto asking = parts_->members.find(completed.asking);
        if (asking != parts_->members.end())
            parts_->meta.answer_lookup(*asking->second, completed);
    }
    return trouble;
}

std::size_t realm::retained_event_count() const noexcept
{
    return parts_->events.retained().count();
}

std::size_t realm::forget_retained(std::string_view pattern, match_policy match)
{
    return parts_->events.retained().forget(pattern, match);
}

std::size_t realm::registration_count() const noexcept
{
    return parts_->calls.registration_count();
}

std::size_t realm::pending_call_count() const noexcept
{
    return parts_->calls.pending_call_count();
}

} // namespace junctor
