// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Roles and realms that the options of modules name, compared with those that a worker has.

#include <string>
#include <vector>

#include <junctor/config/node_config.hpp>

#include "dict_reader.hpp"

namespace junctor {

/// The names that were met in one worker. They are compared at its end: authorizers, which stand in realms, may name
/// realms that follow.
class used_names {
public:
    /// Sessions get the role `name` in `realm`, or in any realm if that is empty; `where` says so.
    void add_role(config_item where, std::string name, std::string realm);

    /// `where` needs the realm `name`.
    void add_realm(config_item where, std::string name);

    /// Warns of names that none of `realms` has, and forgets them all. Where there is nothing to compare them with, it
    /// is silent: that nobody can join such realms has been said already.
    void compare(const std::vector<realm_config>& realms, problem_list& problems);

private:
    struct used_role {
        config_item where;
        std::string name;
        std::string realm;
    };
    struct used_realm {
        config_item where;
        std::string name;
    };

    static void compare(const used_role& used, const std::vector<realm_config>& realms, problem_list& problems);
    static void compare(const used_realm& used, const std::vector<realm_config>& realms, problem_list& problems);

    std::vector<used_role> roles_;
    std::vector<used_realm> realms_;
};

} // namespace junctor
