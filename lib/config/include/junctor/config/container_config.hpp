// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What components a node is to host, in containers and in its routers.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <junctor/auth/component_class.hpp>
#include <junctor/client/credentials.hpp>
#include <junctor/client/retry_policy.hpp>
#include <junctor/config/restart_policy.hpp>
#include <junctor/transport/rawsocket_connector.hpp>
#include <junctor/transport/websocket_connector.hpp>

namespace junctor {

/// A component that a node hosts.
struct component_config {
    std::string id;                        ///< Unique within its worker.
    std::string realm;                     ///< The realm that it joins.
    std::shared_ptr<component_class> code; ///< Never null in a configuration that can be used.
};

/// How a component of a container gets to its router, and who it is there.
struct upstream_config {
    std::variant<rawsocket_connector, websocket_connector> transport;
    std::shared_ptr<const client::credentials> who; ///< Null: it is anonymous.
    client::retry_policy retry;

    /// That of the transport, unique within the container.
    [[nodiscard]] const std::string& id() const
    {
        return std::visit([](const auto& to) -> const std::string& { return to.common().id; }, transport);
    }
};

/// A component of a container.
struct container_component_config {
    component_config what;
    std::optional<upstream_config> upstream; ///< Never nothing in a configuration that can be used.
};

/// A component of a router, which it joins without a connection.
struct router_component_config {
    component_config what;
    std::string role;   ///< A role of the realm, or `trusted`, which may do everything.
    std::string authid; ///< What the router and other sessions know it by.
};

/// When a container ends, and with it all of its components.
enum class container_shutdown : std::uint8_t {
    manual,                 ///< With the node only.
    last_component_stopped, ///< When none of its components runs any more.
    any_component_stopped,  ///< When one has ended, whatever the cause.
    any_component_failed,   ///< When one has failed.
};

/// Components that run on a thread of their own, each connected to a router somewhere.
struct container_config {
    std::string id; ///< Unique within the node.
    std::vector<container_component_config> components;
    container_shutdown shutdown{container_shutdown::manual};
    restart_policy restart{restart_policy::never}; ///< Whether a component that has ended is started again.

    /// How long after its end; see `guest_config`.
    std::chrono::milliseconds restart_delay{std::chrono::seconds{1}};
    std::chrono::milliseconds restart_delay_max{std::chrono::minutes{1}};
};

} // namespace junctor
