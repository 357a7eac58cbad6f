// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A router for services, without any.

#include <stdexcept>
#include <string>
#include <vector>

#include <junctor/transport/web_service.hpp>

namespace junctor::test {

/// Tells what the test has set. It refuses every connection.
class fake_host final : public web_host {
public:
    explicit fake_host(shard_services& main) : main_{main} {}

    bool is_closing{false};
    std::vector<std::string> open_realms;
    std::size_t connections{0};

    log_sink& log() noexcept override { return silent_log(); }
    shard_services& main() noexcept override { return main_; }
    bool closing() const noexcept override { return is_closing; }
    std::vector<std::string> realms() override { return open_realms; }
    std::size_t connection_count() const noexcept override { return connections; }

    awaitable<std::unique_ptr<channel>> connect(std::string, std::string, shard_services&) override
    {
        throw std::runtime_error("the router closes");
    }
    awaitable<std::unique_ptr<channel>> connect(const listening_transport&, transport_facts, shard_services&) override
    {
        throw std::runtime_error("the router closes");
    }

private:
    shard_services& main_;
};

} // namespace junctor::test
