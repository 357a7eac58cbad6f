// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The procedures `wamp.session.*`.

#include <algorithm>
#include <utility>

#include <junctor/codec/codec.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/realm/broker.hpp>
#include <junctor/realm/meta_api.hpp>

#include "meta_arguments.hpp"

namespace junctor {

namespace {

constexpr std::string_view add_testament_procedure = "wamp.session.add_testament";

testament_scope scope_argument(meta_arguments& asked)
{
    const auto name = asked.keyword_text("scope");
    if (!name)
        return testament_scope::destroyed;
    const auto scope = parse_testament_scope(*name);
    if (!scope)
        asked.fail(errc::invalid_argument, "argument scope: \"destroyed\" or \"detached\" is expected");
    return scope.value_or(testament_scope::destroyed);
}

/// The PUBLISH that the arguments of `wamp.session.add_testament` describe.
byte_buffer publication_of(meta_arguments& asked)
{
    dict options;
    if (const auto* const given = asked.keyword_dict("publish_options")) {
        for (const auto& [key, content] : *given) {
            if (key != "acknowledge") // Nobody will wait for an answer.
                options.set(key, content);
        }
    }
    const auto topic = asked.text(0);
    const auto* const args = asked.optional_list(1);
    const auto* const kwargs = asked.optional_dict(2);
    list elements{static_cast<int>(message_type::publish), 1, std::move(options), topic};
    if (args != nullptr || kwargs != nullptr)
        elements.emplace_back(args != nullptr ? *args : list());
    if (kwargs != nullptr)
        elements.emplace_back(*kwargs);
    byte_buffer bytes;
    write_value(elements, serializer::msgpack, bytes);
    return bytes;
}

} // namespace

dict details_of(const session& told)
{
    const auto& who = told.who();
    dict details;
    details.set("session", told.id().number());
    details.set("authid", who.authid);
    details.set("authrole", who.authrole);
    details.set("authmethod", who.authmethod);
    details.set("authprovider", who.authprovider);
    if (auto transport = told.transport(); !transport.empty())
        details.set("transport", std::move(transport));
    return details;
}

/// Calls `use(realm_member&)` for each session that can be seen and whose authrole is in the list that may be given.
template <class Use>
void meta_api::for_each_session(meta_arguments& asked, Use use) const
{
    const auto* const authroles = asked.list_of_texts(0);
    for (const auto& [id, member] : members_) {
        if (!member->visible())
            continue;
        const value authrole(member->joined.who().authrole);
        if (authroles == nullptr || std::find(authroles->begin(), authroles->end(), authrole) != authroles->end())
            use(*member);
    }
}

list meta_api::session_count(meta_arguments& asked)
{
    std::size_t count = 0;
    for_each_session(asked, [&](const realm_member&) { ++count; });
    return {count};
}

list meta_api::session_list(meta_arguments& asked)
{
    list ids;
    for_each_session(asked, [&](const realm_member& each) { ids.emplace_back(each.joined.id().number()); });
    return {value(std::move(ids))};
}

/// The session that the positional argument `at` names.
realm_member* meta_api::session_argument(meta_arguments& asked, std::size_t at) const
{
    const auto found = members_.find(session_id(asked.id(at)));
    if (found != members_.end() && found->second->visible())
        return found->second.get();
    asked.fail(errc::no_such_session);
    return nullptr;
}

list meta_api::session_get(meta_arguments& asked)
{
    const auto* const found = session_argument(asked);
    if (found == nullptr)
        return {};
    return {details_of(found->joined)};
}

/// Ends all sessions that are `chosen`, but for the caller, and gives their identifiers. Nothing if the arguments are
/// wrong.
template <class Chosen>
std::optional<list> meta_api::kill(meta_arguments& asked, Chosen chosen) const
{
    const auto reason = asked.keyword_text("reason");
    const auto message = asked.keyword_text("message");
    if (reason && check_uri(*reason, uri_check::loose) != uri_flaw::none)
        asked.fail(errc::invalid_uri, "argument reason: a URI is expected");
    if (asked.failed())
        return std::nullopt;
    list killed;
    for (const auto& [id, member] : members_) {
        if (member.get() == &asked.caller() || !member->visible() || !chosen(*member))
            continue;
        member->joined.say_goodbye(close_reason::killed, message.value_or(""), reason.value_or(""));
        killed.emplace_back(id.number());
    }
    return killed;
}

list meta_api::session_kill(meta_arguments& asked)
{
    const auto* const victim = session_argument(asked);
    if (victim == &asked.caller())
        asked.fail(errc::no_such_session, "the caller cannot end its own session");
    static_cast<void>(kill(asked, [&](const realm_member& each) { return &each == victim; }));
    return {};
}

list meta_api::session_kill_by_authid(meta_arguments& asked)
{
    const auto authid = asked.text(0);
    auto killed = kill(asked, [&](const realm_member& each) { return each.joined.who().authid == authid; });
    return {value(std::move(killed).value_or(list()))};
}

list meta_api::session_kill_by_authrole(meta_arguments& asked)
{
    const auto authrole = asked.text(0);
    const auto killed = kill(asked, [&](const realm_member& each) { return each.joined.who().authrole == authrole; });
    return {killed ? killed->size() : 0};
}

/// All leave without an event, as the spec wants it: nobody but the caller is left to hear of it.
list meta_api::session_kill_all(meta_arguments& asked)
{
    const auto killed = kill(asked, [](realm_member& each) {
        each.leaves_silently = true;
        return true;
    });
    return {killed ? killed->size() : 0};
}

std::optional<std::string> testament_topic(const call& m)
{
    if (m.procedure != add_testament_procedure || !m.body.args.present())
        return std::nullopt;
    const auto args = read_value(m.body.args);
    const auto* const elements = args ? args->get_if<list>() : nullptr;
    const auto* const topic =
        elements != nullptr && !elements->empty() ? elements->front().get_if<std::string>() : nullptr;
    return topic != nullptr ? std::optional(*topic) : std::nullopt;
}

list meta_api::session_add_testament(meta_arguments& asked)
{
    const auto scope = scope_argument(asked);
    testament added{publication_of(asked), std::nullopt};
    if (asked.failed())
        return {};
    auto& caller = asked.caller();
    decoder reading(serializer::msgpack);
    const auto m = reading.decode(added.publication.view());
    if (!m) {
        asked.fail(errc::invalid_argument, m.error().text());
        return {};
    }
    if (caller.authorized != nullptr)
        added.decided = caller.authorized->decided_about_testament();
    if (const auto refusal = events_.refusal_of(caller, std::get<publish>(*m), added.decided); refusal != errc{}) {
        asked.fail(refusal);
        return {};
    }
    if (caller.last_words == nullptr)
        caller.last_words = std::make_unique<testaments>();
    if (!caller.last_words->add(scope, std::move(added), caller.joined.limits()))
        asked.fail(errc::too_many_requests, "the session has too many testaments");
    return {};
}

list meta_api::session_flush_testaments(meta_arguments& asked)
{
    const auto scope = scope_argument(asked);
    if (!asked.failed() && asked.caller().last_words != nullptr)
        asked.caller().last_words->flush(scope);
    return {};
}

} // namespace junctor
