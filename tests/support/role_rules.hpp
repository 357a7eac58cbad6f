// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a test lets a role do.

#include <string>
#include <utility>
#include <vector>

#include <junctor/realm/permissions.hpp>

#include "support/stage.hpp"

namespace junctor::test {

/// The rules of one role of a conversation, made and changed as those of a `permission_table`: changes hold for the
/// next request. Lives as long as the conversation.
class role_rules {
public:
    role_rules(stage& where, std::string name) : where_{where}, name_{std::move(name)} {}
    role_rules(const role_rules&) = delete;
    role_rules& operator=(const role_rules&) = delete;

    /// Allows `what` on `pattern`, beside what its rule allows already.
    role_rules& allow(action what, const uri_pattern& pattern);

    /// Denies `what` on `pattern`; a new rule denies everything else, too.
    role_rules& deny(action what, const uri_pattern& pattern);

    /// Sets the rule for a pattern, in place of the one it had.
    role_rules& set(const permission_rule& rule);

private:
    permission_rule& rule_for(const uri_pattern& pattern);

    stage& where_;
    std::string name_;
    std::vector<permission_rule> rules_;
};

} // namespace junctor::test
