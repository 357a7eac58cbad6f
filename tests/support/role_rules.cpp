// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "support/role_rules.hpp"

#include <algorithm>

namespace junctor::test {

role_rules& role_rules::allow(action what, const uri_pattern& pattern)
{
    rule_for(pattern).allowed.add(what);
    where_.set_role(name_, rules_);
    return *this;
}

role_rules& role_rules::deny(action what, const uri_pattern& pattern)
{
    rule_for(pattern).allowed.remove(what);
    where_.set_role(name_, rules_);
    return *this;
}

role_rules& role_rules::set(const permission_rule& rule)
{
    rule_for(rule.pattern) = rule;
    where_.set_role(name_, rules_);
    return *this;
}

permission_rule& role_rules::rule_for(const uri_pattern& pattern)
{
    const auto at = std::find_if(rules_.begin(), rules_.end(), [&](const permission_rule& each) {
        return each.pattern.uri == pattern.uri && each.pattern.match == pattern.match;
    });
    if (at != rules_.end())
        return *at;
    auto& added = rules_.emplace_back();
    added.pattern = pattern;
    return added;
}

} // namespace junctor::test
