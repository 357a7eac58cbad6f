// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A page about the router.

#include <chrono>

#include <junctor/transport/web_service.hpp>

namespace junctor {

/// Tells the version of the program, how long it has run, how many connections it has and which realms: as JSON to
/// those who accept that and no HTML, as a page to all others. It answers GET and HEAD.
class node_info final : public web_service {
public:
    void start(web_host& host) override;
    awaitable<http_response> answer(const http_request& request, shard_services& here) override;

private:
    web_host* host_{nullptr};
    std::chrono::steady_clock::time_point began_;
};

} // namespace junctor
