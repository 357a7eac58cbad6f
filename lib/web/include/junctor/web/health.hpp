// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Whether the router works, for those who watch it.

#include <cstdint>

#include <junctor/transport/web_service.hpp>

namespace junctor {

/// What is asked: whether the process lives, or whether it should be given work.
enum class health_probe : std::uint8_t { liveness, readiness };

/// Answers GET and HEAD with 200 and "ok". Of a router that closes, readiness is answered with 503 and "closing";
/// liveness is not, so that nobody kills it while it ends its sessions in order.
class health final : public web_service {
public:
    explicit health(health_probe asks) noexcept : asks_{asks} {}

    void start(web_host& host) override { host_ = &host; }
    awaitable<http_response> answer(const http_request& request, shard_services& here) override;

private:
    health_probe asks_;
    web_host* host_{nullptr};
};

} // namespace junctor
