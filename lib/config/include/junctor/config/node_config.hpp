// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a node is to do, as its configuration says: checked, and in the types that routers take.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <junctor/auth/authorizer.hpp>
#include <junctor/auth/session_sources.hpp>
#include <junctor/config/container_config.hpp>
#include <junctor/config/guest_config.hpp>
#include <junctor/realm/authorization.hpp>
#include <junctor/realm/permissions.hpp>
#include <junctor/realm/realm.hpp>
#include <junctor/transport/listening_transport.hpp>

namespace junctor {

/// A role of a realm and what it may do.
struct role_config {
    std::string name; ///< The authrole.
    std::vector<permission_rule> permissions;
    bool allow_by_default{false}; ///< What holds where no permission matches.

    std::shared_ptr<junctor::authorizer> authorizer; ///< Decides in place of the permissions; null if these do.
    decision_limits decisions;                       ///< Bounds on what is remembered of its decisions.

    std::optional<session_sources> sources; ///< Where its sessions may come from; everywhere if there is nothing.
};

/// A realm to open.
struct realm_config {
    std::string id;   ///< Unique within the worker.
    std::string name; ///< What clients ask for in HELLO.
    realm_options options;
    std::vector<role_config> roles;
};

/// One router: its transports give access to its realms and to no others.
struct worker_config {
    std::string id;        ///< Unique within the node.
    std::size_t shards{1}; ///< Over how many threads its connections are spread.
    std::vector<realm_config> realms;
    std::vector<listening_transport> transports;
    std::vector<router_component_config> components;
};

/// All that one process does. Workers that are disabled are not in it.
struct node_config {
    std::vector<worker_config> workers; ///< Those of type router.
    std::vector<container_config> containers;
    std::vector<guest_config> guests;
};

} // namespace junctor
