// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "served_connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/system_error.hpp>

#include <junctor/auth/cookie_store.hpp>
#include <junctor/transport/frame_logging.hpp>
#include <junctor/transport/listening_channel.hpp>
#include <junctor/transport/proxy_protocol.hpp>

#include "pending_request.hpp"

namespace junctor {

namespace {

/// How many messages are decoded before the realm is entered: as many as a busy peer sends at a time, and few enough to
/// stay in the processor's nearest memory.
constexpr std::size_t messages_at_once = 64;

/// Whether a session was ended by a GOODBYE of the router, which its peer will answer.
bool awaits_goodbye(close_reason reason) noexcept
{
    return reason == close_reason::system_shutdown || reason == close_reason::realm_closed ||
           reason == close_reason::killed;
}

void log_refused(router_core& core, const transport_facts& facts, const admission& refused)
{
    // A peer that leaves without having said a word has probed the port: nothing that anybody must know.
    const auto level = refused.reason() == close_reason::connection_lost ? log_level::debug : log_level::warning;
    core.log.write(level, "join refused",
                   {{"connection", facts.connection_number},
                    {"peer", facts.peer},
                    {"transport", facts.transport_id},
                    {"reason", to_string(refused.reason())},
                    {"detail", refused.text()}});
}

void log_joined(router_core& core, const transport_facts& facts, const realm_host& host, const session& member)
{
    core.log.write(log_level::debug, "session joined",
                   {{"realm", host.name()},
                    {"session", member.id().number()},
                    {"authid", member.who().authid},
                    {"authrole", member.who().authrole},
                    {"authmethod", member.who().authmethod},
                    {"serializer", to_string(facts.format)},
                    {"connection", facts.connection_number},
                    {"peer", facts.peer}});
}

void log_left(router_core& core, const transport_facts& facts, const realm_host& host, const session& member)
{
    const bool at_fault = member.reason() == close_reason::protocol_violation ||
                          member.reason() == close_reason::slow_consumer ||
                          member.reason() == close_reason::internal_error;
    core.log.write(at_fault ? log_level::warning : log_level::debug, "session left",
                   {{"realm", host.name()},
                    {"session", member.id().number()},
                    {"authid", member.who().authid},
                    {"reason", to_string(member.reason())},
                    {"detail", member.reason_text()},
                    {"connection", facts.connection_number},
                    {"peer", facts.peer}});
}

void log_undecided(router_core& core, const authorization_request& request, std::string_view cause)
{
    core.log.write(log_level::error, "authorizer failed",
                   {{"realm", request.realm()},
                    {"session", request.session_number()},
                    {"action", to_string(request.question().what)},
                    {"uri", request.question().uri},
                    {"what", cause}});
}

} // namespace

served_connection::membership::membership(admission& admitted, channel& link, const membership_limits& limits,
                                          shard_services& serving)
    : host{admitted.host()},
      here{serving},
      member(admitted.id(), std::move(admitted.who()), admitted.features(), link, host.options().request_ids, limits)
{
    host.enter(here).join(member);
}

served_connection::membership::~membership()
{
    host.enter(here).leave(member);
}

served_connection::served_connection(std::shared_ptr<router_core> core, shard& home,
                                     std::shared_ptr<const listening> transport)
    : core_{std::move(core)}, home_{home}, transport_{std::move(transport)}
{
    core_->connection_count.fetch_add(1, std::memory_order_relaxed);
}

served_connection::~served_connection()
{
    unlink(); // Before the list may go together with the router.
    core_->connection_count.fetch_sub(1, std::memory_order_relaxed);
}

void served_connection::start(std::unique_ptr<connection> peer)
{
    if (core_->closing)
        return;
    home_.connections.push_back(*this);
    spawn(open(std::move(peer)));
}

void served_connection::start(std::unique_ptr<channel> link)
{
    if (core_->closing)
        return;
    home_.connections.push_back(*this);
    link_ = std::move(link);
    link_->set_deadline(channel::clock::now() + transport_->settings.per_session().join_timeout,
                        close_reason::join_timeout);
    spawn(serve());
}

void served_connection::end_without_session()
{
    if (cancel_waiting_.slot().has_handler())
        cancel_waiting_.emit(boost::asio::cancellation_type::terminal);
    else if (!joined_ && !told_goodbye_)
        abort(); // It waits for its peer to end, too.
}

void served_connection::abort() noexcept
{
    if (link_ != nullptr)
        link_->abort(close_reason::system_shutdown);
}

void served_connection::log_out(const tracked_cookie& cookie)
{
    if (!joined_ || link_->facts().cookie == nullptr || link_->facts().cookie->digest != cookie.digest)
        return;
    const auto entered = joined_->host.enter(home_.services);
    if (joined_->member.open())
        joined_->member.say_goodbye(close_reason::killed, "logged out", logout_uri);
}

/// Lets a coroutine serve the connection.
void served_connection::spawn(awaitable<void> part)
{
    boost::asio::co_spawn(home_.io.get_executor(), std::move(part),
                          [self = boost::intrusive_ptr(this)](const std::exception_ptr& failure) {
                              log_failure(self->core_->log, failure);
                          });
}

/// Completes as `part`, which leads to a session or to a decision, does, unless the router closes. What it takes to be
/// told that is there for so long only. A part that would begin when all connections have been told already, does not.
template <class T>
awaitable<std::unique_ptr<T>> served_connection::until_closing(awaitable<std::unique_ptr<T>> part)
{
    if (core_->closing)
        throw boost::system::system_error(boost::asio::error::operation_aborted);
    auto start = [&](auto handler) {
        boost::asio::co_spawn(home_.io.get_executor(), std::move(part),
                              boost::asio::bind_cancellation_slot(cancel_waiting_.slot(), std::move(handler)));
    };
    const auto token = boost::asio::as_tuple(boost::asio::deferred);
    auto spawned =
        boost::asio::async_initiate<decltype(token), void(std::exception_ptr, std::unique_ptr<T>)>(start, token);
    auto [failure, outcome] = co_await std::move(spawned);
    cancel_waiting_.slot().clear();
    if (failure)
        std::rethrow_exception(failure);
    co_return std::move(outcome);
}

// What a coroutine does

/// From the connection to its first session, or to its end.
awaitable<void> served_connection::open(std::unique_ptr<connection> peer)
{
    link_ = co_await until_closing(open_channel(std::move(peer)));
    if (link_ != nullptr)
        co_await serve();
}

/// From the transport's handshake to the first session, or to the end.
awaitable<void> served_connection::serve()
{
    if (transport_->settings.debug())
        link_->log_frames(frame_logger(core_->log, link_->facts()));
    inbox_.emplace(*link_);
    co_await serve_after(close_reason::goodbye);
}

/// The channel of `peer`, or null if there is none for it.
awaitable<std::unique_ptr<channel>> served_connection::open_channel(std::unique_ptr<connection> peer)
{
    const auto& settings = transport_->settings;
    const auto give_up = channel::clock::now() + settings.per_session().join_timeout;
    auto failure = co_await identify_client(*peer, proxies_of(settings.endpoint()), give_up, home_.services);
    const auto address = peer->facts.peer;
    if (!failure) {
        auto opened = co_await open_listening_channel(std::move(*peer), settings, home_.services, core_->log);
        if (opened) {
            if (settings.port() != nullptr && opened->link != nullptr)
                transport_ = transport_->part(*opened->transport);
            co_return std::move(opened->link);
        }
        failure = opened.error();
    }
    core_->log.write(log_level::info, "handshake failed",
                     {{"peer", address}, {"transport", settings.id()}, {"cause", failure.message()}});
    co_return nullptr;
}

/// What follows a session that ended for `last`: another one, which has joined when it completes, or the end of the
/// connection. After GOODBYE the same connection may carry another session. Spec: "Session Closing".
awaitable<void> served_connection::serve_after(close_reason last)
{
    while (last == close_reason::goodbye && !core_->closing) {
        last = co_await begin_session();
        if (joined_)
            co_return;
    }
    if (told_goodbye_)
        co_await await_goodbye(last);
    co_await link_->close(channel::clock::now() + transport_->settings.per_session().goodbye_timeout);
}

/// Lets a session join and take what has come with HELLO. Completes with why it has ended already, or why there is
/// none, unless it is joined.
awaitable<close_reason> served_connection::begin_session()
{
    const auto& limits = transport_->settings.per_session();
    if (phase_ == session_phase::between_sessions)
        link_->set_deadline(channel::clock::now() + limits.join_timeout, close_reason::join_timeout);
    auto joining =
        admit(*core_, home_.services, *transport_, *inbox_, std::exchange(phase_, session_phase::between_sessions));
    const auto admitted = co_await until_closing(std::move(joining));
    if (!admitted->granted()) {
        log_refused(*core_, link_->facts(), *admitted);
        co_return admitted->reason();
    }
    joined_.emplace(*admitted, *link_, limits, home_.services);
    link_->clear_deadline();
    log_joined(*core_, link_->facts(), joined_->host, joined_->member);
    const auto taken = co_await dispatch_all();
    if (taken == outcome::session_ended)
        co_return end_session();
    read_for_session();
    co_return close_reason::none;
}

/// From a request that the authorizer must be asked about to the next read, or to the end of the session.
awaitable<void> served_connection::go_on_with_session()
{
    co_await ask_authorizer();
    const auto taken = co_await dispatch_all();
    if (taken == outcome::all_taken)
        read_for_session();
    else
        co_await serve_after(end_session());
}

/// Gives the realm all that has been read, and whatever decisions it needs for that.
awaitable<served_connection::outcome> served_connection::dispatch_all()
{
    auto taken = dispatch();
    while (taken == outcome::undecided) {
        co_await ask_authorizer();
        taken = dispatch();
    }
    co_return taken;
}

/// What must be decided before the next request of `member` can be taken, and who decides. Nothing if the role of the
/// member has come to be decided about otherwise since that was asked.
std::optional<served_connection::open_question> served_connection::question_of(const session& member)
{
    const auto entered = joined_->host.enter(home_.services);
    const auto* const question = entered->question(member);
    auto decides = entered.authorizer_of(member.who().authrole);
    if (question == nullptr || decides == nullptr)
        return std::nullopt;
    return open_question{*question, std::move(decides)};
}

/// Lets the authorizer decide about the next request of the session, in as much time as it may take. A failure is a
/// decision, too: to allow nothing.
awaitable<void> served_connection::ask_authorizer()
{
    const auto& member = joined_->member;
    auto& host = joined_->host;
    auto asked = question_of(member);
    if (!asked)
        co_return;
    const auto timeout = transport_->settings.per_session().authorization_timeout;
    pending_request request(*core_, home_.services, host, member, *link_, timeout, std::move(asked->question));
    deadline bound(home_.services.deadlines(), &cancel_waiting_, [](void* waiting) noexcept {
        static_cast<boost::asio::cancellation_signal*>(waiting)->emit(boost::asio::cancellation_type::terminal);
    });
    bound.set_after(timeout);
    authorization_answer answer;
    answer.decided.failed = true;
    std::string failure;
    try {
        auto asking = ask(*asked->decides, request);
        const auto given = co_await until_closing(std::move(asking));
        answer = *given;
    } catch (const std::exception& thrown) {
        failure = thrown.what();
    }
    if (!failure.empty() && !core_->closing)
        log_undecided(*core_, request, bound.is_set() ? failure : "it took too long");
    host.enter(home_.services)->answer(joined_->member, answer, std::chrono::steady_clock::now());
}

/// Waits for the peer's answer to GOODBYE; what it sent before that is of no interest any more. Also if the router
/// closes meanwhile, the peer has time to answer and to end.
awaitable<void> served_connection::await_goodbye(close_reason said)
{
    link_->set_deadline(channel::clock::now() + transport_->settings.per_session().goodbye_timeout, said);
    auto end = close_reason::none;
    while (end == close_reason::none) {
        for (auto received = inbox_->poll(); received; received = inbox_->poll()) {
            const bool answered = *received && (type_of(**received) == message_type::goodbye ||
                                                type_of(**received) == message_type::abort);
            if (answered)
                co_return;
        }
        const auto read = co_await link_->read_batch();
        end = inbox_->refill(read);
    }
}

// What is done without one

/// Lets the joined session have what comes from now on.
void served_connection::read_for_session()
{
    auto reading = link_->read_batches(*this);
    std::move(reading)(
        [self = boost::intrusive_ptr(this)](const std::exception_ptr& failure) { self->on_reading_end(failure); });
}

bool served_connection::take(const batch& read)
{
    if (inbox_->refill(read) != close_reason::none) {
        lose_session(read);
        return false;
    }
    const auto taken = dispatch();
    undecided_ = taken == outcome::undecided;
    return taken == outcome::all_taken;
}

/// Gives the realm what has been read, as far as it is decided what the session may do. Others may close the session,
/// too, so that it is only known in the realm. One that is closed leaves before anybody else can enter, and before its
/// peer reads GOODBYE.
served_connection::outcome served_connection::dispatch()
{
    thread_local std::array<message, messages_at_once> messages;
    auto& inbox = *inbox_;
    auto& member = joined_->member;
    const auto now = std::chrono::steady_clock::now();
    auto count = inbox.look_ahead(messages);
    auto entered = joined_->host.enter(home_.services);
    while (member.open() && !inbox.empty()) {
        const bool malformed = count < std::min(messages.size(), inbox.size());
        auto taken = entered->receive(member, std::span(messages).first(count), now);
        const bool undecided = taken < count && member.open();
        if (malformed && !undecided && member.open()) {
            entered->reject(member, inbox.failure());
            ++taken;
        }
        inbox.take(taken);
        if (undecided && !answer_now(entered))
            return outcome::undecided;
        if (!inbox.empty())
            entered.outside([&] { count = inbox.look_ahead(messages); });
    }
    if (member.open())
        return outcome::all_taken;
    entered.leave(member);
    return outcome::session_ended;
}

/// Answers what the realm must know before it can go on, if the authorizer knows that without waiting.
[[gnu::noinline]] bool served_connection::answer_now(realm_entry& entered)
{
    auto& member = joined_->member;
    auto& host = joined_->host;
    const auto* const question = entered->question(member);
    auto decides = entered.authorizer_of(member.who().authrole);
    if (question == nullptr || decides == nullptr)
        return false;
    const auto timeout = transport_->settings.per_session().authorization_timeout;
    const pending_request request(*core_, home_.services, host, member, *link_, timeout, *question);
    std::optional<authorization_answer> known;
    entered.outside([&] {
        try {
            known = decides->decide_now(request);
        } catch (const std::exception& failure) {
            log_undecided(*core_, request, failure.what());
            known.emplace().decided.failed = true;
        }
        decides.reset(); // It may end here, which must not be within the realm.
    });
    if (known)
        entered->answer(member, *known, std::chrono::steady_clock::now());
    return known.has_value();
}

/// Takes the session out whose connection has come to its end, and closes it unless somebody has done so before.
void served_connection::lose_session(const batch& end)
{
    auto entered = joined_->host.enter(home_.services);
    joined_->member.close(end.reason(), end.error().message());
    entered.leave(joined_->member);
}

void served_connection::on_reading_end(const std::exception_ptr& failure) noexcept
{
    try {
        if (failure)
            std::rethrow_exception(failure);
        if (std::exchange(undecided_, false))
            spawn(go_on_with_session());
        else
            spawn(serve_after(end_session()));
    } catch (...) {
        log_failure(core_->log, std::current_exception());
    }
}

/// What is left to do of a session that has left its realm; returns why it did.
close_reason served_connection::end_session()
{
    const auto reason = joined_->member.reason();
    log_left(*core_, link_->facts(), joined_->host, joined_->member);
    told_goodbye_ = awaits_goodbye(reason);
    const bool logs_out = reason == close_reason::goodbye && joined_->member.reason_text() == logout_uri;
    joined_.reset();
    if (logs_out && link_->facts().cookie != nullptr)
        forget_cookie();
    return reason;
}

/// Makes the cookie of the peer good for nothing, and ends the other sessions that have it.
void served_connection::forget_cookie()
{
    const auto cookie = link_->facts().cookie;
    try {
        cookie->store->log_out(cookie->digest);
    } catch (const std::exception& failure) {
        core_->log.write(log_level::error, "cookie store failed",
                         {{"transport", link_->facts().transport_id}, {"what", failure.what()}});
    }
    for (const auto& each : core_->shards) {
        boost::asio::post(each->io, [core = core_, where = each.get(), cookie] {
            for (auto& connection : where->connections)
                connection.log_out(*cookie);
        });
    }
}

} // namespace junctor
