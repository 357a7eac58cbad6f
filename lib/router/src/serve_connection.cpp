// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "serve_connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <junctor/session/session.hpp>
#include <junctor/transport/rawsocket_channel.hpp>

#include "frame_logging.hpp"
#include "join.hpp"
#include "message_inbox.hpp"

namespace junctor {

namespace {

/// Keeps a session in its realm for as long as it is served, unless it leaves before.
class membership {
public:
    membership(realm_host& host, shard_services& here, session& member) : host_{host}, here_{here}, member_{member}
    {
        host_.enter(here_).join(member_);
    }
    ~membership() { host_.enter(here_)->leave(member_); }
    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

private:
    realm_host& host_;
    shard_services& here_;
    session& member_;
};

/// Completes as `part`, which leads to a session, does, unless the router closes. What it takes to be told that is
/// there for so long only. A part that would begin when all connections have been told already, does not.
template <class T>
awaitable<std::unique_ptr<T>> until_closing(awaitable<std::unique_ptr<T>> part, live_connection& entry)
{
    if (entry.core->closing)
        throw boost::system::system_error(boost::asio::error::operation_aborted);
    auto& signal = entry.cancel_joining;
    const auto here = co_await boost::asio::this_coro::executor;
    auto start = [&](auto handler) {
        boost::asio::co_spawn(here, std::move(part),
                              boost::asio::bind_cancellation_slot(signal.slot(), std::move(handler)));
    };
    const auto token = boost::asio::as_tuple(boost::asio::deferred);
    auto spawned =
        boost::asio::async_initiate<decltype(token), void(std::exception_ptr, std::unique_ptr<T>)>(start, token);
    auto [failure, outcome] = co_await std::move(spawned);
    signal.slot().clear();
    if (failure)
        std::rethrow_exception(failure);
    co_return std::move(outcome);
}

/// Lets the router's `close()` know the channel while it is there.
class channel_entry {
public:
    channel_entry(live_connection& entry, channel& link) : entry_{entry} { entry_.link = &link; }
    ~channel_entry() { entry_.link = nullptr; }
    channel_entry(const channel_entry&) = delete;
    channel_entry& operator=(const channel_entry&) = delete;

private:
    live_connection& entry_;
};

/// How many messages are decoded before the realm is entered: as many as a busy peer sends at a time, and few enough to
/// stay in the processor's nearest memory.
constexpr std::size_t messages_at_once = 64;

/// Gives the realm all that has been read. Whether the session is still open; others may close it, too, so that it is
/// only known in the realm. One that is not leaves before anybody else can enter, and before its peer reads GOODBYE.
bool dispatch(message_inbox& inbox, session& member, realm_host& host, shard_services& here)
{
    thread_local std::array<message, messages_at_once> messages;
    const auto now = std::chrono::steady_clock::now();
    auto count = inbox.look_ahead(messages);
    auto entered = host.enter(here);
    while (member.open() && !inbox.empty()) {
        const bool malformed = count < std::min(messages.size(), inbox.size());
        std::size_t taken = 0;
        for (; taken < count && member.open(); ++taken)
            entered->receive(member, messages[taken], now);
        if (malformed && member.open()) {
            entered->reject(member, inbox.failure());
            ++taken;
        }
        inbox.take(taken);
        if (!inbox.empty())
            entered.outside([&] { count = inbox.look_ahead(messages); });
    }
    if (member.open())
        return true;
    entered->leave(member);
    return false;
}

/// Takes a session out whose connection has come to its end, and closes it unless somebody has done so before.
void lose(session& member, realm_host& host, shard_services& here, close_reason end, const std::string& cause)
{
    const auto entered = host.enter(here);
    member.close(end, cause);
    entered->leave(member);
}

/// Gives the realm what a channel reads, for as long as the session is open and the channel is.
class session_reader final : public batch_reader {
public:
    session_reader(message_inbox& inbox, session& member, realm_host& host, shard_services& here)
        : inbox_{inbox}, member_{member}, host_{host}, here_{here}
    {
    }

    bool take(const batch& read) override
    {
        end_ = inbox_.refill(read);
        return end_ == close_reason::none && dispatch(inbox_, member_, host_, here_);
    }

    /// Why the channel gives no more; `none` if that is not why the reading has ended.
    [[nodiscard]] close_reason end() const noexcept { return end_; }

private:
    message_inbox& inbox_;
    session& member_;
    realm_host& host_;
    shard_services& here_;
    close_reason end_{close_reason::none};
};

/// Whether a session was ended by a GOODBYE of the router, which its peer will answer.
bool awaits_goodbye(close_reason reason) noexcept
{
    return reason == close_reason::system_shutdown || reason == close_reason::realm_closed ||
           reason == close_reason::killed;
}

/// Waits for the peer's answer to GOODBYE; what it sent before that is of no interest any more. The channel's deadline
/// must bound it.
awaitable<void> await_goodbye(message_inbox& inbox)
{
    auto end = close_reason::none;
    while (end == close_reason::none) {
        for (auto received = inbox.poll(); received; received = inbox.poll()) {
            const bool answered = *received && (type_of(**received) == message_type::goodbye ||
                                                type_of(**received) == message_type::abort);
            if (answered)
                co_return;
        }
        const auto read = co_await inbox.link().read_batch();
        end = inbox.refill(read);
    }
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

/// One session from HELLO to its end; completes with why it ended. Its frame stays for as long as the session does, so
/// that it holds nothing that is not needed for so long.
awaitable<close_reason> serve_session(live_connection& entry, const listening& transport, message_inbox& inbox,
                                      session_phase phase)
{
    auto& core = *entry.core;
    auto& here = entry.home.services;
    auto& link = inbox.link();
    const auto& limits = transport.settings.per_session();
    auto joining = admit(core, here, transport, inbox, phase);
    auto admitted = co_await until_closing(std::move(joining), entry);
    if (!admitted->granted()) {
        log_refused(core, link.facts(), *admitted);
        co_return admitted->reason();
    }

    auto& host = admitted->host();
    session member(admitted->id(), std::move(admitted->who()), admitted->features(), link, host.options().request_ids,
                   limits);
    admitted.reset();
    link.clear_deadline();
    {
        const membership joined(host, here, member);
        entry.host = &host;
        log_joined(core, link.facts(), host, member);
        session_reader reader(inbox, member, host, here);
        if (dispatch(inbox, member, host, here)) // what came together with HELLO
            co_await link.read_batches(reader);
        if (reader.end() != close_reason::none)
            lose(member, host, here, reader.end(), inbox.end_cause().message());
        log_left(core, link.facts(), host, member);
    }
    if (!awaits_goodbye(member.reason())) {
        entry.host = nullptr;
        co_return member.reason();
    }
    // Whom the router told GOODBYE has time to answer and to end, also if the router closes meanwhile.
    link.set_deadline(channel::clock::now() + limits.goodbye_timeout, member.reason());
    co_await await_goodbye(inbox);
    co_return member.reason();
}

/// The channel of `peer`, or null if there is none for it.
awaitable<std::unique_ptr<channel>> open_channel(live_connection& entry, const rawsocket_transport& settings,
                                                 std::unique_ptr<connection> peer)
{
    const auto address = peer->facts.peer;
    auto opened = co_await open_rawsocket_channel(std::move(*peer), settings, entry.home.services);
    if (opened)
        co_return std::move(*opened);
    entry.core->log.write(log_level::info, "handshake failed",
                          {{"peer", address}, {"transport", settings.id()}, {"cause", opened.error().message()}});
    co_return nullptr;
}

} // namespace

awaitable<void> serve_connection(std::shared_ptr<live_connection> entry, std::shared_ptr<const listening> transport,
                                 std::unique_ptr<connection> peer)
{
    auto opening = open_channel(*entry, transport->settings, std::move(peer));
    const auto opened = co_await until_closing(std::move(opening), *entry);
    if (opened == nullptr)
        co_return;

    auto& link = *opened;
    const channel_entry known(*entry, link);
    if (transport->settings.debug())
        link.log_frames(frame_logger(entry->core->log, link.facts()));
    message_inbox inbox(link);
    const auto& limits = transport->settings.per_session();

    // After GOODBYE the same connection may carry another session. Spec: "Session Closing".
    auto reason = close_reason::goodbye;
    auto phase = session_phase::expecting_hello;
    while (reason == close_reason::goodbye && !entry->core->closing) {
        reason = co_await serve_session(*entry, *transport, inbox, phase);
        phase = session_phase::between_sessions;
        link.set_deadline(channel::clock::now() + limits.join_timeout, close_reason::join_timeout);
    }
    co_await link.close(channel::clock::now() + limits.goodbye_timeout);
}

void log_failure(log_sink& log, const std::exception_ptr& failure) noexcept
{
    if (!failure)
        return;
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        if (error.code() != boost::asio::error::operation_aborted)
            log.write(log_level::error, "connection failed", {{"what", error.what()}});
    } catch (const std::exception& error) {
        log.write(log_level::error, "connection failed", {{"what", error.what()}});
    }
}

} // namespace junctor
