// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/fixed_answer.hpp>

namespace junctor {

http_response method_refused(std::string allowed)
{
    auto refused = text_response(405, "This path takes " + allowed + " only.");
    refused.fields.push_back({"Allow", std::move(allowed)});
    return refused;
}

awaitable<http_response> fixed_answer::answer(const http_request& request, shard_services&)
{
    if (request.method != "GET" && request.method != "HEAD")
        co_return method_refused("GET, HEAD");
    co_return http_response{status_, fields_, body_, std::nullopt};
}

} // namespace junctor
