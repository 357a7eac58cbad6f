// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the meta APIs of registrations and of subscriptions have in common.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <junctor/base/uri.hpp>
#include <junctor/base/value.hpp>

#include "meta_arguments.hpp"

namespace junctor {

/// The identifier of what was looked for, or null.
template <class Entry>
value id_or_null(const Entry* found)
{
    return found != nullptr ? value(found->id.number()) : value();
}

/// The identifiers of all entries, a list for each match policy.
template <class Entries>
dict ids_by_match_policy(const Entries& entries)
{
    std::array<list, 3> ids;
    for (const auto& [id, entry] : entries)
        ids[static_cast<std::size_t>(entry->match)].emplace_back(id.number());
    dict lists;
    for (const auto policy : {match_policy::exact, match_policy::prefix, match_policy::wildcard})
        lists.set(to_string(policy), std::move(ids[static_cast<std::size_t>(policy)]));
    return lists;
}

/// The match policy among the options that may be given as the positional argument `at`.
inline match_policy match_option(meta_arguments& asked, std::size_t at)
{
    const auto* const options = asked.optional_dict(at);
    const auto* const given = options != nullptr ? options->find("match") : nullptr;
    if (given == nullptr || given->is_null())
        return match_policy::exact;
    const auto* const name = given->get_if<std::string>();
    const auto policy = name != nullptr ? parse_match_policy(*name) : std::nullopt;
    if (!policy)
        asked.fail(errc::invalid_argument, "option match: \"exact\", \"prefix\" or \"wildcard\" is expected");
    return policy.value_or(match_policy::exact);
}

} // namespace junctor
