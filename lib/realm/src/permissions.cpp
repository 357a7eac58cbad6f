// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/permissions.hpp>

#include <atomic>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace junctor {

namespace {

/// Takes the first component off `rest`; false if it was the last.
bool take_component(std::string_view& rest, std::string_view& component)
{
    const auto dot = rest.find('.');
    component = rest.substr(0, dot);
    if (dot == std::string_view::npos)
        return false;
    rest.remove_prefix(dot + 1);
    return true;
}

/// Whether two wildcards have a URI in common.
bool wildcards_meet(std::string_view a, std::string_view b)
{
    for (;;) {
        std::string_view of_a;
        std::string_view of_b;
        const bool more_a = take_component(a, of_a);
        const bool more_b = take_component(b, of_b);
        if (more_a != more_b || (!of_a.empty() && !of_b.empty() && of_a != of_b))
            return false;
        if (!more_a)
            return true;
    }
}

/// Whether some URI begins with `start` and matches the wildcard.
bool prefix_meets_wildcard(std::string_view start, std::string_view pattern)
{
    for (;;) {
        std::string_view wanted;
        std::string_view given;
        const bool more_wanted = take_component(pattern, wanted);
        const bool more_given = take_component(start, given);
        if (!more_given) // the prefix may end in the middle of a component
            return wanted.empty() || wanted.starts_with(given);
        if (!more_wanted || (!wanted.empty() && wanted != given))
            return false;
    }
}

/// Whether two patterns have a URI in common.
bool patterns_meet(const uri_pattern& a, std::string_view b, match_policy policy)
{
    if (a.match == match_policy::exact)
        return matches(b, policy, a.uri);
    if (a.match == match_policy::prefix && policy == match_policy::prefix)
        return a.uri.starts_with(b) || b.starts_with(a.uri);
    if (a.match == match_policy::wildcard && policy == match_policy::wildcard)
        return wildcards_meet(a.uri, b);
    return a.match == match_policy::prefix ? prefix_meets_wildcard(a.uri, b) : prefix_meets_wildcard(b, a.uri);
}

/// Whether `rule` matches everything that the pattern could match. That a text of the pattern begins with a prefix is
/// enough, as valid prefixes have no empty components; nothing but a prefix can cover a prefix.
bool covers(const uri_pattern& rule, std::string_view pattern, match_policy policy)
{
    switch (rule.match) {
    case match_policy::exact: return false;
    case match_policy::prefix: return pattern.starts_with(rule.uri);
    case match_policy::wildcard: return policy == match_policy::wildcard && matches(rule.uri, rule.match, pattern);
    }
    return false;
}

/// Whether `a` decides about the URIs that `a` and `b` both match, which must be some.
bool is_more_specific(const uri_pattern& a, const uri_pattern& b)
{
    if (a.match != b.match)
        return a.match < b.match; // exact before prefix before wildcard
    if (a.match == match_policy::prefix)
        return a.uri.size() > b.uri.size();

    std::string_view rest_a = a.uri;
    std::string_view rest_b = b.uri;
    std::string_view of_a;
    std::string_view of_b;
    for (bool more = true; more;) {
        more = take_component(rest_a, of_a);
        take_component(rest_b, of_b);
        if (of_a.empty() != of_b.empty())
            return of_b.empty();
    }
    return false;
}

bool discloses(const permission_rule& rule, action what)
{
    return (what == action::call && rule.disclose_caller) || (what == action::publish && rule.disclose_publisher);
}

} // namespace

action_set& action_set::add(action what) noexcept
{
    if (what == action::any)
        actions_.set();
    else
        actions_.set(static_cast<std::size_t>(what));
    return *this;
}

action_set& action_set::remove(action what) noexcept
{
    if (what == action::any)
        actions_.reset();
    else
        actions_.reset(static_cast<std::size_t>(what));
    return *this;
}

permission_table::permission_table(std::uint64_t seed) : seed_{seed}, index_(seed) {}

permission_table& permission_table::allow(action what, const uri_pattern& pattern)
{
    rule_for(pattern).allowed.add(what);
    return *this;
}

permission_table& permission_table::deny(action what, const uri_pattern& pattern)
{
    rule_for(pattern).allowed.remove(what);
    return *this;
}

permission_table& permission_table::set(permission_rule rule)
{
    auto& target = rule_for(rule.pattern);
    target.allowed = rule.allowed;
    target.disclose_caller = rule.disclose_caller;
    target.disclose_publisher = rule.disclose_publisher;
    target.trust_level = rule.trust_level;
    return *this;
}

permission_table& permission_table::allow_by_default(bool allow)
{
    allow_by_default_ = allow;
    change();
    return *this;
}

permission_table& permission_table::replace(std::vector<permission_rule> rules, bool allow_by_default)
{
    permission_table made(seed_);
    for (auto& rule : rules)
        made.set(std::move(rule));
    std::swap(rules_, made.rules_);
    std::swap(index_, made.index_);
    allow_by_default_ = allow_by_default;
    change();
    return *this;
}

permission permission_table::decide(action what, std::string_view uri) const
{
    if (decided_)
        return *decided_;
    const auto* const rule = index_.most_specific(uri);
    if (rule == nullptr)
        return {allow_by_default_, false};
    return {rule->allowed.has(what), discloses(*rule, what) || rule->trust_level >= 0};
}

authorization_decision permission_table::decide_in_full(action what, std::string_view uri) const
{
    authorization_decision decided;
    const auto* const rule = index_.most_specific(uri);
    decided.allowed = rule != nullptr ? rule->allowed.has(what) : allow_by_default_;
    if (rule == nullptr)
        return decided;
    decided.disclose = discloses(*rule, what);
    decided.trust_level = rule->trust_level;
    return decided;
}

bool permission_table::allows_by_name(action what, std::string_view uri, std::string_view name_space) const
{
    const auto* const rule = decided_ ? nullptr : index_.most_specific(uri);
    return rule != nullptr && rule->allowed.has(what) && rule->pattern.uri.starts_with(name_space);
}

permission permission_table::decide(action what, std::string_view uri, match_policy policy) const
{
    if (policy == match_policy::exact || decided_)
        return decide(what, uri);

    const permission_rule* covering = nullptr;
    for (const auto& rule : rules_) {
        if (covers(rule.pattern, uri, policy) &&
            (covering == nullptr || is_more_specific(rule.pattern, covering->pattern)))
            covering = &rule;
    }
    if (covering == nullptr ? !allow_by_default_ : !covering->allowed.has(what))
        return {};
    for (const auto& rule : rules_) {
        if (!rule.allowed.has(what) && patterns_meet(rule.pattern, uri, policy) &&
            (covering == nullptr || is_more_specific(rule.pattern, covering->pattern)))
            return {};
    }
    return {true, false};
}

permission_rule& permission_table::rule_for(const uri_pattern& pattern)
{
    if (const auto flaw = check_uri(pattern.uri, uri_check::loose, pattern.match); flaw != uri_flaw::none)
        throw std::invalid_argument(
            fmt::format("{} pattern \"{}\": {}", to_string(pattern.match), pattern.uri, to_string(flaw)));
    change(); // whoever asks for a rule does so
    if (auto* const rule = index_.find(pattern.uri, pattern.match))
        return *rule;
    auto& rule = rules_.emplace_back();
    rule.pattern = pattern;
    index_.insert(rule.pattern.uri, rule.pattern.match, rule);
    return rule;
}

/// What was decided before does not hold any more. Numbers are drawn from one source, since a table may come to stand
/// where another one stood that a memo still knows.
void permission_table::change() noexcept
{
    static std::atomic<std::uint64_t> last{0};
    version_ = last.fetch_add(1, std::memory_order_relaxed) + 1;
}

} // namespace junctor
