// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "join.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <junctor/auth/cookie_store.hpp>
#include <junctor/base/excerpt.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/session/joining.hpp>
#include <junctor/session/session.hpp>

#include "call_procedure.hpp"

namespace junctor {

namespace {

/// The authmethod by which those join who have joined before. It takes effect where it is on offer.
constexpr std::string_view cookie_authmethod = "cookie";

/// A conversation that is over before anybody joined. An exception, so that no authenticator can forget about it.
class conversation_over : public std::exception {
public:
    conversation_over(close_reason reason, std::string text) : reason_{reason}, text_{std::move(text)} {}

    [[nodiscard]] close_reason reason() const noexcept { return reason_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    close_reason reason_;
    std::string text_;
};

/// Tells the peer by ABORT with `uri` that it may not join, and ends the conversation. Only the log gets `detail`.
[[noreturn]] void refuse(message_inbox& inbox, std::string_view uri, const std::string& text, close_reason reason,
                         const std::string& detail = {})
{
    send_abort(inbox.link(), uri, text);
    throw conversation_over(reason, detail.empty() ? fmt::format("{}: {}", uri, text)
                                                   : fmt::format("{}: {} ({})", uri, text, detail));
}

/// The same with one of the router's own codes.
[[noreturn]] void refuse(message_inbox& inbox, errc code, const std::string& text,
                         close_reason reason = close_reason::protocol_violation)
{
    refuse(inbox, uri_of(code), text, reason);
}

/// What the peer sent next, late answers left out; its end ends the conversation.
awaitable<decoded<message>> next_message(message_inbox& inbox, session_phase phase)
{
    auto received = inbox.poll();
    while (!received || (received->has_value() && is_late_answer(phase, type_of(**received)))) {
        if (!received) {
            inbox.link().flush();
            const auto read = co_await inbox.link().read_batch();
            const auto end = inbox.refill(read);
            if (end != close_reason::none)
                throw conversation_over(end, read.error().message());
        }
        received = inbox.poll();
    }
    co_return *received;
}

/// The next message, if the peer may send it in `phase`; anything else ends the conversation.
awaitable<message> expect(message_inbox& inbox, session_phase phase)
{
    const auto received = co_await next_message(inbox, phase);
    if (!received)
        refuse(inbox, errc::protocol_violation, received.error().text());
    const auto type = type_of(*received);
    if (!client_may_send(phase, type))
        refuse(inbox, errc::protocol_violation,
               fmt::format("{} is not allowed before the session is established", to_string(type)));
    if (const auto* const farewell = std::get_if<abort>(&*received))
        throw conversation_over(close_reason::aborted_by_peer, std::string(excerpt(farewell->reason)));
    co_return *received;
}

dict read_extra(message_inbox& inbox, const encoded_dict& extra)
{
    if (extra.bytes.size() > limits::authextra_bytes_max)
        refuse(inbox, errc::too_many_requests, "AUTHENTICATE.Extra is too large");
    auto content = read_value(extra);
    auto* const entries = content ? content->get_if<dict>() : nullptr;
    if (entries == nullptr)
        refuse(inbox, errc::protocol_violation, "AUTHENTICATE.Extra is not a dict");
    return std::move(*entries);
}

/// The conversation of one authenticator with one peer.
class exchange final : public auth_exchange {
public:
    exchange(router_core& core, shard_services& here, const listening& transport, message_inbox& inbox,
             auth_hello hello, std::string authmethod, session_id id)
        : core_{core},
          here_{here},
          transport_{transport},
          inbox_{inbox},
          hello_{std::move(hello)},
          authmethod_{std::move(authmethod)},
          id_{id},
          limits_{transport.settings.per_session()}
    {
    }

    [[nodiscard]] const auth_hello& hello() const noexcept override { return hello_; }
    [[nodiscard]] const std::string& authmethod() const noexcept override { return authmethod_; }
    [[nodiscard]] const transport_facts& transport() const noexcept override { return inbox_.link().facts(); }
    [[nodiscard]] std::uint64_t session_number() const noexcept override { return id_.number(); }

    [[nodiscard]] awaitable<proof> challenge(dict extra) override
    {
        proof answer;
        try {
            check_failures();
            send_challenge(extra);
            inbox_.link().set_deadline(channel::clock::now() + limits_.challenge_timeout, close_reason::join_timeout);
            const auto received = co_await expect(inbox_, session_phase::expecting_authenticate);
            const auto& m = std::get<authenticate>(received);
            if (m.signature.size() > limits::signature_bytes_max)
                refuse(inbox_, errc::too_many_requests, "AUTHENTICATE.Signature is too large");
            answer.signature = m.signature;
            answer.extra = read_extra(inbox_, m.extra);
            check_failures(); // Of those who were challenged at the same time, some may have failed meanwhile.
        } catch (const conversation_over& end) {
            over_ = end;
            throw;
        }
        co_return answer;
    }

    [[nodiscard]] awaitable<procedure_answer> call(std::string realm, std::string procedure, list args) override
    {
        return call_procedure(core_, here_, std::move(realm), std::move(procedure), std::move(args),
                              limits_.challenge_timeout);
    }

    /// Counts a failure to prove who the peer is. One who was not challenged has not tried.
    void count_failure()
    {
        if (challenged_)
            core_.throttle.add(throttled_peer(transport()), hello_.authid, transport_.settings.per_transport(),
                               channel::clock::now());
    }

    /// Throws again what ended the conversation, should the authenticator have swallowed it.
    void check_not_over() const
    {
        if (over_)
            throw conversation_over(*over_);
    }

private:
    /// Refuses a peer that has failed too often, or for an authid that too many have failed for, before it can guess
    /// again: neither is it challenged, nor is looked at what it answers to a challenge from before that. What it was
    /// denied for and what it is refused for now look different, but not by whether the authid exists.
    void check_failures()
    {
        const auto wait = core_.throttle.wait_of(throttled_peer(transport()), hello_.authid,
                                                 transport_.settings.per_transport(), channel::clock::now());
        if (wait.count() == 0)
            return;
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
        refuse(inbox_, errc::too_many_requests,
               fmt::format("too many failed attempts to join: try again in {} s", seconds),
               close_reason::authentication_failed);
    }

    void send_challenge(const dict& extra)
    {
        challenged_ = true;
        byte_buffer encoded_extra;
        const auto format = inbox_.link().format();
        write_value(extra, format, encoded_extra);
        junctor::challenge m;
        m.authmethod = authmethod_;
        m.extra = {{format, encoded_extra.view()}};
        send_to(inbox_.link(), m);
    }

    router_core& core_;
    shard_services& here_;
    const listening& transport_;
    message_inbox& inbox_;
    auth_hello hello_;
    std::string authmethod_;
    session_id id_;
    const session_limits& limits_;
    bool challenged_{false};
    std::optional<conversation_over> over_;
};

/// The verdict of `decides` on the peer. Exceptions deny: a defect must not let anybody in.
awaitable<verdict> ask(router_core& core, authenticator& decides, exchange& conversation)
{
    auto outcome = verdict::deny(errc::authentication_failed);
    std::string failure;
    try {
        outcome = co_await decides.authenticate(conversation);
    } catch (const conversation_over&) {
        throw;
    } catch (const authentication_denied& denied) {
        outcome = denied.why();
    } catch (const boost::system::system_error& thrown) {
        if (thrown.code() == boost::asio::error::operation_aborted)
            throw; // The router closes.
        failure = thrown.what();
    } catch (const std::exception& thrown) {
        failure = thrown.what();
    }
    conversation.check_not_over();
    if (!failure.empty())
        core.log.write(log_level::error, "authenticator failed",
                       {{"peer", conversation.transport().peer}, {"what", failure}});
    co_return outcome;
}

/// `outcome`, unless it grants a role that is not for sessions from where this one comes. The peer is told the same as
/// with a wrong secret: it must not learn that it had the right one.
verdict check_source(realm_host& host, shard_services& here, const transport_facts& facts, verdict outcome)
{
    if (!outcome.granted() || host.enter(here).admits(outcome.who().authrole, facts))
        return outcome;
    return verdict::deny(errc::authentication_denied)
        .because(fmt::format("the role {} is not for sessions from {}", outcome.who().authrole, facts.peer));
}

auth_hello make_auth_hello(std::string_view realm, const hello_details& details)
{
    auth_hello hello;
    hello.realm = realm;
    hello.authid = details.authid;
    hello.authmethods = details.authmethods;
    hello.authextra = details.authextra;
    hello.agent = details.agent;
    return hello;
}

/// What is wrong with an authid that a peer gives itself; empty if nothing is.
std::string flaw_of_authid(std::string_view authid)
{
    if (authid.size() > limits::authid_bytes_max)
        return "the authid is too long";
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; };
    return std::any_of(authid.begin(), authid.end(), is_control) ? "the authid has control characters in it" : "";
}

/// The authmethod by which the peer is to join: the first of its own that is offered, and may lead anywhere for it.
boost::system::result<std::string, join_refusal> choose_authmethod(const hello_details& details,
                                                                   const authmethod_offer& offer,
                                                                   const transport_facts& facts, std::string_view realm)
{
    auto chosen = pick_authmethod(details, offer.names());
    if (!chosen || offer.find(*chosen).applies_to(facts, realm))
        return chosen;
    auto others = offer.names();
    std::erase_if(others, [&](const auto& name) { return !offer.find(name).applies_to(facts, realm); });
    return pick_authmethod(details, others);
}

/// Notes on the cookie of a connection who has joined, for the next time. Not if that was by the cookie itself.
void remember_login(router_core& core, const transport_facts& facts, const authmethod_offer& offer,
                    const std::string& method, std::string_view realm, const identity& who)
{
    const auto& names = offer.names();
    if (facts.cookie == nullptr || method == cookie_authmethod ||
        std::find(names.begin(), names.end(), cookie_authmethod) == names.end())
        return;
    try {
        facts.cookie->store->log_in(facts.cookie->digest, {std::string(realm), who}, std::chrono::system_clock::now());
    } catch (const std::exception& failure) {
        core.log.write(log_level::error, "cookie store failed",
                       {{"transport", facts.transport_id}, {"what", failure.what()}});
    }
}

awaitable<std::unique_ptr<admission>> converse(router_core& core, shard_services& here, const listening& transport,
                                               message_inbox& inbox, session_phase phase)
{
    const auto received = co_await expect(inbox, phase);
    const auto& greeting = std::get<hello>(received);
    auto details = check_hello(greeting);
    if (!details)
        refuse(inbox, details.error().code, details.error().text);
    auto* const host = core.find_realm(greeting.realm);
    if (host == nullptr)
        refuse(inbox, errc::no_such_realm, fmt::format("realm {} does not exist", excerpt(greeting.realm)));
    if (const auto flaw = flaw_of_authid(details->authid); !flaw.empty())
        refuse(inbox, errc::invalid_argument, flaw, close_reason::authentication_failed);
    const auto uris = transport.settings.error_uris();
    const auto offer = transport.offer(); // To the end of this conversation, whatever is offered by then.
    auto method = choose_authmethod(*details, *offer, inbox.link().facts(), greeting.realm);
    if (!method)
        refuse(inbox, uri_in(uris, uri_of(method.error().code)), method.error().text,
               close_reason::authentication_failed);

    const auto id = host->enter(here)->new_session_id();
    exchange conversation(core, here, transport, inbox, make_auth_hello(greeting.realm, *details), *method, id);
    auto decided = co_await ask(core, offer->find(*method), conversation);
    auto outcome = check_source(*host, here, conversation.transport(), std::move(decided));
    if (!outcome.granted() && outcome.reason() != uri_of(errc::authentication_failed))
        conversation.count_failure();
    if (!outcome.granted())
        refuse(inbox, uri_in(uris, outcome.reason()), outcome.message(), close_reason::authentication_failed,
               outcome.detail());

    auto who = std::move(outcome.who());
    if (!host->enter(here)->has_role(who.authrole))
        refuse(inbox, errc::no_such_role, fmt::format("realm {} has no role {}", host->name(), who.authrole),
               close_reason::authentication_failed);
    if (who.authmethod.empty())
        who.authmethod = *method;
    if (who.authprovider.empty())
        who.authprovider = "static";
    remember_login(core, conversation.transport(), *offer, *method, host->name(), who);
    co_return std::make_unique<admission>(*host, id, std::move(who), details->roles);
}

} // namespace

awaitable<std::unique_ptr<admission>> admit(router_core& core, shard_services& here, const listening& transport,
                                            message_inbox& inbox, session_phase phase)
{
    close_reason reason{};
    std::string text;
    try {
        auto admitted = co_await converse(core, here, transport, inbox, phase);
        co_return admitted;
    } catch (const conversation_over& end) {
        reason = end.reason();
        text = end.text();
    }
    co_return std::make_unique<admission>(reason, std::move(text));
}

} // namespace junctor
