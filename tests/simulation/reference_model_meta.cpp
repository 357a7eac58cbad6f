// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The meta API in the reference: what is told of sessions, subscriptions and registrations, and what can be asked.

#include <algorithm>

#include "reference_model.hpp"
#include "uris.hpp"

namespace junctor::simulation {

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
    const auto uri = *m[3].get_if<std::string>();
    const auto* const args = m.size() > 4 ? m[4].get_if<list>() : nullptr;
    if (uri == "wamp.session.count") {
        const auto count =
            std::count_if(sessions_.begin(), sessions_.end(), [](const auto& each) { return each.second.open; });
        send(from, {50, m[1], dict(), list{count}});
    } else if (uri == "wamp.session.get") {
        const auto id = static_cast<session_number>(*(*args)[0].get_if<std::int64_t>());
        if (is_gone(id))
            error(from, 48, m[1], "wamp.error.no_such_session");
        else
            send(from, {50, m[1], dict(), list{details_of(id)}});
    } else if (uri == "wamp.session.kill") {
        const auto id = static_cast<session_number>(*(*args)[0].get_if<std::int64_t>());
        if (id == from || is_gone(id)) {
            error(from, 48, m[1], "wamp.error.no_such_session");
        } else {
            send(id, {6, dict(), "wamp.close.killed"});
            sessions_.at(id).open = false;
            send(from, {50, m[1], dict()});
        }
    } else if (uri == "wamp.session.add_testament") {
        add_testament(from, m[1], *args);
    } else if (uri == "wamp.session.flush_testaments") {
        sessions_.at(from).testaments.clear();
        send(from, {50, m[1], dict()});
    } else {
        return false;
    }
    return true;
}

bool reference_model::is_gone(session_number id) const
{
    const auto at = sessions_.find(id);
    return at == sessions_.end() || !at->second.open;
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
