// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/meta_api.hpp>

#include <algorithm>
#include <iterator>

#include <junctor/codec/codec.hpp>
#include <junctor/realm/realm.hpp>

#include "meta_arguments.hpp"

namespace junctor {

const meta_api::procedure meta_api::procedures[] = {
    {"wamp.session.count", &meta_api::session_count},
    {"wamp.session.list", &meta_api::session_list},
    {"wamp.session.get", &meta_api::session_get},
    {"wamp.session.kill", &meta_api::session_kill},
    {"wamp.session.kill_by_authid", &meta_api::session_kill_by_authid},
    {"wamp.session.kill_by_authrole", &meta_api::session_kill_by_authrole},
    {"wamp.session.kill_all", &meta_api::session_kill_all},
    {"wamp.session.add_testament", &meta_api::session_add_testament},
    {"wamp.session.flush_testaments", &meta_api::session_flush_testaments},
    {"wamp.registration.list", &meta_api::registration_list},
    {"wamp.registration.lookup", &meta_api::registration_lookup},
    {"wamp.registration.match", &meta_api::registration_match},
    {"wamp.registration.get", &meta_api::registration_get},
    {"wamp.registration.list_callees", &meta_api::registration_list_callees},
    {"wamp.registration.count_callees", &meta_api::registration_count_callees},
    {"wamp.registration.remove_callee", &meta_api::registration_remove_callee},
    {"junctor.registration.explain", &meta_api::registration_explain},
    {"wamp.subscription.list", &meta_api::subscription_list},
    {"wamp.subscription.lookup", &meta_api::subscription_lookup},
    {"wamp.subscription.match", &meta_api::subscription_match},
    {"wamp.subscription.get", &meta_api::subscription_get},
    {"wamp.subscription.list_subscribers", &meta_api::subscription_list_subscribers},
    {"wamp.subscription.count_subscribers", &meta_api::subscription_count_subscribers},
    {"wamp.subscription.get_events", &meta_api::subscription_get_events},
    {"wamp.subscription.remove_subscriber", &meta_api::subscription_remove_subscriber},
    {"junctor.retention.topics", &meta_api::retention_topics},
    {"junctor.retention.forget", &meta_api::retention_forget},
};

meta_api::meta_api(const realm_options& options, const members_by_id& members, broker& events, dealer& calls,
                   const realm_clock& clock) noexcept
    : options_{options}, members_{members}, events_{events}, calls_{calls}, clock_{clock}
{
}

const meta_api::procedure* meta_api::find(std::string_view uri) noexcept
{
    const auto* const at = std::find_if(std::begin(procedures), std::end(procedures),
                                        [uri](const procedure& each) { return each.uri == uri; });
    return at != std::end(procedures) ? at : nullptr;
}

bool meta_api::has(std::string_view procedure) const noexcept
{
    return options_.enable_meta_api && find(procedure) != nullptr;
}

bool meta_api::on_call(realm_member& from, const call& m)
{
    const auto* const called = options_.enable_meta_api ? find(m.procedure) : nullptr;
    if (called == nullptr)
        return false;
    if (m.options.progress || m.options.forwarded.passthru) {
        from.refuse(m, errc::feature_not_supported, "the router takes whole arguments that it can read");
        return true;
    }
    meta_arguments asked(from, m);
    const auto results = (this->*called->answer)(asked);
    if (asked.failed())
        from.refuse(m, asked.code(), asked.text_of_failure());
    else if (!asked.deferred())
        give(from, m.request, results);
    return true;
}

/// Answers the call `request` with positional results; none at all if there are none.
void meta_api::give(realm_member& caller, request_id request, const list& results)
{
    byte_buffer args;
    if (!results.empty())
        write_value(results, caller.joined.format(), args);
    result answer;
    answer.request = request;
    answer.body.args = {{caller.joined.format(), args.view()}};
    if (caller.joined.send(answer) == delivery::too_large)
        caller.joined.send_error(message_type::call, request, errc::payload_size_exceeded);
}

} // namespace junctor
