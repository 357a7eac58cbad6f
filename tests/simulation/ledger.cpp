// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "ledger.hpp"

namespace junctor::simulation {

namespace {

std::int64_t number(const value& v)
{
    const auto* const given = v.get_if<std::int64_t>();
    return given != nullptr ? *given : -1;
}

/// Notes whether further parts are to follow what bears `request`, by its options or details.
void note_part(std::set<std::int64_t>& unfinished, std::int64_t request, const value& options)
{
    const auto* const progress = options.get_if<dict>()->find("progress");
    if (progress != nullptr && *progress == value(true))
        unfinished.insert(request);
    else
        unfinished.erase(request);
}

/// Whether the options of SUBSCRIBE ask for one topic.
bool is_exact(const value& options)
{
    const auto* const match = options.get_if<dict>()->find("match");
    return match == nullptr || *match == value("exact");
}

} // namespace

void ledger::sends(const list& message)
{
    switch (number(message[0])) {
    case 48:
        if (!unfinished_calls_.contains(number(message[1])))
            open_calls_.insert(number(message[1]));
        note_part(unfinished_calls_, number(message[1]), message[2]);
        break;
    case 32:
        if (is_exact(message[2]))
            subscribing_[number(message[1])] = *message[3].get_if<std::string>();
        break;
    case 34: unsubscribing_[number(message[1])] = number(message[2]); break;
    case 66: unregistering_[number(message[1])] = number(message[2]); break;
    default: break;
    }
}

std::optional<std::string> ledger::receives(const list& message)
{
    switch (number(message[0])) {
    case 8:
        if (number(message[1]) != 48)
            return std::nullopt;
        return receives_answer(number(message[2]), true);
    case 33:
        subscriptions_.insert(number(message[2]));
        if (const auto topic = subscribing_.find(number(message[1])); topic != subscribing_.end())
            topics_[number(message[2])] = topic->second;
        return std::nullopt;
    case 35:
        subscriptions_.erase(number(message[1]) == 0 ? number(*message[2].get_if<dict>()->find("subscription"))
                                                     : unsubscribing_[number(message[1])]);
        return std::nullopt;
    case 36: return receives_event(message);
    case 50: return receives_answer(number(message[1]), !message[2].get_if<dict>()->contains("progress"));
    case 65: registrations_.insert(number(message[2])); return std::nullopt;
    case 67: return receives_unregistered(message);
    case 68: return receives_invocation(message);
    default: return std::nullopt;
    }
}

std::optional<std::string> ledger::receives_event(const list& message)
{
    const auto subscription = number(message[1]);
    if (complete_ && !subscriptions_.contains(subscription))
        return "EVENT for a subscription that the session does not have";
    const auto* const named = message[3].get_if<dict>()->find("topic");
    const auto topic = named != nullptr ? *named->get_if<std::string>() : topics_[subscription];
    if (topic.starts_with("wamp."))
        return lifecycles_.hears(number(message[2]), topic, *message.at(4).get_if<list>());
    return std::nullopt;
}

std::optional<std::string> ledger::receives_unregistered(const list& message)
{
    const bool is_revocation = number(message[1]) == 0;
    const auto registration =
        is_revocation ? number(*message[2].get_if<dict>()->find("registration")) : unregistering_[number(message[1])];
    if (registrations_.erase(registration) == 0 && is_revocation && complete_)
        return "a revocation of a registration that the session does not have";
    return std::nullopt;
}

std::optional<std::string> ledger::receives_answer(std::int64_t request, bool final)
{
    if (!open_calls_.contains(request))
        return "an answer to a call that does not wait for one";
    if (final)
        open_calls_.erase(request);
    return std::nullopt;
}

std::optional<std::string> ledger::receives_invocation(const list& message)
{
    const bool is_further = unfinished_invocations_.contains(number(message[1]));
    note_part(unfinished_invocations_, number(message[1]), message[3]);
    if (is_further)
        return std::nullopt;
    if (complete_ && !registrations_.contains(number(message[2])))
        return "INVOCATION for a registration that the session does not have";
    if (number(message[1]) != ++invocations_)
        return "INVOCATION out of sequence";
    return std::nullopt;
}

} // namespace junctor::simulation
