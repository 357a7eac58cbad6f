// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "lifecycles.hpp"

#include "uris.hpp"

namespace junctor::simulation {

namespace {

/// The identifier that an argument is, or that its dict has under `key`.
std::int64_t identifier(const value& argument, const char* key)
{
    const auto* const details = argument.get_if<dict>();
    return *(details != nullptr ? *details->find(key) : argument).get_if<std::int64_t>();
}

} // namespace

std::optional<std::string> lifecycles::hears(std::int64_t publication, const std::string& topic, const list& args)
{
    if (!publications_.insert(publication).second)
        return std::nullopt;
    const auto parts = components(topic); // "wamp", kind, event
    const auto& kind = parts.at(1);
    const auto& what = parts.at(2);
    auto when = moment::between;
    if (what == "on_join" || what == "on_create")
        when = moment::beginning;
    else if (what == "on_leave" || what == "on_delete")
        when = moment::end;
    const being session("session", identifier(args.at(0), "session"));
    if (kind == "session")
        return tell(session, when);
    if (auto wrong = tell(session, moment::between))
        return wrong;
    return tell({kind, identifier(args.at(1), "id")}, when);
}

std::optional<std::string> lifecycles::tell(const being& whose, moment what)
{
    const auto name = "the " + whose.first + ' ' + std::to_string(whose.second);
    if (ended_.contains(whose))
        return "an event about " + name + ", which has ended before";
    const bool is_new = known_.insert(whose).second;
    if (what == moment::beginning && !is_new)
        return name + " begins after something else was told of it";
    if (what == moment::end)
        ended_.insert(whose);
    return std::nullopt;
}

} // namespace junctor::simulation
