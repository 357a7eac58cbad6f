// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// The component "com.example.greeter" as a module: greets the realm when it has joined, and whoever asks, in the words
// that the configuration chooses, until somebody says goodbye.

#include <memory>
#include <string>

#include <junctor/component.hpp>
#include <junctor/module.hpp>

namespace {

class greeter final : public junctor::component_class {
public:
    explicit greeter(junctor::module_options& extra) : greeting_{extra.text("greeting", "hello")} {}

    void declare(junctor::component& component) override
    {
        component.procedure("com.example.greet", [this](const std::string& name) { return greeting_ + " " + name; })
            .topic("com.example.goodbye", [&component] { component.stop(); })
            .on_join([this](junctor::client::session& session) { return say_hello(session); });
    }

private:
    junctor::awaitable<void> say_hello(junctor::client::session session)
    {
        const junctor::client::publish_options how;
        static_cast<void>(co_await session.publish_acknowledged(how, "com.example.hello", greeting_));
    }

    std::string greeting_;
};

void register_greeter(junctor::module_registry& registry)
{
    registry.add_component("com.example.greeter",
                           [](junctor::module_options& extra) { return std::make_unique<greeter>(extra); });
}

} // namespace

JUNCTOR_MODULE(register_greeter)
