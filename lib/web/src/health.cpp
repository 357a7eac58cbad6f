// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/health.hpp>

#include <junctor/web/fixed_answer.hpp>

namespace junctor {

awaitable<http_response> health::answer(const http_request& request, shard_services&)
{
    if (request.method != "GET" && request.method != "HEAD")
        co_return method_refused("GET, HEAD");
    const bool is_ready = asks_ == health_probe::liveness || !host_->closing();
    auto told = is_ready ? text_response(200, "ok") : text_response(503, "closing");
    told.fields.push_back({"Cache-Control", "no-store"});
    co_return told;
}

} // namespace junctor
