// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Registrations in the reference.

#include <algorithm>

#include "elements.hpp"
#include "reference_model.hpp"
#include "uris.hpp"

namespace junctor::simulation {

namespace {

/// The lengths of the portions before each wildcard of a pattern. Of two patterns that match a URI, the greater one is
/// better.
std::vector<std::size_t> portions(const std::string& pattern)
{
    std::vector<std::size_t> lengths(1);
    for (const auto& part : components(pattern)) {
        if (part.empty())
            lengths.push_back(0);
        else
            ++lengths.back();
    }
    return lengths;
}

bool ends_with_component(const std::string& prefix, const std::string& uri)
{
    return prefix.empty() || prefix.back() == '.' || prefix.size() == uri.size() || uri[prefix.size()] == '.';
}

} // namespace

void reference_model::on_register(session_number from, const list& m, milliseconds now)
{
    const auto match = text(m, 2, "match", "exact");
    const auto policy = text(m, 2, "invoke", "single");
    const auto uri = text(m[3]);
    if (!valid(uri, match) || uri.starts_with("wamp."))
        return error(from, 64, m[1], "wamp.error.invalid_uri");
    if (!permitted(from, uri))
        return error(from, 64, m[1], "wamp.error.not_authorized");
    const pattern p(match, uri);
    const auto has = [&](const procedure& r) {
        return std::any_of(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == from; });
    };
    const bool forced = flag(m, 2, "force_reregister");
    if (const auto known = registrations_.find(p); known != registrations_.end() && !forced) {
        if (known->second.policy == "single" || has(known->second))
            return error(from, 64, m[1], "wamp.error.procedure_already_exists");
        if (known->second.policy != policy)
            return error(from, 64, m[1], "wamp.error.procedure_exists_with_different_invocation_policy");
    }
    const auto held =
        std::count_if(registrations_.begin(), registrations_.end(), [&](const auto& r) { return has(r.second); });
    if (static_cast<std::size_t>(held) >= options_.registrations_max)
        return error(from, 64, m[1], "wamp.error.too_many_requests");
    while (forced && registrations_.contains(p)) {
        const auto holder = registrations_.at(p).callees.front().id;
        const dict details{{"registration", registrations_.at(p).name}, {"reason", "$_"}};
        remove_callee(p, holder, now);
        if (sessions_.at(holder).takes_revocation)
            send(holder, {67, 0, details});
    }
    auto& r = registrations_[p];
    if (r.name.empty()) {
        r.number = ++names_;
        r.name = "$R" + std::to_string(r.number);
        r.policy = policy;
    }
    const auto concurrency = static_cast<std::size_t>(number(m, 2, "concurrency", 0));
    r.callees.push_back({from, flag(m, 2, "disclose_caller"), flag(m, 2, "forward_timeout"), concurrency});
    send(from, {65, m[1], r.name});
    if (r.callees.size() == 1)
        announce("wamp.registration.on_create",
                 {from, dict{{"id", r.name}, {"created", "$_"}, {"uri", uri}, {"match", match}, {"invoke", policy}}});
    announce("wamp.registration.on_register", {from, r.name});
    offer_waiting(std::string(r.name), now);
}

void reference_model::on_unregister(session_number from, const list& m, milliseconds now)
{
    for (const auto& [p, r] : registrations_) {
        const bool has = std::any_of(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == from; });
        if (value(r.name) != m[2] || !has)
            continue;
        remove_callee(pattern(p), from, now);
        send(from, {67, m[1]});
        return;
    }
    error(from, 66, m[1], "wamp.error.no_such_registration");
}

void reference_model::remove_callee(const pattern& p, session_number id, milliseconds now)
{
    auto& r = registrations_.at(p);
    const auto at = std::find_if(r.callees.begin(), r.callees.end(), [&](const callee& c) { return c.id == id; });
    const auto position = static_cast<std::size_t>(at - r.callees.begin());
    r.callees.erase(at);
    const auto name = r.name;
    const bool ends = r.callees.empty();
    std::erase_if(slots_, [&](const auto& slot) { return slot.first.first == id && slot.second == name; });
    if (ends) {
        for (const auto call : waiting_for(name))
            give_up(call, "wamp.error.no_such_procedure", "skip", now);
        registrations_.erase(p);
    } else {
        if (r.turn > position)
            --r.turn;
        if (r.turn == r.callees.size())
            r.turn = 0;
        offer_waiting(name, now);
    }
    announce("wamp.registration.on_unregister", {id, name});
    if (ends)
        announce("wamp.registration.on_delete", {id, name});
}

const reference_model::pattern* reference_model::find_procedure(const std::string& uri) const
{
    const pattern* prefix = nullptr;
    const pattern* wildcard = nullptr;
    for (const auto& [p, r] : registrations_) {
        if (uri.starts_with("wamp.") || !matches(p.first, p.second, uri))
            continue;
        if (p.first == "exact")
            return &p;
        if (p.first == "prefix" && (prefix == nullptr || prefix->second.size() < p.second.size()))
            prefix = &p;
        if (p.first == "wildcard" && (wildcard == nullptr || portions(wildcard->second) < portions(p.second)))
            wildcard = &p;
    }
    const bool prefix_first = prefix != nullptr && (wildcard == nullptr || ends_with_component(prefix->second, uri));
    return prefix_first ? prefix : wildcard;
}

} // namespace junctor::simulation
