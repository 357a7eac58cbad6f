// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a module has to do to offer components that a node configuration can name.

namespace junctor {

namespace client {
class component;
} // namespace client

/// The code of a component, made from the `extra` of a configuration. A node lets it run where the configuration says:
/// in a container, which connects to a router, or within a router.
///
///     class greeter final : public junctor::component_class {
///     public:
///         explicit greeter(junctor::module_options& extra) : greeting_{extra.text("greeting", "hello")} {}
///
///         void declare(junctor::component& component) override
///         {
///             component.procedure("com.example.greet", [this](std::string name) { return greeting_ + " " + name; });
///         }
///     };
///
/// It lives longer than every component that it has declared. All of its members are called on one thread, that of the
/// io_context of these components; only the constructor may run on another one, also where a configuration is merely
/// checked: it reads options and files, and connects to nothing.
class component_class {
public:
    virtual ~component_class() = default;

    /// Declares what `component`, which has its realm, its router and its credentials already, offers and hears, and
    /// what it does when it has joined. Called once for each start of the component: a second time if it has ended and
    /// is to be started again. What it throws is logged, and counts as a failure of the component.
    virtual void declare(client::component& component) = 0;
};

} // namespace junctor
