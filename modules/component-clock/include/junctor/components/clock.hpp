// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A time service as a component: says what time it is to who asks, and every so often to who listens.

#include <chrono>
#include <string>

#include <junctor/auth/component_class.hpp>
#include <junctor/auth/module_options.hpp>
#include <junctor/auth/module_registry.hpp>

namespace junctor::components {

/// Offers the procedure `PREFIX.now`, and publishes `PREFIX.tick`, both with the seconds since 1970 in UTC. Useful by
/// itself, to see whether a router is there and how late events come, and as an example of a component.
class clock final : public component_class {
public:
    /// Reads `prefix`, a URI, and `interval`, the milliseconds from one event to the next: 10 to 86400000, or 0 for no
    /// events at all. Default: 1000.
    explicit clock(module_options& extra);

    void declare(client::component& component) override;

private:
    std::string prefix_;
    std::chrono::milliseconds interval_;
};

/// Adds the component "junctor.clock".
void register_clock(module_registry& registry);

} // namespace junctor::components
