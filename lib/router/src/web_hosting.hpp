// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What services of the web, and components of the program, get of its router.

#include <memory>
#include <string>
#include <vector>

#include <junctor/transport/shared_port.hpp>

namespace junctor {

struct router_core;

/// A connection to the router of `core` from within the program, by which `authrole` joins as `authid`. Throws
/// `std::runtime_error` if the router closes. To be called on the main shard.
[[nodiscard]] std::unique_ptr<channel> open_local(router_core& core, std::string authid, std::string authrole,
                                                  shard_services& client);

/// The services of a router, and the router as they see it.
class web_hosting final : public web_host {
public:
    /// `core` must outlive it.
    explicit web_hosting(router_core& core) : core_{core} {}

    /// Starts the services of `port`. On the main shard.
    void start(const shared_port& port);

    /// Stops all that have been started. On the main shard.
    void stop() noexcept;

    [[nodiscard]] log_sink& log() noexcept override;
    [[nodiscard]] shard_services& main() noexcept override;
    [[nodiscard]] bool closing() const noexcept override;
    [[nodiscard]] std::vector<std::string> realms() override;
    [[nodiscard]] std::size_t connection_count() const noexcept override;
    [[nodiscard]] awaitable<std::unique_ptr<channel>> connect(std::string authrole, std::string authid,
                                                              shard_services& here) override;
    [[nodiscard]] awaitable<std::unique_ptr<channel>> connect(const listening_transport& transport,
                                                              transport_facts facts, shard_services& here) override;

private:
    router_core& core_;
    std::vector<std::shared_ptr<web_service>> started_;
};

} // namespace junctor
