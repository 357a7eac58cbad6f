// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The procedures `wamp.registration.*` and `junctor.registration.explain`.

#include <junctor/realm/dealer.hpp>
#include <junctor/realm/meta_api.hpp>
#include <junctor/realm/realm.hpp>

#include "meta_arguments.hpp"
#include "meta_lists.hpp"

namespace junctor {

namespace {

list callees_of(const registration& asked)
{
    list ids;
    for (const auto& each : asked.callees)
        ids.emplace_back(each.member->joined.id().number());
    return ids;
}

/// Why `best` gets the calls to `uri`.
std::string_view reason_for(const registration& best, std::string_view uri)
{
    switch (best.match) {
    case match_policy::exact: return "it is registered under this very name, which precedes all patterns";
    case match_policy::prefix:
        return best.procedure.size() == uri.size() || best.procedure.empty() || best.procedure.back() == '.' ||
                       uri[best.procedure.size()] == '.'
                   ? "it is the longest prefix that matches, and prefixes precede wildcards"
                   : "it is the longest prefix that matches, and no wildcard does";
    case match_policy::wildcard:
        return "of the wildcards that match, it has the longest portion before its first wildcard, then before its "
               "second, and so on; no prefix of whole components matches";
    }
    return "";
}

} // namespace

dict details_of(const registration& told, const realm_clock& clock)
{
    dict details;
    details.set("id", told.id.number());
    details.set("created", iso_8601(clock.at(told.created)));
    details.set("uri", told.procedure);
    details.set("match", to_string(told.match));
    details.set("invoke", to_string(told.invoke));
    return details;
}

list meta_api::registration_list(meta_arguments&)
{
    return {ids_by_match_policy(calls_.registrations())};
}

list meta_api::registration_lookup(meta_arguments& asked)
{
    const auto uri = asked.text(0);
    const auto match = match_option(asked, 1);
    return {id_or_null(calls_.index().find(uri, match))};
}

list meta_api::registration_match(meta_arguments& asked)
{
    return {id_or_null(calls_.index().best_match(asked.text(0)))};
}

/// The registration that the first argument names.
const registration* meta_api::registration_argument(meta_arguments& asked) const
{
    const auto& all = calls_.registrations();
    const auto at = all.find(registration_id(asked.id(0)));
    if (at != all.end())
        return at->second.get();
    asked.fail(errc::no_such_registration, "there is no such registration");
    return nullptr;
}

list meta_api::registration_get(meta_arguments& asked)
{
    const auto* const found = registration_argument(asked);
    if (found == nullptr)
        return {};
    return {details_of(*found, clock_)};
}

list meta_api::registration_list_callees(meta_arguments& asked)
{
    const auto* const found = registration_argument(asked);
    if (found == nullptr)
        return {};
    return {value(callees_of(*found))};
}

list meta_api::registration_count_callees(meta_arguments& asked)
{
    const auto* const found = registration_argument(asked);
    if (found == nullptr)
        return {};
    return {found->callees.size()};
}

/// Crossbar.io's: takes a registration from one of its callees.
list meta_api::registration_remove_callee(meta_arguments& asked)
{
    const auto* const found = registration_argument(asked);
    auto* const callee = session_argument(asked, 1);
    const auto reason = asked.keyword_text("reason");
    if (!asked.failed() && !calls_.revoke(found->id, *callee, reason.value_or("")))
        asked.fail(errc::no_such_session, "the session is no callee of the registration");
    return {};
}

/// Tells where a call of the caller to a URI would go and why, with all registrations that match it.
list meta_api::registration_explain(meta_arguments& asked)
{
    const auto uri = asked.text(0);
    if (const auto flaw = check_uri(uri, options_.uris); !asked.failed() && flaw != uri_flaw::none)
        asked.fail(errc::invalid_uri, to_string(flaw));
    if (asked.failed())
        return {};
    dict answer;
    answer.set("uri", uri);
    // What an authorizer decides is not known before it is asked.
    if (asked.caller().authorized == nullptr)
        answer.set("allowed", asked.caller().permissions->decide(action::call, uri).allowed);
    const bool built_in = has(uri);
    const auto* const best = built_in || is_reserved(uri) ? nullptr : calls_.index().best_match(uri);
    answer.set("registration", id_or_null(best));
    answer.set("because", built_in          ? "the router answers it itself"
                          : best != nullptr ? reason_for(*best, uri)
                                            : std::string_view("nothing that is registered matches"));
    list matches;
    calls_.index().for_each_match(uri, [&](const registration& each) {
        auto details = details_of(each, clock_);
        details.set("callees", callees_of(each));
        matches.emplace_back(std::move(details));
    });
    answer.set("matches", std::move(matches));
    return {std::move(answer)};
}

} // namespace junctor
