// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The meta API in the reference: what is told of sessions, subscriptions and registrations, and what can be asked of
/// sessions, and done to them.

#include <algorithm>

#include "elements.hpp"
#include "reference_model.hpp"
#include "uris.hpp"

namespace junctor::simulation {

namespace {

/// The element of a CALL that holds arguments, or an empty one.
template <class Content>
const Content& content(const list& m, std::size_t at)
{
    static const Content none;
    return m.size() > at ? *m[at].get_if<Content>() : none;
}

} // namespace

void reference_model::announce(const std::string& topic, const list& args)
{
    const auto publication = "$P" + std::to_string(names_ + 1);
    for (const auto& [p, t] : subscriptions_) {
        if (!matches(p.first, p.second, topic) || !p.second.starts_with("wamp."))
            continue;
        ++names_;
        dict details;
        if (p.first != "exact")
            details.set("topic", topic);
        for (const auto to : t.subscribers)
            send(to, {36, t.name, publication, details, args});
    }
}

dict reference_model::details_of(session_number id) const
{
    const auto& s = sessions_.at(id);
    return dict{{"session", id},
                {"authid", s.authid},
                {"authrole", s.authrole},
                {"authmethod", "anonymous"},
                {"authprovider", "static"}};
}

/// Answers a call of one of the router's procedures; false if `m` calls none.
bool reference_model::on_meta_call(session_number from, const list& m)
{
    return on_session_call(from, m) || on_kill(from, m) || on_subscription_call(from, m);
}

void reference_model::answer(session_number to, const list& m, list results)
{
    list result{50, m[1], dict()};
    if (!results.empty())
        result.emplace_back(std::move(results));
    send(to, std::move(result));
}

bool reference_model::on_session_call(session_number from, const list& m)
{
    const auto& uri = *m[3].get_if<std::string>();
    const auto& args = content<list>(m, 4);
    if (uri == "wamp.session.count") {
        answer(from, m, {open_sessions_of(args).size()});
    } else if (uri == "wamp.session.list") {
        answer(from, m, {value(open_sessions_of(args))});
    } else if (uri == "wamp.session.get") {
        get_session(from, m, number(args[0]));
    } else if (uri == "wamp.session.add_testament") {
        add_testament(from, m[1], args);
    } else if (uri == "wamp.session.flush_testaments") {
        sessions_.at(from).testaments.clear();
        answer(from, m, {});
    } else {
        return false;
    }
    return true;
}

void reference_model::get_session(session_number from, const list& m, session_number id)
{
    if (is_gone(id))
        error(from, 48, m[1], "wamp.error.no_such_session");
    else
        answer(from, m, {details_of(id)});
}

template <class Chosen>
list reference_model::open_sessions(Chosen chosen) const
{
    list ids;
    for (const auto& [id, s] : sessions_) {
        if (s.open && chosen(id, s))
            ids.emplace_back(id);
    }
    return ids;
}

/// Those with one of the authroles that may be given.
list reference_model::open_sessions_of(const list& args) const
{
    const auto* const roles = args.empty() ? nullptr : args[0].get_if<list>();
    return open_sessions([&](session_number, const model_session& s) {
        return roles == nullptr || std::find(roles->begin(), roles->end(), value(s.authrole)) != roles->end();
    });
}

bool reference_model::is_gone(session_number id) const
{
    const auto at = sessions_.find(id);
    return at == sessions_.end() || !at->second.open;
}

/// Answers a call that ends sessions; false if `m` is none.
bool reference_model::on_kill(session_number from, const list& m)
{
    const auto& uri = *m[3].get_if<std::string>();
    const auto& args = content<list>(m, 4);
    const auto others = [&](auto chosen) {
        return open_sessions(
            [&](session_number id, const model_session& s) { return id != from && chosen(value(id), s); });
    };
    if (uri == "wamp.session.kill") {
        const auto victim = others([&](const value& id, const model_session&) { return id == args[0]; });
        if (victim.empty())
            error(from, 48, m[1], "wamp.error.no_such_session");
        else if (kill(from, m, victim))
            answer(from, m, {});
    } else if (uri == "wamp.session.kill_by_authid") {
        const auto victims = others([&](const value&, const model_session& s) { return value(s.authid) == args[0]; });
        if (kill(from, m, victims))
            answer(from, m, {value(victims)});
    } else if (uri == "wamp.session.kill_by_authrole") {
        const auto victims = others([&](const value&, const model_session& s) { return value(s.authrole) == args[0]; });
        if (kill(from, m, victims))
            answer(from, m, {victims.size()});
    } else if (uri == "wamp.session.kill_all") {
        const auto victims = others([](const value&, const model_session&) { return true; });
        if (kill(from, m, victims, true))
            answer(from, m, {victims.size()});
    } else {
        return false;
    }
    return true;
}

/// Ends sessions for the reason that the CALL `m` gives; false if that is no URI, which is answered.
bool reference_model::kill(session_number from, const list& m, const list& ids, bool silently)
{
    const auto& kwargs = content<dict>(m, 5);
    const auto* const reason = kwargs.find("reason");
    if (reason != nullptr && !valid(*reason->get_if<std::string>(), "exact")) {
        error(from, 48, m[1], "wamp.error.invalid_uri");
        return false;
    }
    dict details;
    if (const auto* const message = kwargs.find("message"))
        details.set("message", *message);
    for (const auto& id : ids) {
        auto& victim = sessions_.at(number(id));
        send(number(id), {6, details, reason != nullptr ? *reason : value("wamp.close.killed")});
        victim.open = false;
        victim.silent = silently;
    }
    return true;
}

void reference_model::add_testament(session_number from, const value& request, const list& args)
{
    const auto topic = *args[0].get_if<std::string>();
    if (!valid(topic, "exact") || topic.starts_with("wamp."))
        return error(from, 48, request, "wamp.error.invalid_uri");
    if (!permitted(from, topic))
        return error(from, 48, request, "wamp.error.not_authorized");
    sessions_.at(from).testaments.push_back({16, 1, dict(), topic, args[1]});
    send(from, {50, request, dict()});
}

} // namespace junctor::simulation
